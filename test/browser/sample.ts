/** An audit as a large team might have it, made anew the same each time: for screenshots, and for sizes. */

import { causeOf } from '../../lib/alert/cause.ts';
import type {
  AuditCounts,
  AuditDocument,
  AuditedRepository,
  AuditedRoute,
  AuditFinding,
} from '../../lib/audit/document.ts';
import { registryKey } from '../../lib/image/registry.ts';
import { opened } from '../alert/examples.ts';
import { digestOf } from '../samples.ts';

export interface SampleSize {
  readonly repositories: number;
  readonly destinations: number;
  /** Findings of single images that are listed, at most. */
  readonly findings: number;
}

const account = '111122223333';
const source = { account, region: 'us-east-1' };
const regions = ['eu-west-1', 'ap-southeast-2', 'us-west-2', 'eu-central-1', 'sa-east-1'];
const endedAt = Date.parse('2026-11-24T13:41:07Z');

const teams = [
  'payments',
  'checkout',
  'search',
  'identity',
  'catalog',
  'shipping',
  'media',
  'platform',
  'batch',
];
const parts = [
  'api',
  'worker',
  'web',
  'gateway',
  'scheduler',
  'migrator',
  'indexer',
  'proxy',
  'exporter',
  'cron',
];

export function sampleAudit({ repositories: many, destinations, findings: most }: SampleSize): AuditDocument {
  const chance = randomFrom(7);
  const all = regions.slice(0, destinations).map((region) => ({ account, region }));
  const found: AuditFinding[] = [];
  const repositories = Array.from({ length: many }, (_, i): AuditedRepository => {
    const repository = nameOf(i);
    const images = 3 + Math.floor(chance() ** 3 * 240);
    return {
      source: registryKey(source),
      repository,
      images,
      destinations: all.map((destination, at) => {
        const cell = cellOf(images, at, chance);
        found.push(...findingsOf(cell, repository, destination, chance));
        return { destination: registryKey(destination), ...cell };
      }),
    };
  });
  const listed = [...found.slice(0, most), ...settings(registryKey(all[0] ?? source))];
  return {
    version: '1',
    startedAt: new Date(endedAt - 251_000).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    outcome: repositories.some((row) => row.destinations.some(({ unreadable }) => unreadable !== undefined))
      ? 'incomplete'
      : 'not-clean',
    interrupted: false,
    scope: {},
    sources: [
      {
        registry: registryKey(source),
        rules: [{ destinations: all.map(registryKey), prefixes: [] }],
        repositories: many + 38,
        repositoriesCovered: many,
      },
    ],
    routes: all.map((destination, at) => routeOf(registryKey(destination), at, repositories, chance)),
    repositories,
    findings: listed,
    findingsNotListed: Math.max(0, found.length - most),
    calls: many * destinations * 3 + 41,
  };
}

function nameOf(i: number): string {
  const team = teams[i % teams.length] ?? '';
  const part = parts[Math.floor(i / teams.length) % parts.length] ?? '';
  const round = Math.floor(i / (teams.length * parts.length));
  return `${team}/${part}${round === 0 ? '' : `-${round + 1}`}`;
}

type Cell = Omit<AuditedRepository['destinations'][number], 'destination'>;

/** The second destination is the one in trouble; the third has all. */
function cellOf(images: number, at: number, chance: () => number): Cell {
  const none = { missing: 0, history: 0, tagMismatch: 0, archived: 0, extra: 0, young: 0 };
  const young = chance() < 0.04 ? 1 : 0;
  const expected = images - young;
  const trouble = [0.035, 0.11, 0, 0.02, 0.05][at] ?? 0;
  if (at === 1 && chance() < 0.012) {
    return { ...none, expected: 0, inSync: 0, unreadable: 'access-denied' };
  }
  if (at === 1 && chance() < 0.03)
    return { ...none, expected, inSync: 0, missing: expected, repositoryAbsent: true };
  if (chance() >= trouble)
    return { ...none, young, expected, inSync: expected, extra: chance() < 0.05 ? 2 : 0 };
  const upTo = (share: number): number => Math.floor(chance() * Math.max(1, expected * share));
  const missing = Math.min(expected, 1 + upTo(chance() < 0.2 ? 0.9 : 0.06));
  const tagMismatch = Math.min(expected - missing, chance() < 0.35 ? 1 + upTo(0.02) : 0);
  const archived = Math.min(expected - missing - tagMismatch, chance() < 0.2 ? 1 : 0);
  const counts = { ...none, young, missing, tagMismatch, archived };
  return { ...counts, expected, inSync: expected - missing - tagMismatch - archived };
}

/** A finding an image, as the incident of such an image has its cause and its cures. */
function findingsOf(
  cell: Cell,
  repository: string,
  destination: { readonly account: string; readonly region: string },
  chance: () => number,
): readonly AuditFinding[] {
  if (cell.unreadable !== undefined) {
    const { id, sentence, steps } = causeOf(
      opened('unreadable', { unreadable: 'access-denied' }, { destination }),
    );
    return [{ ...whole('unreadable', destination), repository, ...asText(id, sentence, steps) }];
  }
  const one = (kind: 'missing' | 'tag-mismatch' | 'archived', i: number): AuditFinding => {
    const tag = `v${2 + Math.floor(chance() * 4)}.${Math.floor(chance() * 30)}.${i}`;
    const digest = digestOf(`${repository}:${tag} ${kind}`);
    const replica = { source, destination, repository, digest, tag };
    const { incident, evidence } = incidentOf(kind, cell, chance, digest);
    const { id, sentence, steps } = causeOf(opened(incident, evidence, replica));
    return {
      kind,
      severity: kind === 'missing' ? 'critical' : 'warning',
      source: registryKey(source),
      destination: registryKey(destination),
      repository,
      digest,
      tag,
      part: chance() < 0.3 ? 'index' : 'image',
      pushedAt: new Date(endedAt - Math.floor(3_600_000 + chance() ** 2 * 60 * 86_400_000)).toISOString(),
      ...(evidence.ecrSays === undefined ? {} : { ecrSays: evidence.ecrSays }),
      ...(evidence.failureCode === undefined ? {} : { failureCode: evidence.failureCode }),
      ...asText(id, sentence, steps),
    };
  };
  return [
    ...Array.from({ length: cell.missing }, (_, i) => one('missing', i)),
    ...Array.from({ length: cell.tagMismatch }, (_, i) => one('tag-mismatch', i)),
    ...Array.from({ length: cell.archived }, (_, i) => one('archived', i)),
  ];
}

function incidentOf(
  kind: 'missing' | 'tag-mismatch' | 'archived',
  cell: Cell,
  chance: () => number,
  digest: ReturnType<typeof digestOf>,
): {
  readonly incident: Parameters<typeof opened>[0];
  readonly evidence: NonNullable<Parameters<typeof opened>[1]>;
} {
  if (kind !== 'missing') {
    const found = kind === 'tag-mismatch' ? { found: digestOf(`${digest} before`) } : {};
    return { incident: kind, evidence: { seen: kind, ecrSays: 'COMPLETE', ...found } };
  }
  if (cell.repositoryAbsent) {
    const failed = { ecrSays: 'FAILED', failureCode: 'RepositoryCreationFailed' } as const;
    return { incident: 'failed', evidence: { seen: 'missing', repositoryAbsent: true, ...failed } };
  }
  const ecrSays = (['no-entry', 'COMPLETE', 'IN_PROGRESS'] as const)[Math.floor(chance() * 3)] ?? 'no-entry';
  return { incident: 'overdue', evidence: { seen: 'missing', ecrSays } };
}

function whole(
  kind: string,
  destination: { readonly account: string; readonly region: string },
): Pick<AuditFinding, 'kind' | 'severity' | 'source' | 'destination'> {
  return {
    kind,
    severity: 'critical',
    source: registryKey(source),
    destination: registryKey(destination),
  };
}

function asText(
  cause: string,
  explanation: string,
  steps: readonly { readonly say: string; readonly command?: string }[],
): Pick<AuditFinding, 'cause' | 'explanation' | 'cures'> {
  const cures = steps.map(({ say, command }) => ({
    text: say,
    ...(command === undefined ? {} : { command }),
  }));
  return { cause, explanation, cures };
}

/** What an audit says of the settings rather than of images. */
function settings(destination: string): readonly AuditFinding[] {
  return [
    {
      kind: 'no-creation-template',
      severity: 'warning',
      source: registryKey(source),
      destination,
      cause: 'no-creation-template',
      explanation:
        'No repository creation template applies to replication there: new repositories get default settings, ' +
        'without a lifecycle policy.',
      cures: [
        {
          text: 'See which templates there are:',
          command: 'aws ecr describe-repository-creation-templates --region eu-west-1',
        },
      ],
    },
    {
      kind: 'history',
      severity: 'info',
      source: registryKey(source),
      destination,
      count: 412,
      cause: 'never-started',
      explanation: 'These images are older than the rule: ECR copies only what is pushed after it.',
      cures: [
        {
          text: 'Copy them there (needs a recent AWS CLI):',
          command:
            'aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333',
        },
      ],
    },
  ];
}

const bucketEnds = [
  2, 4, 6, 9, 13, 19, 28, 42, 63, 95, 142, 213, 320, 480, 720, 1080, 1620, 2430, 5400, 14_400,
];

function routeOf(
  destination: string,
  at: number,
  repositories: readonly AuditedRepository[],
  chance: () => number,
): AuditedRoute {
  const cells = repositories.flatMap((row) =>
    row.destinations.filter((cell) => cell.destination === destination),
  );
  const sum = (key: keyof AuditCounts): number => cells.reduce((total, cell) => total + cell[key], 0);
  const expected = sum('expected');
  const typical = [9, 34, 14, 20, 45][at] ?? 20;
  const lags = Array.from({ length: sum('inSync') }, () => typical * Math.exp(normal(chance) * 0.75)).sort(
    (a, b) => a - b,
  );
  const percentile = (share: number): number => lags[Math.floor(share * (lags.length - 1))] ?? 0;
  return {
    source: registryKey(source),
    destination,
    repositories: repositories.length,
    repositoriesUnreadable: cells.filter(({ unreadable }) => unreadable !== undefined).length,
    expected,
    inSync: sum('inSync'),
    missing: sum('missing'),
    history: sum('history'),
    tagMismatch: sum('tagMismatch'),
    archived: sum('archived'),
    extra: sum('extra'),
    young: sum('young'),
    ...(expected === 0 ? {} : { coverage: sum('inSync') / expected }),
    lag: {
      p50: percentile(0.5),
      p90: percentile(0.9),
      p99: percentile(0.99),
      max: percentile(1),
      buckets: bucketEnds.map((upTo, i) => ({
        upTo,
        images: lags.filter((lag) => lag <= upTo && lag > (bucketEnds[i - 1] ?? 0)).length,
      })),
    },
  };
}

function normal(chance: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - chance())) * Math.cos(2 * Math.PI * chance());
}

/** mulberry32: the same numbers from 0 to 1 on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
