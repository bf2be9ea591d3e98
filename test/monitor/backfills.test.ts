/** Backfills from their start to what people are told: through the real SDK, on the local AWS, under a clock that is turned. */

import { expect, onTestFinished, test } from 'vitest';
import { startedBackfills, watchedBackfills } from '../../lib/aws/backfill-table.ts';
import { dynamoDbClient, ecrClients } from '../../lib/aws/clients.ts';
import { backfillReaders } from '../../lib/aws/ecr-backfills.ts';
import { repairCalls } from '../../lib/aws/ecr-repair.ts';
import type { Digest } from '../../lib/image/digest.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { watchBackfills } from '../../lib/monitor/backfills.ts';
import { repair } from '../../lib/monitor/repair.ts';
import type { Ports } from '../../lib/ports.ts';
import type { BackfillPorts, RepairPorts } from '../../lib/sweep/backfill-ports.ts';
import type { RepairMode } from '../../lib/sweep/repair.ts';
import { noCounts } from '../../lib/sweep/run.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { startWorld, type World } from '../world.ts';

interface Told {
  readonly subject: string;
  readonly email: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly document: Readonly<Record<string, unknown>>;
}

interface Scene extends World {
  readonly all: Ports & BackfillPorts & RepairPorts;
  readonly watch: (changed?: Partial<Ports & BackfillPorts>) => Promise<void>;
  readonly repair: (mode?: RepairMode, allowedDestinations?: readonly string[]) => Promise<void>;
  /** Both functions, every five minutes unless told otherwise. */
  readonly run: (minutes: number, mode?: RepairMode, every?: number) => Promise<void>;
  /** Ends of backfills that were told since the last call. */
  readonly ends: () => readonly Told[];
  readonly startByHand: (destination: Registry) => string;
  /** Backfills that were started, by whomever. */
  readonly runs: () => readonly unknown[];
}

async function startScene(): Promise<Scene> {
  const world = await startWorld();
  const ecr = ecrClients(source, undefined);
  const client = dynamoDbClient();
  onTestFinished(() => client.destroy());
  let told: Told[] = [];
  const all: Scene['all'] = {
    ...world.ports,
    ...backfillReaders(ecr),
    ...repairCalls(ecr),
    ...startedBackfills({ client, name: 'incidents' }),
    ...watchedBackfills({ client, name: 'incidents' }),
    publish: async (publication) => {
      if (publication.attributes['kind'] === 'backfill') {
        const { subject, texts, attributes } = publication;
        told.push({ subject, email: texts.email, attributes, document: JSON.parse(texts.default) });
      }
      await world.ports.publish(publication);
    },
  };
  const { policies } = world.config;
  const watch: Scene['watch'] = (changed = {}) => watchBackfills({ ...all, ...changed }, policies, [source]);
  const repairNow: Scene['repair'] = (mode = 'backfill', allowedDestinations) =>
    repair(
      all,
      { hub: source, repair: mode, ...(allowedDestinations === undefined ? {} : { allowedDestinations }) },
      [source],
    );
  return {
    ...world,
    all,
    watch,
    repair: repairNow,
    run: async (minutes, mode = 'backfill', every = 5) => {
      for (let passed = 0; passed < minutes; passed += every) {
        await repairNow(mode);
        await watch();
        await world.pass(every * 60);
      }
    },
    ends: () => {
      const since = told;
      told = [];
      return since;
    },
    startByHand: ({ account, region }) => {
      const answer = world.aws.ecr.call(source, 'StartReplicationBackfill', {
        destination: { registryId: account, region },
      });
      expect(answer.is).toBe('ok');
      return answer.is === 'ok'
        ? String((answer.body as Record<string, unknown>)['replicationBackfillId'])
        : '';
    },
    runs: () =>
      world.aws.ecr.calls
        .recent()
        .filter(({ operation, outcome }) => operation === 'StartReplicationBackfill' && outcome === 'ok')
        .map(({ input }) => input),
  };
}

/** Images that replication never brought to Ireland; they are incidents by now. */
async function missingInIreland(scene: Scene, count: number): Promise<readonly Digest[]> {
  scene.replicate(source, [{ prefixes: ['prod-'], to: [ireland, sydney] }]);
  const take = scene.aws.ecr.orders.replication({
    region: ireland.region,
    outcome: { is: 'lose', claim: 'NONE' },
  });
  const digests = Array.from({ length: count }, (_, n) =>
    scene.push({ repository: 'prod-api', tag: `v${n}` }),
  );
  await scene.pass(45 * 60);
  take();
  await scene.followUp();
  await scene.told();
  scene.ends();
  return digests;
}

const historical = (scene: Scene, count: number): void => {
  scene.replicate(source, [{ prefixes: ['prod-'], to: [ireland, sydney] }]);
  scene.aws.ecr.seed(
    source,
    'prod-api',
    Array.from({ length: count }, (_, n) => ({ digest: digestOf(`old ${n}`), tags: [`old-${n}`] })),
  );
};

test('a destination with missing images gets a backfill, which is watched, verified, told, and ends the incidents', async () => {
  const scene = await startScene();
  const digests = await missingInIreland(scene, 12);
  // Nobody is told of arrivals: the backfill's end alone must do.
  scene.aws.ecr.orders.events({ of: 'replication', effect: { is: 'lose' } });
  await scene.run(15);

  expect(scene.runs()).toEqual([
    { registryId: source.account, destination: { registryId: ireland.account, region: ireland.region } },
  ]);
  const [end, ...others] = scene.ends();
  expect(others).toEqual([]);
  expect(end?.subject).toBe(
    '[ended] Backfill to eu-west-1 (111122223333) complete: 12 of 12 copied, all seen there',
  );
  expect(end?.email).toContain('by the monitor, for images that were missing');
  expect(end?.email).toContain('Nothing is left to do.');
  expect(end?.attributes).toMatchObject({
    severity: 'info',
    kind: 'backfill',
    destinationRegion: 'eu-west-1',
  });
  expect(end?.document).toMatchObject({
    type: 'ecr-replication-backfill',
    status: 'COMPLETE',
    startedBy: 'monitor',
    verification: { seen: 12, notSeen: 0, unreadable: 0, notLookedAt: 0 },
  });
  for (const digest of digests) expect(scene.aws.ecr.imageAt(ireland, 'prod-api', digest)).toBeDefined();
  const clear = (await scene.told()).filter(({ notice }) => notice === 'clear');
  expect(clear.map(({ kind, news }) => [kind, news.resolved])).toEqual([['not-started', 12]]);
  expect(scene.metric('ReplicasRecovered', { DestinationRegion: 'eu-west-1' })).toBe(12);
});

test('progress is a gauge while a backfill runs, whoever started it, and its end is told once', async () => {
  const scene = await startScene();
  historical(scene, 100);
  await scene.watch();
  scene.startByHand(ireland);
  await scene.watch();
  scene.clock.turn(31);
  scene.aws.ecr.tick();
  scene.clock.turn(5);
  await scene.watch();
  scene.clock.turn(60);
  await scene.watch();
  await scene.watch();
  const values = scene.aws.cloudwatch
    .datapoints('BackfillProgress')
    .map(({ dimensions, values: [first] }) => [dimensions['DestinationRegion'], first?.value]);
  expect(values).toEqual([
    ['eu-west-1', 0],
    ['eu-west-1', 30],
    ['eu-west-1', 100],
  ]);
  const ends = scene.ends();
  expect(ends).toHaveLength(1);
  expect(ends[0]?.document).toMatchObject({ startedBy: 'somebody else', verification: { seen: 100 } });
  expect(scene.metric('BackfillFailures')).toBe(0);
});

test('a backfill of which half fails is told with its failures by image, and with what to do', async () => {
  const scene = await startScene();
  historical(scene, 40);
  await scene.watch();
  const fail = { is: 'fail', code: 'ImageTooLarge' } as const;
  scene.aws.ecr.orders.replication({ region: ireland.region, outcome: fail }, 25);
  const id = scene.startByHand(ireland);
  scene.clock.turn(120);
  await scene.watch();
  const [end] = scene.ends();
  expect(end?.subject).toMatch(
    /^\[ended\] Backfill to eu-west-1 \(111122223333\) failed: \d+ of 40 copied, 2\d failed/,
  );
  expect(end?.attributes['severity']).toBe('warning');
  expect(end?.email).toContain('ECR says  FAILED, TooManyReplicationFailures');
  expect(end?.email).toContain('- prod-api:old-0: ImageTooLarge');
  expect(end?.email).toMatch(/… and \d+ more/);
  expect(end?.email).toContain(
    `aws ecr describe-replication-backfill-results --registry-id 111122223333 --region us-east-1 --replication-backfill-id ${id} --result-status-filter FAILED`,
  );
  expect(scene.metric('BackfillFailures')).toBeGreaterThanOrEqual(20);
});

test("what ECR calls copied and is not there is told: a digest seen is the proof, not ECR's word", async () => {
  const scene = await startScene();
  historical(scene, 10);
  await scene.watch();
  scene.aws.ecr.orders.replication({ region: ireland.region, outcome: { is: 'lose', claim: 'COMPLETE' } }, 3);
  scene.startByHand(ireland);
  scene.clock.turn(120);
  await scene.watch();
  const [end] = scene.ends();
  expect(end?.subject).toContain('complete: 10 of 10 copied, 7 seen there, 3 not');
  expect(end?.attributes['severity']).toBe('warning');
  expect(end?.email).toContain('- prod-api:old-0: missing');
  expect(scene.metric('BackfillFailures')).toBe(3);
});

test('a destination that cannot be read is not taken for one that has the images', async () => {
  const scene = await startScene();
  historical(scene, 10);
  await scene.watch();
  scene.startByHand(ireland);
  scene.clock.turn(120);
  scene.aws.ecr.faults.place({ region: ireland.region, effect: { is: 'access-denied' } });
  await scene.watch();
  const [end] = scene.ends();
  expect(end?.subject).toContain('10 of 10 copied, 10 unreadable');
  expect(end?.attributes['severity']).toBe('warning');
});

test('more than one run can look at is counted as not looked at, and no clean bill', async () => {
  const scene = await startScene();
  historical(scene, 1_500);
  await scene.watch();
  scene.startByHand(ireland);
  scene.clock.turn(3_600);
  const readImages: Ports['readImages'] = (read) => {
    scene.clock.turn(100);
    return scene.all.readImages(read);
  };
  await scene.watch({ readImages });
  const [end] = scene.ends();
  expect(end?.email).toContain('1,500 of 1,500 copied, 1,000 seen there, 500 not looked at.');
  expect(end?.email).toContain('the next sweep looks at the rest');
  expect(end?.attributes['severity']).toBe('warning');
});

test('one that already runs is left alone, and no second one is started', async () => {
  const scene = await startScene();
  await missingInIreland(scene, 3);
  scene.startByHand(ireland);
  await scene.repair();
  expect(scene.runs()).toHaveLength(1);
  // Somebody else is faster, between the list and the start: ECR refuses, and that is no fault.
  const before = { readBackfills: async () => ({ is: 'read', value: [] }) as const };
  await repair({ ...scene.all, ...before }, { hub: source, repair: 'backfill' }, [source]);
  expect(scene.logs.filter(({ message }) => message === 'Backfill refused')).toHaveLength(1);
});

test('at most one a day, however many functions run and whatever came of it', async () => {
  const scene = await startScene();
  await missingInIreland(scene, 4);
  const lost = { is: 'lose', claim: 'NONE' } as const;
  scene.aws.ecr.orders.replication({ region: ireland.region, outcome: lost });
  await Promise.all([scene.repair(), scene.repair(), scene.repair()]);
  await scene.run(23 * 60, 'backfill', 60);
  expect(scene.runs()).toHaveLength(1);
  await scene.run(3 * 60, 'backfill', 60);
  expect(scene.runs()).toHaveLength(2);
  expect(scene.ends()).toHaveLength(2);
});

test('switched off halfway: what runs is stopped, told as it stands, and nothing is started any more', async () => {
  const scene = await startScene();
  historical(scene, 200);
  await missingInIreland(scene, 2);
  await scene.watch();
  await scene.repair();
  scene.startByHand(sydney);
  scene.clock.turn(31);
  scene.aws.ecr.tick();
  scene.clock.turn(5);
  await scene.repair('stop');
  scene.clock.turn(60);
  await scene.repair('stop');
  await scene.watch();
  scene.clock.turn(10 * 60);
  await scene.repair('stop');
  await scene.watch();

  const ends = scene.ends();
  const ours = ends.find(({ attributes }) => attributes['destinationRegion'] === 'eu-west-1');
  expect(ours?.subject).toMatch(/was stopped: 40 of 202 copied, all seen there$/);
  expect(ours?.email).toContain('aws ecr start-replication-backfill');
  // What people started is theirs.
  const theirs = ends.find(({ attributes }) => attributes['destinationRegion'] === 'ap-southeast-2');
  expect(theirs?.document).toMatchObject({ status: 'COMPLETE', startedBy: 'somebody else' });
  expect(scene.runs()).toHaveLength(2);
});

test('without the parameter nothing is started, and the alert carries the command', async () => {
  const scene = await startScene();
  scene.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
  scene.aws.ecr.orders.replication({ region: ireland.region, outcome: { is: 'lose', claim: 'NONE' } });
  scene.push({ repository: 'prod-api', tag: '1' });
  await scene.pass(45 * 60);
  await scene.run(24 * 60, 'off', 60);
  expect(scene.runs()).toEqual([]);
  const [firing] = await scene.told();
  expect(firing?.email).toContain(
    'aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333',
  );
});

test('no backfill goes to a destination that is not allowed, whatever is missing there', async () => {
  const scene = await startScene();
  await missingInIreland(scene, 2);
  await scene.repair('backfill', ['ap-southeast-2']);
  expect(scene.runs()).toEqual([]);
  await scene.repair('backfill', ['eu-west-1']);
  expect(scene.runs()).toHaveLength(1);
});

test('what the last sweep found missing is copied as well, and a sweep from before that says nothing new', async () => {
  const scene = await startScene();
  historical(scene, 5);
  const counts = { ...noCounts, expected: 5, history: 5 };
  const route = {
    destination: ireland,
    repositories: 1,
    repositoriesUnreadable: 0,
    repositoriesWithHistory: 1,
    counts,
  };
  const at = scene.clock.now();
  const latest = { run: 'daily', startedAt: at, endedAt: at, routes: [route] };
  const watched = { source, revision: 1, since: 0, rules: [], latest };
  expect(await scene.ports.saveWatched(watched)).toBe('saved');
  scene.clock.turn(60);
  await scene.run(3 * 24 * 60, 'backfill', 6 * 60);
  expect(scene.runs()).toHaveLength(1);
  const swept = { ...latest, startedAt: scene.clock.now() };
  expect(await scene.ports.saveWatched({ ...watched, revision: 2, latest: swept })).toBe('saved');
  await scene.repair();
  expect(scene.runs()).toHaveLength(2);
});

test('what ended before anybody watched is no news', async () => {
  const scene = await startScene();
  historical(scene, 5);
  scene.startByHand(ireland);
  scene.clock.turn(120);
  await scene.watch();
  scene.clock.turn(300);
  await scene.watch();
  expect(scene.ends()).toEqual([]);
});

test('a crash before it was told tells it again, one after that does not', async () => {
  const scene = await startScene();
  historical(scene, 5);
  await scene.watch();
  scene.startByHand(ireland);
  scene.clock.turn(120);
  const dies = { publish: () => Promise.reject(new Error('no topic')) };
  await scene.watch(dies);
  expect(scene.logs.some(({ message }) => message.startsWith('Backfills not watched'))).toBe(true);
  // Somebody else is at it, as far as the next run can tell.
  await scene.watch();
  expect(scene.ends()).toEqual([]);
  scene.clock.turn(300);
  await scene.watch();
  await scene.watch();
  expect(scene.ends()).toHaveLength(1);
});

test('two runs at once tell an end once', async () => {
  const scene = await startScene();
  historical(scene, 5);
  await scene.watch();
  scene.startByHand(ireland);
  scene.clock.turn(120);
  await Promise.all([scene.watch(), scene.watch(), scene.watch()]);
  expect(scene.ends()).toHaveLength(1);
});

test('a registry whose backfills cannot be read is said to be so, and nothing is concluded', async () => {
  const scene = await startScene();
  await missingInIreland(scene, 2);
  scene.aws.ecr.faults.place({ operations: ['ListReplicationBackfills'], effect: { is: 'access-denied' } });
  await expect(scene.repair()).rejects.toThrow('111122223333/us-east-1: Error: the backfills cannot be read');
  await scene.watch();
  expect(scene.runs()).toEqual([]);
  expect(scene.logs.some(({ message }) => message.startsWith('Backfills not watched'))).toBe(true);
});
