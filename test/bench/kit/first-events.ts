/** What each function gets for its first event, on a day on which all is well. */

import { publicationOf } from '../../../lib/alert/publication.ts';
import { writeSweepMessage } from '../../../lib/event/sweep-message.ts';
import { firing, opened } from '../../alert/examples.ts';
import { sampleEvent, sqsEvent } from '../../functions/bundle.ts';
import { ireland, source } from '../../samples.ts';

export type Service = 'ecr' | 'cloudwatch' | 'dynamodb' | 'sns' | 'sqs' | 'ssm' | 'sts';

interface FirstEvent {
  readonly event: object;
  /** Services that its bundle has a client for. */
  readonly clients: readonly Service[];
  /** What it finds in its environment, beside what every function does. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Undefined for a function that this bench knows no event of. */
export type FirstEvents = Readonly<Record<string, FirstEvent | undefined>>;

const hour = 3_600_000;

export const manifestsRole = `arn:aws:iam::${source.account}:role/ecr-replication-monitor/manifests`;

/** `queueUrl`: where `sweep` sends repositories to. */
export async function firstEvents(queueUrl: string): Promise<FirstEvents> {
  const sweeping = {
    SWEEP_QUEUE_URL: queueUrl,
    // As fast as it can: what it waits for is not its own time.
    SWEEP_CALLS_PER_SECOND: '1000',
  };
  const settling: readonly Service[] = ['ecr', 'cloudwatch', 'dynamodb', 'sns', 'sqs', 'sts'];
  const watching: readonly Service[] = ['ecr', 'cloudwatch', 'dynamodb', 'sns', 'sts'];
  const notice = publicationOf(firing(opened('overdue', { seen: 'missing' })));
  const compare = writeSweepMessage({
    is: 'compare',
    run: 'run',
    source,
    repository: 'prod-api',
    destinations: [{ registry: ireland, expectedSince: 0 }],
    watchedSince: 0,
    since: Date.now() - hour,
    stops: 0,
  });
  return {
    'image-action': {
      event: sqsEvent(await sampleEvent('image-action-push.json', 20)),
      clients: settling,
    },
    'replication-action': {
      event: sqsEvent(await sampleEvent('replication-action-success.json', 20)),
      clients: settling,
    },
    'follow-up': { event: {}, clients: watching },
    'config-watch': {
      event: await sampleEvent('registry-change-rules.json', 20),
      clients: ['ecr', 'dynamodb', 'sns', 'sts'],
    },
    sweep: { event: {}, clients: ['ecr', 'cloudwatch', 'dynamodb', 'sqs', 'sts'], environment: sweeping },
    'sweep-repository': {
      event: sqsEvent(compare),
      clients: ['ecr', 'cloudwatch', 'dynamodb', 'sqs', 'sts'],
      environment: sweeping,
    },
    backfill: { event: {}, clients: watching },
    repair: { event: {}, clients: ['ecr', 'dynamodb', 'sts'], environment: { REPAIR: 'backfill' } },
    settings: { event: {}, clients: watching, environment: sweeping },
    manifests: {
      event: {},
      clients: watching,
      environment: { ...sweeping, MANIFESTS_ROLE_ARN: manifestsRole },
    },
    slack: {
      event: { Records: [{ Sns: { MessageId: 'm0', Message: notice.texts.default } }] },
      clients: ['ssm'],
    },
  };
}
