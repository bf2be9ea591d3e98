/** The one document that an audit writes, as JSON and into the report. Public API: versioned, see docs/audit.schema.json. */

export const auditVersion = '1';

/** Times are ISO 8601 in UTC; registries are `ACCOUNT/REGION`. */
export interface AuditDocument {
  readonly version: typeof auditVersion;
  readonly startedAt: string;
  readonly endedAt: string;
  /** `incomplete`: something could not be read, or the audit was stopped; what is here is true, but not all. */
  readonly outcome: 'clean' | 'not-clean' | 'incomplete';
  readonly interrupted: boolean;
  readonly scope: { readonly prefix?: string; readonly destinations?: readonly string[] };
  readonly sources: readonly AuditedSource[];
  readonly routes: readonly AuditedRoute[];
  readonly repositories: readonly AuditedRepository[];
  readonly findings: readonly AuditFinding[];
  /** Findings that are counted above and not listed, if there were more than fit. */
  readonly findingsNotListed: number;
  readonly calls: number;
}

export interface AuditedSource {
  readonly registry: string;
  readonly rules: readonly {
    readonly destinations: readonly string[];
    readonly prefixes: readonly string[];
  }[];
  readonly repositories: number;
  readonly repositoriesCovered: number;
  /** Set when its rules or repositories could not be read. */
  readonly unreadable?: string;
}

export interface AuditCounts {
  readonly expected: number;
  readonly inSync: number;
  readonly missing: number;
  readonly history: number;
  readonly tagMismatch: number;
  readonly archived: number;
  readonly extra: number;
  readonly young: number;
}

/** One source and one destination: all repositories together. */
export interface AuditedRoute extends AuditCounts {
  readonly source: string;
  readonly destination: string;
  readonly repositories: number;
  readonly repositoriesUnreadable: number;
  /** inSync ÷ expected, 0 to 1; absent when nothing is expected. */
  readonly coverage?: number;
  /** Seconds from push to arrival; absent when no image tells. */
  readonly lag?: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
    /** Ascending; each counts what is above the one before and at most `upTo` seconds. */
    readonly buckets: readonly { readonly upTo: number; readonly images: number }[];
  };
}

export interface AuditedRepository {
  readonly source: string;
  readonly repository: string;
  readonly images: number;
  readonly destinations: readonly (AuditCounts & {
    readonly destination: string;
    readonly repositoryAbsent?: true;
    /** A read fault, such as access-denied. */
    readonly unreadable?: string;
  })[];
}

export interface AuditFinding {
  /** missing, tag-mismatch, archived, extra, history (one a destination), unreadable, or the kind of a settings finding. */
  readonly kind: string;
  readonly severity: 'critical' | 'warning' | 'info';
  readonly source: string;
  readonly destination?: string;
  readonly repository?: string;
  readonly digest?: string;
  readonly tag?: string;
  /** What it is: image, index, child, signature, attestation, other. */
  readonly part?: string;
  readonly pushedAt?: string;
  /** How many images or repositories it speaks of, where it is more than one. */
  readonly count?: number;
  readonly ecrSays?: string;
  readonly failureCode?: string;
  /** A name from the closed list of causes, and its sentence. */
  readonly cause: string;
  readonly explanation: string;
  /** What to do next: words, and the command where there is one. */
  readonly cures: readonly { readonly text: string; readonly command?: string }[];
}
