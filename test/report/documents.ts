/** Audit documents that the report's tests start from and change in the one respect that they are about. */

import {
  type AuditCounts,
  type AuditDocument,
  type AuditedRepository,
  type AuditedRoute,
  type AuditFinding,
  auditVersion,
} from '../../lib/audit/document.ts';

export const virginia = '111122223333/us-east-1';
export const ireland = '111122223333/eu-west-1';
export const sydney = '111122223333/ap-southeast-2';

export const noCounts: AuditCounts = {
  ...{ expected: 0, inSync: 0, missing: 0, history: 0 },
  ...{ tagMismatch: 0, archived: 0, extra: 0, young: 0 },
};

/** Ten images to one destination, all in sync. */
export function route(change: Partial<AuditedRoute> = {}): AuditedRoute {
  return {
    ...noCounts,
    source: virginia,
    destination: ireland,
    repositories: 1,
    repositoriesUnreadable: 0,
    expected: 10,
    inSync: 10,
    ...change,
  };
}

export function row(
  repository: string,
  ...cells: readonly Partial<AuditedRepository['destinations'][number]>[]
): AuditedRepository {
  return {
    source: virginia,
    repository,
    images: 10,
    destinations: cells.map((cell) => ({ ...noCounts, destination: ireland, ...cell })),
  };
}

export function finding(change: Partial<AuditFinding> = {}): AuditFinding {
  return {
    kind: 'missing',
    severity: 'critical',
    source: virginia,
    destination: ireland,
    repository: 'prod/api',
    tag: '1.4.2',
    digest: `sha256:${'4'.repeat(64)}`,
    pushedAt: '2026-11-24T12:00:00.000Z',
    cause: 'never-started',
    explanation: 'ECR has no record of copying it.',
    cures: [{ text: 'Check the rules:', command: 'aws ecr describe-registry --region us-east-1' }],
    ...change,
  };
}

/** One source, one destination, one repository; all in sync. */
export function audit(change: Partial<AuditDocument> = {}): AuditDocument {
  return {
    version: auditVersion,
    startedAt: '2026-11-24T13:37:00.000Z',
    endedAt: '2026-11-24T13:41:07.000Z',
    outcome: 'clean',
    interrupted: false,
    scope: {},
    sources: [
      {
        registry: virginia,
        rules: [{ destinations: [ireland], prefixes: [] }],
        repositories: 3,
        repositoriesCovered: 1,
      },
    ],
    routes: [route()],
    repositories: [row('prod/api', { expected: 10, inSync: 10 })],
    findings: [],
    findingsNotListed: 0,
    calls: 12,
    ...change,
  };
}
