// What each function goes through so that it uses every right that it has: days on which much is wrong.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { publicationOf } from '../../lib/alert/publication.ts';
import { startedBackfills, watchedBackfills } from '../../lib/aws/backfill-table.ts';
import { incidentTable, type Table } from '../../lib/aws/incident-table.ts';
import { noticeTable } from '../../lib/aws/notice-table.ts';
import { writeSweepMessage } from '../../lib/event/sweep-message.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { groupsOf } from '../../lib/incident/notice.ts';
import { open } from '../../lib/incident/transition.ts';
import type { LocalAws } from '../../lib/local/local-aws.ts';
import { layersOf, sampleIndex, sampleManifest } from '../../lib/local/manifest.ts';
import type { IncidentKind } from '../../lib/replication/decision.ts';
import { firing, opened } from '../alert/examples.ts';
import { sampleEvent, sqsEvent } from '../functions/bundle.ts';
import { digestOf } from '../samples.ts';
import { account, region } from '../template/template.ts';
import { pushEvent, reportEvent } from '../world.ts';

const home: Registry = { account, region };
const near: Registry = { account, region: 'eu-central-1' };
/** In another account, which only its read role sees into. */
const foreign: Registry = { account: '444455556666', region: 'eu-central-1' };
/** Refuses every call. */
const closed: Registry = { account, region: 'ap-southeast-2' };

export const tableName = 'IncidentsTable';
const repository = 'prod/api';
/** More than can be told apart by asking for them: then the repository is listed. */
const missing = Array.from({ length: 12 }, (_, n) => digestOf(`missing ${n}`));
const everywhere = digestOf('everywhere');
/** At its destination under another tag; `1.4.2` is on another image there. */
const mistagged = digestOf('mistagged');
const notStarted = digestOf('not started');
const hour = 3_600_000;

/** The registries and their rules, the same for every function. */
export function arrange({ ecr }: LocalAws): void {
  for (const source of [home, foreign]) {
    const destinations = [near, foreign, closed]
      .filter((registry) => registry !== source)
      .map((registry) => ({ registryId: registry.account, region: registry.region }));
    const replicationConfiguration = { rules: [{ destinations, repositoryFilters: [] }] };
    const answer = ecr.call(source, 'PutReplicationConfiguration', { replicationConfiguration });
    if (answer.is !== 'ok') throw new Error(JSON.stringify(answer));
  }
  const pushedAt = Date.now() - hour;
  const tagged = { digest: mistagged, tags: ['1.4.2'], pushedAt };
  const untagged = [everywhere, notStarted, ...missing].map((digest) => ({ digest, pushedAt }));
  ecr.seed(home, repository, [...untagged, tagged]);
  ecr.seed(foreign, repository, [{ digest: everywhere }]);
  ecr.seed(near, repository, [
    { digest: everywhere },
    { digest: mistagged, tags: ['old'] },
    { digest: digestOf('another'), tags: ['1.4.2'] },
  ]);
  ecr.faults.place({ region: closed.region, effect: { is: 'access-denied' } });
}

/** `begin`: what was there before, and the events that the function then gets, one run each. */
export interface Day {
  readonly begin: (aws: LocalAws) => Promise<readonly unknown[]>;
  /** Where it differs from what is deployed. */
  readonly environment?: Readonly<Record<string, string>>;
}

const imageActions: Day = {
  begin: async () => [
    sqsEvent(
      ...[everywhere, ...missing].map((digest) => push(digest, hour)),
      pushEvent({ repository, digest: mistagged, tag: '1.4.2', from: home, at: Date.now() - hour }),
      // Still young: it is waited for.
      push(digestOf('young'), 0),
      // What the other account pushed: ECR's word on it is asked for there.
      pushEvent({ repository, digest: everywhere, from: foreign, at: Date.now() - hour }),
      pushEvent({ repository, digest: digestOf('theirs'), from: foreign, at: Date.now() - hour }),
    ),
  ],
};

const replicationActions: Day = {
  begin: async () => [
    sqsEvent(
      ...missing.map((digest) => report(digest, near, 'FAILED', hour)),
      report(mistagged, near, 'SUCCESS', hour, '1.4.2'),
      report(everywhere, foreign, 'SUCCESS', 0),
      report(everywhere, closed, 'SUCCESS', hour),
      // It says that it arrived, and it has not.
      report(digestOf('young'), near, 'SUCCESS', 0),
    ),
  ],
};

const openIncidents: Day = {
  begin: async (aws) => {
    await keepIncidents(aws, [
      ...missing.map((digest) => ({ kind: 'overdue' as const, digest, destination: near })),
      { kind: 'not-started', digest: notStarted, destination: near },
      { kind: 'overdue', digest: everywhere, destination: foreign },
    ]);
    return [{}];
  },
};

const sweepMessages: Day = {
  begin: async (aws) => {
    // One that the comparison proves over.
    await keepIncidents(aws, [{ kind: 'overdue', digest: everywhere, destination: near }]);
    const about = { source: home, repository, since: Date.now() - hour };
    const destinations = [near, foreign, closed].map((registry) => ({ registry, expectedSince: 0 }));
    const tags = [mistagged, ...missing].map((digest) => ({ digest, tag: '1.4.2', pushedAt: about.since }));
    return [
      sqsEvent(
        writeSweepMessage({ is: 'compare', run: 'run', ...about, destinations, watchedSince: 0, stops: 0 }),
        // So large a repository that the tags are asked for one by one.
        writeSweepMessage({ is: 'confirm', ...about, destination: near, pages: 1_000, tags }),
      ),
    ];
  },
};

/** A backfill that calls copied what it lost, one of the other account, and an incident that is over by now. */
const endedBackfills: Day = {
  begin: async (aws) => {
    await keepIncidents(
      aws,
      [everywhere, ...missing].map((digest) => ({ kind: 'overdue', digest, destination: near })),
    );
    aws.ecr.orders.replication({ ...near, outcome: { is: 'lose', claim: 'COMPLETE' } });
    for (const source of [home, foreign]) {
      await inTable(aws, (table) => watchedBackfills(table).watchSince(source, Date.now() - hour));
      startBackfill(aws, source);
    }
    aws.ecr.tick();
    return [{}];
  },
};

const missingImages: Day = {
  begin: async (aws) => {
    await keepIncidents(aws, [{ kind: 'overdue', digest: notStarted, destination: near }]);
    return [{}];
  },
};

/** Switched off halfway: one of its own is under way. */
const repairStopped: Day = {
  begin: async (aws) => {
    aws.ecr.orders.replication({ ...near, delayMs: hour });
    const id = startBackfill(aws, home);
    await inTable(aws, (table) => startedBackfills(table).noteStarted({ source: home, id }, Date.now()));
    return [{}];
  },
  environment: { REPAIR: 'stop' },
};

/** An index of which a layer is gone at one destination, and images that are not there at all. */
const notWhole: Day = {
  begin: async ({ ecr }) => {
    // It gives up on a registry of which one destination cannot be read.
    ecr.faults.clear();
    const children = ['amd64', 'arm64'].map((name) => sampleManifest(name));
    for (const manifest of children) ecr.pushImage(home, { repository, manifest });
    ecr.pushImage(home, { repository, manifest: sampleIndex(children), tag: 'whole' });
    const end = ecr.orders.replication({ ...near, outcome: { is: 'lose', claim: 'COMPLETE' } });
    for (const digest of missing)
      ecr.pushImage(home, {
        repository,
        manifest: sampleManifest(digest),
        tag: `lost-${missing.indexOf(digest)}`,
      });
    ecr.tick();
    end();
    ecr.orders.loseLayer(near, repository, layersOf(children[0] ?? '')[0] ?? '');
    return [{}];
  },
};

/** What goes to the pager otherwise goes to the stack's own topic. */
const withoutRoutes = { ALERT_TOPICS: '' };

/** By the name of the function. */
export const daysOf: Readonly<Record<string, readonly Day[]>> = {
  'image-action': [imageActions],
  'replication-action': [replicationActions],
  'follow-up': [openIncidents],
  // The registries of the parameter, and one that is named.
  sweep: [{ begin: async () => [{}, { registry: `${foreign.account}/${foreign.region}`, prefix: 'prod/' }] }],
  'sweep-repository': [sweepMessages],
  'config-watch': [{ begin: async () => [await rulesChanged(home), await rulesChanged(foreign)] }],
  backfill: [endedBackfills],
  repair: [missingImages, repairStopped],
  settings: [{ begin: async () => [{}] }],
  manifests: [notWhole, { ...notWhole, environment: withoutRoutes }],
  slack: [
    {
      begin: async () => {
        const notice = publicationOf(firing(opened('overdue', { seen: 'missing' })));
        return [{ Records: [{ Sns: { MessageId: 'm0', Message: notice.texts.default } }] }];
      },
    },
  ],
};

function push(digest: string, ageMs: number): string {
  return pushEvent({ repository, digest, from: home, at: Date.now() - ageMs });
}

function report(digest: string, to: Registry, result: string, ageMs: number, tag?: string): string {
  return reportEvent({ repository, digest, tag, from: home, to, result, at: Date.now() - ageMs });
}

/** To where images are missing. Answers its id. */
function startBackfill({ ecr }: LocalAws, source: Registry): string {
  const destination = { region: near.region, registryId: near.account };
  const answer = ecr.call(source, 'StartReplicationBackfill', { destination });
  if (answer.is !== 'ok') throw new Error(JSON.stringify(answer));
  return String(Object.entries(answer.body).find(([key]) => key === 'replicationBackfillId')?.[1]);
}

async function rulesChanged({ account: owner, region: at }: Registry): Promise<object> {
  return { ...(await sampleEvent('registry-change-rules.json', 5)), account: owner, region: at };
}

interface Kept {
  readonly kind: IncidentKind;
  readonly digest: ReturnType<typeof digestOf>;
  readonly destination: Registry;
}

/** Opened an hour ago, and so due to be looked at. */
async function keepIncidents(aws: LocalAws, kept: readonly Kept[]): Promise<void> {
  const incidents = kept.map(({ kind, digest, destination }) =>
    open(
      {
        kind,
        replica: { source: home, repository, digest, destination },
        pushedAt: Date.now() - 2 * hour,
        deadlineSeconds: 1_800,
        evidence: { seen: 'missing', ecrSays: 'no-entry' },
      },
      undefined,
      Date.now() - hour,
    ),
  );
  await inTable(aws, async (table) => {
    await noticeTable(table).noteGroups(groupsOf(incidents));
    for (const incident of incidents) await incidentTable(table).saveIncident(incident);
  });
}

async function inTable({ endpoints }: LocalAws, write: (table: Table) => Promise<void>): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: endpoints.dynamodb,
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'local' },
  });
  await write({ client, name: tableName });
  client.destroy();
}
