/** The story that the demo replays, and what has to come of it. */

import { sampleManifest } from '../local/manifest.ts';
import type { DemoLine, Say } from './demo-lines.ts';
import { type DemoSystem, home } from './demo-system.ts';

const ireland = { account: home.account, region: 'eu-west-1' };
const sydney = { account: home.account, region: 'ap-southeast-2' };

interface Expected {
  readonly what: string;
  readonly holds: (lines: readonly DemoLine[]) => boolean;
}

const verified = (image: string, region: string): Expected => ({
  what: `${image} is verified in ${region}`,
  holds: (lines) =>
    lines.some(
      (line) => line.type === 'verified' && line.image === image && line.destinationRegion === region,
    ),
});

function told(
  type: 'alert' | 'reminder' | 'all-clear',
  kind: string,
  status: string,
  image: string,
): Expected {
  return {
    what: `one ${type}, ${status}, kind ${kind}, for ${image}`,
    holds: (lines) =>
      lines.filter(
        (line) =>
          line.type === type && line.kind === kind && line.status === status && line.images.includes(image),
      ).length === 1,
  };
}

const silence = (image: string): Expected => ({
  what: `nobody is told about ${image}`,
  holds: (lines) => !lines.some((line) => 'images' in line && line.images.includes(image)),
});

/** Before what is late has arrived. */
const untilLate: readonly Expected[] = [
  verified('prod-web:1.0.0', 'eu-west-1'),
  verified('prod-web:1.0.0', 'ap-southeast-2'),
  verified('prod-api:1.4.2', 'eu-west-1'),
  verified('prod-worker:7', 'ap-southeast-2'),
  verified('prod-billing:2.0', 'ap-southeast-2'),
  told('alert', 'failed', 'firing', 'prod-api:1.4.2'),
  told('alert', 'overdue', 'firing', 'prod-worker:7'),
  told('alert', 'tag-mismatch', 'firing', 'prod-billing:2.0'),
  {
    what: 'sandbox-tools:latest is exempt: no rule covers it',
    holds: (lines) => lines.some((line) => line.type === 'exempt' && line.repository === 'sandbox-tools'),
  },
];

const firstAct: readonly Expected[] = [
  ...untilLate,
  told('alert', 'overdue', 'resolved', 'prod-worker:7'),
  { what: 'no other alert', holds: (lines) => lines.filter(({ type }) => type === 'alert').length === 4 },
  silence('prod-web:1.0.0'),
  silence('sandbox-tools:latest'),
];

const secondAct: readonly Expected[] = [
  told('reminder', 'failed', 'firing', 'prod-api:1.4.2'),
  told('reminder', 'tag-mismatch', 'firing', 'prod-billing:2.0'),
  told('all-clear', 'failed', 'resolved', 'prod-api:1.4.2'),
  told('all-clear', 'tag-mismatch', 'resolved', 'prod-billing:2.0'),
];

/** Each act ends as soon as all that is expected of it has happened, or after this long, on a very slow machine. */
const longestActMs = 60_000;

/** From here on notices are reminders and all-clears. */
export const dayPasses = 'A day passes; two images are still not as they must be.';

/** Answers what was expected and did not happen. `lines`: everything said so far, growing while the story runs. */
export async function tellStory(
  system: DemoSystem,
  say: Say,
  lines: readonly DemoLine[],
): Promise<readonly string[]> {
  setScene(system);
  say({
    type: 'start',
    text:
      `Registry ${home.account}/${home.region} replicates "prod-" to eu-west-1 and ap-southeast-2. ` +
      'The deadline is 4 seconds here, 30 minutes in earnest.',
  });
  const manifests = pushAll(system, say);
  await until(system, lines, untilLate);
  // An arrival by the clock would come too early for a machine that is busy with something else.
  say({ type: 'time', text: 'Ten minutes pass; prod-worker arrives after all.' });
  system.turn(workerLagMs / 1000);
  await until(system, lines, firstAct);

  say({ type: 'time', text: dayPasses });
  system.turn(25 * 60 * 60);
  await until(system, lines, secondAct.slice(0, 2));
  say({
    type: 'time',
    text: 'Somebody copies prod-api by hand and frees the tag of prod-billing. An hour passes.',
  });
  repair(system, manifests);
  system.turn(3 * 60 * 60);
  await until(system, lines, secondAct);

  const expected = [...firstAct, ...secondAct];
  for (const { what, holds } of expected) say({ type: 'expected', what, ok: holds(lines) });
  return expected.filter(({ holds }) => !holds(lines)).map(({ what }) => what);
}

const workerLagMs = 10 * 60_000;

function setScene({ aws, listen }: DemoSystem): void {
  const { ecr } = aws;
  call(ecr, home, 'PutReplicationConfiguration', {
    replicationConfiguration: {
      rules: [
        {
          destinations: [ireland, sydney].map(({ account, region }) => ({ registryId: account, region })),
          repositoryFilters: [{ filter: 'prod-', filterType: 'PREFIX_MATCH' }],
        },
      ],
    },
  });
  // In Ireland the tag is taken, and its repository is immutable.
  call(ecr, ireland, 'CreateRepository', { repositoryName: 'prod-billing', imageTagMutability: 'IMMUTABLE' });
  ecr.pushImage(ireland, {
    repository: 'prod-billing',
    manifest: sampleManifest('an older build'),
    tag: '2.0',
  });
  ecr.orders.replication({
    repository: 'prod-api',
    region: sydney.region,
    outcome: { is: 'fail', code: 'InternalReplicationFailure' },
  });
  ecr.orders.replication({ repository: 'prod-worker', region: ireland.region, delayMs: workerLagMs });
  listen(home);
}

const pushes = [
  ['prod-web', '1.0.0'],
  ['prod-api', '1.4.2'],
  ['prod-worker', '7'],
  ['prod-billing', '2.0'],
  ['sandbox-tools', 'latest'],
] as const;

type Manifests = ReadonlyMap<string, string>;

function pushAll({ aws }: DemoSystem, say: Say): Manifests {
  const manifests = new Map<string, string>();
  for (const [repository, tag] of pushes) {
    const manifest = sampleManifest(`${repository}:${tag}`);
    manifests.set(repository, manifest);
    aws.ecr.pushImage(home, { repository, manifest, tag });
    say({ type: 'push', image: `${repository}:${tag}`, repository, sourceRegion: home.region });
  }
  return manifests;
}

function repair({ aws: { ecr } }: DemoSystem, manifests: Manifests): void {
  ecr.pushImage(sydney, { repository: 'prod-api', manifest: manifests.get('prod-api') ?? '', tag: '1.4.2' });
  call(ecr, ireland, 'BatchDeleteImage', { repositoryName: 'prod-billing', imageIds: [{ imageTag: '2.0' }] });
  ecr.pushImage(ireland, {
    repository: 'prod-billing',
    manifest: manifests.get('prod-billing') ?? '',
    tag: '2.0',
  });
}

function call(ecr: DemoSystem['aws']['ecr'], registry: typeof home, operation: string, input: object): void {
  const answer = ecr.call(registry, operation, input);
  if (answer.is !== 'ok') throw new Error(`the local ECR refused ${operation}: ${JSON.stringify(answer)}`);
}

/** Lets the follow-up run, as its schedule would, until everything holds. */
async function until(
  system: DemoSystem,
  lines: readonly DemoLine[],
  expected: readonly Expected[],
): Promise<void> {
  const end = Date.now() + longestActMs;
  while (Date.now() < end) {
    await system.followUp();
    if (expected.every(({ holds }) => holds(lines))) return;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}
