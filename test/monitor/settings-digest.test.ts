/** The digest of settings: once a week a registry, while there is anything to tell; passes that go on where they stopped. */

import { expect, onTestFinished, test } from 'vitest';
import { dynamoDbClient, ecrClients } from '../../lib/aws/clients.ts';
import { cycleTable } from '../../lib/aws/cycle-table.ts';
import { settingPorts } from '../../lib/aws/ecr-settings.ts';
import type { Registry } from '../../lib/image/registry.ts';
import { checkSettings } from '../../lib/monitor/settings.ts';
import { ireland, source, sydney } from '../samples.ts';
import { startWorld } from '../world.ts';

async function startScene(sources: readonly Registry[] = [source]) {
  const world = await startWorld();
  const client = dynamoDbClient();
  onTestFinished(() => client.destroy());
  const ports = {
    ...world.ports,
    ...settingPorts(ecrClients(source, undefined)),
    ...cycleTable({ client, name: 'incidents' }),
  };
  const make = (name: string, settings: object = {}, at: readonly Registry[] = [source, ireland]): void => {
    for (const registry of at) {
      const answer = world.aws.ecr.call(registry, 'CreateRepository', { repositoryName: name, ...settings });
      expect(answer.is).toBe('ok');
    }
  };
  world.aws.ecr.call(ireland, 'CreateRepositoryCreationTemplate', {
    prefix: 'ROOT',
    appliedFor: ['REPLICATION'],
  });
  world.replicate(source, [{ prefixes: ['prod/'], to: [ireland] }]);
  return {
    ...world,
    all: ports,
    make,
    check: (runSeconds = 600, from = sources) =>
      checkSettings(ports, world.config.policies, from, world.clock.now() + runSeconds * 1000),
  };
}

const hour = 3600;
const day = 24 * hour;

test('findings are one digest, told again a week later, and told when they are over', async () => {
  const scene = await startScene();
  scene.make('prod/api', { imageTagMutability: 'IMMUTABLE' }, [source]);
  scene.make('prod/api', {}, [ireland]);
  scene.make('web', {}, [source]);
  const told = [];
  for (let passed = 0; passed < 15 * 24; passed += 6) {
    await scene.check();
    scene.clock.turn(6 * hour);
    told.push(...(await scene.told()));
  }
  expect(told.map(({ notice, kind, open, severity }) => [notice, kind, open, severity])).toEqual([
    ['firing', 'settings', 2, 'info'],
    ['reminder', 'settings', 2, 'info'],
    ['reminder', 'settings', 2, 'info'],
  ]);
  const [firing, reminder] = told;
  expect(firing?.summary).toBe(
    '2 settings of us-east-1 (111122223333) or its destinations may harm replication later',
  );
  expect(firing?.email).toContain(
    'prod/api: tags are mutable in eu-west-1 (111122223333), and immutable at the source.\n' +
      '  Set the tags there as they are at the source:\n    aws ecr put-image-tag-mutability',
  );
  expect(firing?.email).toContain('No replication rule of us-east-1 (111122223333) covers web.');
  expect(reminder?.email).not.toContain('Nothing has changed');

  scene.aws.ecr.call(ireland, 'PutImageTagMutability', {
    repositoryName: 'prod/api',
    imageTagMutability: 'IMMUTABLE',
  });
  scene.aws.ecr.call(source, 'DeleteRepository', { repositoryName: 'web' });
  scene.clock.turn(day);
  await scene.check();
  expect((await scene.told()).map(({ notice, summary }) => [notice, summary])).toEqual([
    ['clear', 'The settings of us-east-1 (111122223333) and its destinations are as they must be'],
  ]);
});

test('a registry that is well set is told of to nobody', async () => {
  const scene = await startScene();
  scene.make('prod/api');
  await scene.check();
  scene.clock.turn(day);
  await scene.check();
  expect(await scene.told()).toEqual([]);
});

/** A registry of 120 repositories, and a clock that each look at one of them moves on by a second. */
async function startLongPass() {
  const scene = await startScene();
  const policy = JSON.stringify({
    rules: [
      {
        rulePriority: 1,
        selection: { tagStatus: 'any', countType: 'sinceImagePulled', countUnit: 'days', countNumber: 90 },
        action: { type: 'expire' },
      },
    ],
  });
  for (let n = 0; n < 120; n += 1) {
    scene.make(`prod/${n}`);
    scene.aws.ecr.call(ireland, 'PutLifecyclePolicy', {
      repositoryName: `prod/${n}`,
      lifecyclePolicyText: policy,
    });
  }
  let saves = 0;
  let left = Number.POSITIVE_INFINITY;
  let end: () => Promise<never> = async () => {
    throw new Error('refused');
  };
  const slow: typeof scene.all = {
    ...scene.all,
    readLifecyclePolicy: (registry, repository) => {
      scene.clock.turn(1);
      left -= 1;
      return left < 0 ? end() : scene.all.readLifecyclePolicy(registry, repository);
    },
    saveCycle: (...cycle) => {
      saves += 1;
      return scene.all.saveCycle(...cycle);
    },
  };
  scene.aws.ecr.calls.reset();
  return {
    ...scene,
    run: (seconds: number) =>
      checkSettings(slow, scene.config.policies, [source], scene.clock.now() + seconds * 1000),
    failAfter: (looks: number) => {
      left = looks;
    },
    /** Answers when the run is dead: nothing of it goes on. */
    dieAfter: (looks: number) => {
      left = looks;
      return new Promise<void>((resolve) => {
        end = () => {
          resolve();
          return new Promise<never>(() => {});
        };
      });
    },
    saves: () => saves,
    looks: () => scene.aws.ecr.calls.count({ operation: 'GetLifecyclePolicy' }),
  };
}

test('a pass that runs out of time goes on where it stopped, and is told when it is through', async () => {
  const scene = await startLongPass();
  // After 31 repositories the time is up.
  for (let n = 0; n < 3; n += 1) await scene.run(30);
  expect(await scene.told()).toEqual([]);
  await scene.run(30);
  const [digest, ...others] = await scene.told();
  expect(others).toEqual([]);
  expect(digest?.open).toBe(1);
  expect(digest?.email).toContain(
    'deletes images that nobody has pulled for 90 days. So it is with 119 more.',
  );
  expect(scene.looks()).toBe(120);
});

test('a pass is kept once a minute, and whoever dies has that minute to go through again', async () => {
  const scene = await startLongPass();
  const death = scene.dieAfter(100);
  void scene.run(600);
  await death;
  expect([scene.looks(), scene.saves()]).toEqual([100, 1]);
  scene.failAfter(Number.POSITIVE_INFINITY);
  await scene.run(600);
  // Kept were the first 60; the end is kept as well.
  expect([scene.looks(), scene.saves()]).toEqual([160, 3]);
  expect((await scene.told()).map(({ open }) => open)).toEqual([1]);
});

test('a pass that fails is kept where it did', async () => {
  const scene = await startLongPass();
  scene.failAfter(100);
  await expect(scene.run(600)).rejects.toThrow('settings not checked: 111122223333/us-east-1: refused');
  scene.failAfter(Number.POSITIVE_INFINITY);
  await scene.run(600);
  expect([scene.looks(), scene.saves()]).toEqual([120, 3]);
});

test('what is kept already is not written again, and a registry that there is no time for is left alone', async () => {
  const scene = await startLongPass();
  await scene.run(30);
  expect(scene.saves()).toBe(1);
  scene.aws.ecr.calls.reset();
  for (let n = 0; n < 3; n += 1) await scene.run(-1);
  expect([scene.saves(), scene.aws.ecr.calls.count({ operation: 'DescribeRepositories' })]).toEqual([1, 0]);
});

test('nobody is told that all is well while that is not known', async () => {
  const scene = await startLongPass();
  await scene.run(600);
  expect((await scene.told()).map(({ notice }) => notice)).toEqual(['firing']);
  scene.clock.turn(day);
  await scene.run(30);
  scene.aws.ecr.faults.place({ region: source.region, effect: { is: 'access-denied' } }, 10);
  await expect(scene.run(600)).rejects.toThrow('settings not checked');
  expect(await scene.told()).toEqual([]);
});

test('of a registry that is no source any more nothing stands, and one that cannot be read holds back no other', async () => {
  const scene = await startScene();
  scene.make('web', {}, [source]);
  scene.aws.ecr.faults.place({ region: sydney.region, effect: { is: 'access-denied' } });
  await expect(scene.check(600, [sydney, source])).rejects.toThrow(
    'settings not checked: 111122223333/ap-southeast-2: its rules cannot be read',
  );
  expect((await scene.told()).map(({ notice }) => notice)).toEqual(['firing']);
  scene.aws.ecr.faults.clear();
  scene.clock.turn(day);
  await scene.check(600, [sydney]);
  expect((await scene.told()).map(({ notice }) => notice)).toEqual(['clear']);
});

test('repositories that no rule covers are a list, as long as people read', async () => {
  const scene = await startScene();
  for (let n = 0; n < 60; n += 1) scene.make(`web/${n}`, {}, [source]);
  await scene.check();
  const [digest] = await scene.told();
  expect(digest?.open).toBe(1);
  expect(digest?.email).toContain('covers web/0, web/1, web/2 and 57 more repositories.\n  web/0, web/1, ');
  expect(digest?.email).toContain('web/49 … and 10 more\n');
});

test('repositories that the parameters ignore are no findings', async () => {
  const scene = await startScene();
  scene.make('sandbox/x', {}, [source]);
  const looks = {
    ...scene.config.policies.looks,
    byPrefix: [{ prefix: 'sandbox/', deadline: 'ignore' as const }],
  };
  await checkSettings(scene.all, { ...scene.config.policies, looks }, [source], scene.clock.now() + 600_000);
  expect(await scene.told()).toEqual([]);
});

test('a notice that cannot be sent holds back no other, and is sent at the next run', async () => {
  const scene = await startScene([source, sydney]);
  for (const registry of [source, sydney]) scene.make('web', {}, [registry]);
  let isFirst = true;
  const ports: typeof scene.all = {
    ...scene.all,
    publish: async (publication) => {
      const fails = isFirst;
      isFirst = false;
      if (fails) throw new Error('topic is closed');
      return scene.all.publish(publication);
    },
  };
  const run = () =>
    checkSettings(ports, scene.config.policies, [source, sydney], scene.clock.now() + 600_000);
  await expect(run()).rejects.toThrow('settings not checked: 111122223333/us-east-1: topic is closed');
  expect((await scene.told()).map(({ destination }) => destination?.region)).toEqual([sydney.region]);
  scene.clock.turn(hour);
  await run();
  expect((await scene.told()).map(({ destination }) => destination?.region)).toEqual([source.region]);
});

test('a digest is told before the next registry is looked at, which may take all the time there is', async () => {
  const scene = await startScene([source, sydney]);
  scene.make('web', {}, [source]);
  let stopped = (): void => {};
  const isStuck = new Promise<void>((resolve) => {
    stopped = resolve;
  });
  const ports: typeof scene.all = {
    ...scene.all,
    readRepositories: (registry) => {
      if (registry.region !== sydney.region) return scene.all.readRepositories(registry);
      stopped();
      return new Promise(() => {});
    },
  };
  void checkSettings(ports, scene.config.policies, [source, sydney], scene.clock.now() + 600_000);
  await isStuck;
  expect((await scene.told()).map(({ destination }) => destination?.region)).toEqual([source.region]);
});
