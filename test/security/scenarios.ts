// What each function goes through so that it uses every right that it has: a day on which much is wrong.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { publicationOf } from '../../lib/alert/publication.ts';
import { incidentTable } from '../../lib/aws/incident-table.ts';
import { noticeTable } from '../../lib/aws/notice-table.ts';
import { writeSweepMessage } from '../../lib/event/sweep-message.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { groupsOf } from '../../lib/incident/notice.ts';
import { open } from '../../lib/incident/transition.ts';
import type { LocalAws } from '../../lib/local/local-aws.ts';
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

/** The events that a function of this name gets, one run each; `prepare` what was there before. */
export const scenarios: Readonly<Record<string, (aws: LocalAws) => Promise<readonly unknown[]>>> = {
  'image-action': async () => [
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

  'replication-action': async () => [
    sqsEvent(
      ...missing.map((digest) => report(digest, near, 'FAILED', hour)),
      report(mistagged, near, 'SUCCESS', hour, '1.4.2'),
      report(everywhere, foreign, 'SUCCESS', 0),
      report(everywhere, closed, 'SUCCESS', hour),
      // It says that it arrived, and it has not.
      report(digestOf('young'), near, 'SUCCESS', 0),
    ),
  ],

  'follow-up': async (aws) => {
    await keepIncidents(aws, [
      ...missing.map((digest) => ({ kind: 'overdue' as const, digest, destination: near })),
      { kind: 'not-started', digest: notStarted, destination: near },
      { kind: 'overdue', digest: everywhere, destination: foreign },
    ]);
    return [{}];
  },

  // The registries of the parameter, and one that is named.
  sweep: async () => [{}, { registry: `${foreign.account}/${foreign.region}`, prefix: 'prod/' }],

  'sweep-repository': async (aws) => {
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

  'config-watch': async () => [await rulesChanged(home), await rulesChanged(foreign)],

  backfill: async (aws) => {
    await startBackfill(aws);
    return [{}];
  },

  repair: async (aws) => {
    await keepIncidents(aws, [{ kind: 'overdue', digest: notStarted, destination: near }]);
    return [{}];
  },

  settings: async () => [{}],

  manifests: async ({ ecr }) => {
    // It gives up on a registry of which one destination cannot be read.
    ecr.faults.clear();
    return [{}];
  },

  slack: async () => {
    const notice = publicationOf(firing(opened('overdue', { seen: 'missing' })));
    return [{ Records: [{ Sns: { MessageId: 'm0', Message: notice.texts.default } }] }];
  },
};

function push(digest: string, ageMs: number): string {
  return pushEvent({ repository, digest, from: home, at: Date.now() - ageMs });
}

function report(digest: string, to: Registry, result: string, ageMs: number, tag?: string): string {
  return reportEvent({ repository, digest, tag, from: home, to, result, at: Date.now() - ageMs });
}

async function startBackfill({ ecr }: LocalAws): Promise<void> {
  const destination = { region: near.region, registryId: near.account };
  ecr.call(home, 'StartReplicationBackfill', { destination });
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
async function keepIncidents({ endpoints }: LocalAws, kept: readonly Kept[]): Promise<void> {
  const client = new DynamoDBClient({
    endpoint: endpoints.dynamodb,
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'local' },
  });
  const table = { client, name: tableName };
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
  await noticeTable(table).noteGroups(groupsOf(incidents));
  for (const incident of incidents) await incidentTable(table).saveIncident(incident);
  client.destroy();
}

/**
 * Rights that the day above does not come to: what a backfill that has ended needs, one that is stopped, and an image
 * that is not whole. Whatever is named here is held by `test/template/roles.test.ts` alone; the list only gets shorter.
 */
export const notReached: Readonly<Record<string, readonly string[]>> = {
  backfill: [
    'ecr:DescribeReplicationBackfillResults',
    'ecr:DescribeRegistry',
    'ecr:DescribeImageReplicationStatus',
    'ecr:DescribeImages',
    'ecr:ListImages',
    'dynamodb:BatchGetItem',
    'dynamodb:UpdateItem',
    'sns:Publish',
    'kms:Decrypt',
    'kms:GenerateDataKey',
  ],
  manifests: [
    'ecr:BatchCheckLayerAvailability',
    'ecr:ListImages',
    'dynamodb:UpdateItem',
    'sns:Publish',
    'kms:Decrypt',
    'kms:GenerateDataKey',
  ],
  repair: ['ecr:DescribeReplicationBackfillResults', 'ecr:StopReplicationBackfill', 'dynamodb:PutItem'],
  // Its notices are no alarms: they never go to the topic of the critical ones.
  settings: ['kms:Decrypt', 'kms:GenerateDataKey'],
};
