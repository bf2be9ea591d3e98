/** An audit in the making: comparisons in, the document out, at any time; what there is when it is stopped is true. */

import { type Registry, registryKey } from '../image/registry.ts';
import type { ReplicationRule } from '../replication/rules.ts';
import type { ReadFault } from '../replication/verdict.ts';
import type { DestinationComparison, DriftCounts, RepositoryComparison } from '../sweep/comparison.ts';
import { addCounts, noCounts } from '../sweep/run.ts';
import {
  type AuditDocument,
  type AuditedRepository,
  type AuditedRoute,
  type AuditedSource,
  type AuditFinding,
  auditVersion,
} from './document.ts';
import { unreadableFinding, unreadableSource } from './finding.ts';
import { lagOf } from './lag.ts';

interface GatheredSource {
  readonly registry: Registry;
  readonly rules: readonly ReplicationRule[];
  readonly repositories: number;
  readonly repositoriesCovered: number;
}

export interface Gathering {
  readonly addSource: (source: GatheredSource) => void;
  readonly addUnreadableSource: (registry: Registry, why: ReadFault) => void;
  /** `findings`: those of its drifts. */
  readonly addRepository: (comparison: RepositoryComparison, findings: readonly AuditFinding[]) => void;
  /** Those that speak of no comparison. */
  readonly addFindings: (findings: readonly AuditFinding[]) => void;
  /** Times in epoch milliseconds. */
  readonly document: (end: {
    readonly endedAt: number;
    readonly interrupted: boolean;
    readonly calls: number;
  }) => AuditDocument;
}

/** Findings that are listed; more are only counted. A page or a table with more is read by nobody. */
export const mostFindings = 20_000;

interface RouteInTheMaking {
  readonly source: Registry;
  readonly destination: Registry;
  counts: DriftCounts;
  repositories: number;
  repositoriesUnreadable: number;
  readonly lags: Map<number, number>;
}

export function createGathering(startedAt: number, scope: AuditDocument['scope']): Gathering {
  const sources: AuditedSource[] = [];
  const repositories: AuditedRepository[] = [];
  const routes = new Map<string, RouteInTheMaking>();
  const listed: AuditFinding[] = [];
  let notListed = 0;
  let isComplete = true;

  function note(findings: readonly AuditFinding[]): void {
    const room = Math.max(0, mostFindings - listed.length);
    listed.push(...findings.slice(0, room));
    notListed += Math.max(0, findings.length - room);
  }

  function routeOf(source: Registry, destination: Registry): RouteInTheMaking {
    const key = `${registryKey(source)} ${registryKey(destination)}`;
    const known = routes.get(key);
    if (known !== undefined) return known;
    const counts = noCounts;
    const made = { source, destination, counts, repositories: 0, repositoriesUnreadable: 0, lags: new Map() };
    routes.set(key, made);
    return made;
  }

  function addToRoute(source: Registry, comparison: DestinationComparison): void {
    const route = routeOf(source, comparison.destination);
    route.repositories += 1;
    if (comparison.reading.is === 'unreadable') route.repositoriesUnreadable += 1;
    route.counts = addCounts(route.counts, comparison.counts);
    for (const [seconds, images] of comparison.lags) {
      route.lags.set(seconds, (route.lags.get(seconds) ?? 0) + images);
    }
  }

  return {
    addSource: ({ registry, rules, ...numbers }) => {
      sources.push({ registry: registryKey(registry), rules: rules.map(writtenRule), ...numbers });
    },
    addUnreadableSource: (registry, why) => {
      isComplete = false;
      const nothing = { rules: [], repositories: 0, repositoriesCovered: 0 };
      sources.push({ registry: registryKey(registry), ...nothing, unreadable: why });
      note([unreadableSource(registry, why)]);
    },
    addRepository: ({ source, repository, reading, destinations }, findings) => {
      // Deleted since it was listed: nothing of it is expected anywhere.
      if (reading.is === 'gone') return;
      if (reading.is === 'unreadable') {
        isComplete = false;
        note([unreadableSource(source, reading.why, repository)]);
      }
      for (const comparison of destinations) {
        addToRoute(source, comparison);
        if (comparison.reading.is !== 'unreadable') continue;
        isComplete = false;
        const place = { source, repository, destination: comparison.destination };
        note([unreadableFinding(place, comparison.reading.why)]);
      }
      note(findings);
      repositories.push({
        source: registryKey(source),
        repository,
        images: reading.is === 'read' ? reading.images : 0,
        destinations: destinations.map(writtenComparison),
      });
    },
    addFindings: note,
    document: ({ endedAt, interrupted, calls }) => ({
      version: auditVersion,
      startedAt: new Date(startedAt).toISOString(),
      endedAt: new Date(endedAt).toISOString(),
      outcome:
        !isComplete || interrupted ? 'incomplete' : isClean([...routes.values()]) ? 'clean' : 'not-clean',
      interrupted,
      scope,
      sources,
      routes: [...routes.values()].map(writtenRoute),
      repositories: repositories.toSorted(
        (a, b) => byText(a.source, b.source) || byText(a.repository, b.repository),
      ),
      findings: listed.toSorted(bySeverity),
      findingsNotListed: notListed,
      calls,
    }),
  };
}

/**
 * What is older than its rule, or only at a destination, was never promised. Where nothing is expected at all, nothing
 * has been shown: a prefix that is misspelt must not read as clean.
 */
function isClean(routes: readonly RouteInTheMaking[]): boolean {
  if (routes.length === 0) return false;
  return routes.every(({ counts }) => counts.missing + counts.tagMismatch + counts.archived === 0);
}

function writtenRule({ destinations, prefixes }: ReplicationRule): AuditedSource['rules'][number] {
  return { destinations: destinations.map(registryKey), prefixes };
}

function writtenComparison({ destination, counts, repositoryAbsent, reading }: DestinationComparison) {
  return {
    destination: registryKey(destination),
    ...counts,
    ...(repositoryAbsent ? { repositoryAbsent } : {}),
    ...(reading.is === 'unreadable' ? { unreadable: reading.why } : {}),
  };
}

function writtenRoute({ source, destination, counts, lags, ...numbers }: RouteInTheMaking): AuditedRoute {
  const lag = lagOf(lags);
  return {
    source: registryKey(source),
    destination: registryKey(destination),
    ...counts,
    ...numbers,
    ...(counts.expected === 0 ? {} : { coverage: counts.inSync / counts.expected }),
    ...(lag === undefined ? {} : { lag }),
  };
}

const severities = ['critical', 'warning', 'info'];

function bySeverity(a: AuditFinding, b: AuditFinding): number {
  return (
    severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
    byText(a.destination, b.destination) ||
    byText(a.repository, b.repository) ||
    byText(a.kind, b.kind) ||
    byText(b.pushedAt, a.pushedAt)
  );
}

function byText(a = '', b = ''): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
