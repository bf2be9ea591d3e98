/** Images that are there and are not whole: found through the real SDK, with pulls that leave no trace. */

import { expect, onTestFinished, test } from 'vitest';
import { dynamoDbClient, ecrClients } from '../../lib/aws/clients.ts';
import { cycleTable } from '../../lib/aws/cycle-table.ts';
import { manifestPorts } from '../../lib/aws/ecr-manifests.ts';
import { parseManifest } from '../../lib/aws/manifest.ts';
import type { Digest } from '../../lib/image/digest.ts';
import { layersOf, sampleIndex, sampleManifest } from '../../lib/local/manifest.ts';
import { readAllManifests } from '../../lib/monitor/manifests.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { startWorld } from '../world.ts';

const role = `arn:aws:iam::${source.account}:role/ecr-replication-monitor/manifests`;
const day = 24 * 3600;

async function startScene() {
  const world = await startWorld();
  const client = dynamoDbClient();
  onTestFinished(() => client.destroy());
  const ecr = ecrClients(source, undefined);
  const ports = {
    ...world.ports,
    ...manifestPorts(ecr, role),
    ...cycleTable({ client, name: 'incidents' }),
  };
  world.replicate(source, [{ prefixes: ['prod-'], to: [ireland, sydney] }]);
  const push = (repository: string, manifest: string, tag?: string): Digest =>
    world.aws.ecr.pushImage(source, { repository, manifest, tag }) as Digest;
  return {
    ...world,
    ports,
    push,
    /** An index of two images, replicated. */
    pushIndex: async (name: string) => {
      const children = [sampleManifest(`${name} amd64`), sampleManifest(`${name} arm64`)];
      const digests = children.map((child) => push('prod-api', child));
      const index = push('prod-api', sampleIndex(children), name);
      await world.pass(60);
      return { index, children: digests, layers: children.map((child) => layersOf(child)) };
    },
    read: (runSeconds = 600, changed: object = {}) =>
      readAllManifests(
        { ...ports, ...changed },
        world.config.policies,
        source,
        [source],
        world.clock.now() + runSeconds * 1000,
      ),
  };
}

test('images that are whole at each destination are told of to nobody', async () => {
  const scene = await startScene();
  await scene.pushIndex('1.0');
  scene.push('prod-web', sampleManifest('web'), '2.0');
  await scene.pass(60);
  await scene.read();
  expect(await scene.told()).toEqual([]);
});

test('an index with a missing child and a missing layer is one finding, and over when it is whole', async () => {
  const scene = await startScene();
  await scene.pushIndex('1.0');
  const broken = await scene.pushIndex('1.1');
  const [lostChild = '' as Digest, otherChild] = broken.children;
  const [, [, lostLayer = ''] = []] = broken.layers;
  // ECR refuses to delete what an index lists: the index goes first, and comes back without it.
  const remove = (imageDigest: string) =>
    scene.aws.ecr.call(ireland, 'BatchDeleteImage', {
      repositoryName: 'prod-api',
      imageIds: [{ imageDigest }],
    });
  remove(broken.index);
  remove(lostChild);
  scene.aws.ecr.seed(ireland, 'prod-api', [{ digest: broken.index, tags: ['1.1'] }]);
  scene.aws.ecr.orders.loseLayer(ireland, 'prod-api', lostLayer);
  await scene.read();
  const [firing, ...others] = await scene.told();
  expect(others).toEqual([]);
  expect(firing?.summary).toBe('1 image in eu-west-1 (111122223333) lacks children or layers: a pull fails');
  expect([firing?.kind, firing?.severity, firing?.open]).toEqual(['incomplete', 'critical', 1]);
  expect(firing?.email).toContain(
    `prod-api:1.1 (${broken.index.slice(0, 19)}): 1 child is not there (linux/amd64 ${lostChild.slice(0, 19)}), 1 layer is not there (${lostLayer.slice(0, 19)}).`,
  );
  expect(firing?.email).toContain('aws ecr batch-check-layer-availability --registry-id 111122223333');
  expect(scene.aws.ecr.imageAt(ireland, 'prod-api', otherChild ?? '')).toBeDefined();

  scene.clock.turn(3600);
  await scene.read();
  expect(await scene.told()).toEqual([]);

  scene.aws.ecr.orders.clear();
  scene.aws.ecr.seed(ireland, 'prod-api', [{ digest: lostChild }]);
  const whole = {
    readLayers: async (_: unknown, __: string, digests: readonly Digest[]) =>
      new Map(digests.map((one) => [one, 'available'] as const)),
  };
  scene.clock.turn(day);
  await scene.read(600, whole);
  expect((await scene.told()).map(({ notice, kind }) => [notice, kind])).toEqual([['clear', 'incomplete']]);
});

test('an image that is not there at all is missing, which is not for this to tell', async () => {
  const scene = await startScene();
  scene.aws.ecr.orders.replication({ region: ireland.region, outcome: { is: 'lose', claim: 'COMPLETE' } });
  await scene.pushIndex('1.0');
  await scene.read();
  expect(await scene.told()).toEqual([]);
});

test('what it reads counts as unpulled, and without that it reads nothing', async () => {
  const scene = await startScene();
  const { index } = await scene.pushIndex('1.0');
  scene.aws.ecr.faults.place({
    operations: ['RegisterPullTimeUpdateExclusion'],
    effect: { is: 'access-denied' },
  });
  await expect(scene.read()).rejects.toThrow('manifests not read: 111122223333/us-east-1');
  expect(scene.aws.ecr.calls.count({ operation: 'BatchGetImage' })).toBe(0);

  scene.aws.ecr.faults.clear();
  await scene.read();
  scene.clock.turn(day);
  await scene.read();
  expect(scene.aws.ecr.calls.count({ operation: 'BatchGetImage' })).toBeGreaterThan(0);
  expect(scene.aws.ecr.imageAt(source, 'prod-api', index)?.pulledAt).toBeUndefined();
  const pulls = scene.aws.ecr.calls.recent().filter(({ operation }) => operation === 'BatchGetImage');
  expect(new Set(pulls.map(({ registry }) => registry.region))).toEqual(new Set([source.region]));
});

test('a destination that cannot be read is not taken for one that lacks something', async () => {
  const scene = await startScene();
  await scene.pushIndex('1.0');
  scene.aws.ecr.faults.place({ region: ireland.region, effect: { is: 'access-denied' } });
  await expect(scene.read()).rejects.toThrow('images cannot be read in eu-west-1: access-denied');
  expect(await scene.told()).toEqual([]);
});

test('a large repository is gone through page by page, over several runs, once a day', async () => {
  const scene = await startScene();
  const images = Array.from({ length: 2_500 }, (_, n) => ({
    digest: digestOf(`image ${n}`),
    tags: [`v${n}`],
  }));
  for (const registry of [source, ireland, sydney]) scene.aws.ecr.seed(registry, 'prod-api', images);
  scene.aws.ecr.calls.reset();
  const slow = {
    readTops: (...asked: Parameters<typeof scene.ports.readTops>) => {
      scene.clock.turn(400);
      return scene.ports.readTops(...asked);
    },
  };
  await scene.read(600, slow);
  await scene.read(600, slow);
  await scene.read(600, slow);
  // Three pages at the source, 25 batches of manifests, 25 of images at each destination; then nothing more today.
  const count = (operation: string) => scene.aws.ecr.calls.count({ operation });
  expect([count('BatchGetImage'), count('DescribeImages')]).toEqual([25, 3 + 2 * 25]);
});

/** Twelve repositories of an image each, which take 20 seconds each. */
async function startTwelve() {
  const scene = await startScene();
  const repositories = Array.from({ length: 12 }, (_, n) => `prod-${String(n).padStart(2, '0')}`);
  for (const name of repositories) scene.push(name, sampleManifest(name), '1.0');
  await scene.pass(60);
  const looked: string[] = [];
  let saves = 0;
  let left = Number.POSITIVE_INFINITY;
  let end: () => Promise<never> = async () => {
    throw new Error('refused');
  };
  const ports: Partial<typeof scene.ports> = {
    readTops: (registry, repository, from) => {
      left -= 1;
      if (left < 0) return end();
      scene.clock.turn(20);
      looked.push(repository);
      return scene.ports.readTops(registry, repository, from);
    },
    saveCycle: (...cycle) => {
      saves += 1;
      return scene.ports.saveCycle(...cycle);
    },
  };
  return {
    repositories,
    looked,
    saves: () => saves,
    run: (seconds: number) => scene.read(seconds, ports),
    endAfter: (looks: number, how: () => Promise<never> = end) => {
      left = looks;
      end = how;
    },
  };
}

test('a pass over small repositories is kept once a minute, and goes on where its time was up', async () => {
  const { run, looked, repositories, saves } = await startTwelve();
  await run(100);
  expect([looked.length, saves()]).toEqual([6, 2]);
  await run(600);
  expect(looked).toEqual(repositories);
  expect(saves()).toBe(5);
});

test('a pass that fails goes on where it did', async () => {
  const { run, looked, repositories, endAfter } = await startTwelve();
  endAfter(5);
  await expect(run(600)).rejects.toThrow('manifests not read: 111122223333/us-east-1: refused');
  endAfter(Number.POSITIVE_INFINITY);
  await run(600);
  expect(looked).toEqual(repositories);
});

test('a pass that dies has a minute to go through again', async () => {
  const { run, looked, repositories, endAfter } = await startTwelve();
  await new Promise<void>((resolve) => {
    endAfter(5, () => {
      resolve();
      return new Promise<never>(() => {});
    });
    void run(600);
  });
  endAfter(Number.POSITIVE_INFINITY);
  await run(600);
  // Three were kept, two were looked at twice.
  expect(looked).toEqual([...repositories.slice(0, 5), ...repositories.slice(3)]);
});

test.each([
  ['an index', sampleIndex([sampleManifest('a')]), 1, 0],
  ['an image', sampleManifest('a'), 0, 2],
  [
    'an image with a layer that lies elsewhere',
    JSON.stringify({
      config: { digest: digestOf('c') },
      layers: [{ digest: digestOf('l'), urls: ['https://example.com/l'] }, { digest: digestOf('m') }],
    }),
    0,
    2,
  ],
])('a manifest is read: %s', (_, text, children, layers) => {
  const manifest = parseManifest(text);
  expect([manifest?.children.length, manifest?.layers.length]).toEqual([children, layers]);
});

test.each(['{}', '{', '{"schemaVersion":1,"fsLayers":[]}', '{"layers":[{"digest":"no digest"}]}'])(
  'what is no manifest is none: %s',
  (text) => {
    expect(parseManifest(text)).toBeUndefined();
  },
);
