/** An image comes without any event: the deployed sweep finds it, its queue is worked off, people and gauges say so. */

import assert from 'node:assert/strict';
import { digestOf } from '../../lib/local/manifest.ts';
import { ofKind, oneRunSeconds, type Scene } from './scene.ts';
import { between } from './scene-pushes.ts';
import { far, hub, invoke, near } from './setting.ts';
import { until } from './until.ts';

const repository = 'prod/silent';

export async function sweep({ proof, setting, subscribers, seen, outputs }: Scene): Promise<void> {
  const queue = outputs['SweepQueueUrl'] ?? '';
  const found = async () =>
    (await seen.incidents()).filter(({ replica }) => replica.repository === repository);

  await proof.check(
    'an image that no event told of is found by the sweep, at every destination',
    async () => {
      const image = { digest: digestOf(repository), tags: ['1'], pushedAt: Date.now() - 15_000 };
      setting.door.ecr.seed(hub, repository, [image]);
      await invoke(setting, 'sweep');
      const incidents = await until('two incidents', oneRunSeconds, async () => {
        const open = await found();
        return open.length === 2 ? open : undefined;
      });
      assert.deepEqual(
        incidents.map(({ kind, replica }) => `${kind} ${replica.destination.account}`).sort(),
        [near, far].map(({ account }) => `not-started ${account}`).sort(),
      );
      await until(
        'the sweep queue is empty',
        30,
        async () => (await seen.messagesIn(queue)) === 0 || undefined,
      );
      return incidents.map(({ id }) => id).join('; ');
    },
  );

  await proof.check(
    'the follow-up tells of it, once a destination, and publishes how the sweep went',
    async () => {
      const missing = await until('SweepMissing', 2 * oneRunSeconds, async () => {
        const metric = await seen.metric('SweepMissing', between);
        return (metric?.most ?? 0) >= 2 ? metric : undefined;
      });
      assert.equal(missing.most, 2);
      const coverage = await seen.metric('SweepCoverage', between);
      assert.ok(coverage !== undefined && coverage.least > 0 && coverage.least < 100);
      const age = await seen.metric('SweepAge', { SourceRegion: hub.region });
      assert.ok(age !== undefined && age.least < 5 * oneRunSeconds);
      assert.ok(((await seen.metric('SweepCalls', { Region: hub.region }))?.sum ?? 0) > 0);
      const told = await until('two notices', oneRunSeconds, async () => {
        const firing = ofKind(await subscribers.byQueue(), 'not-started');
        return firing.length >= 2 ? firing : undefined;
      });
      assert.equal(told.length, 2);
      return `${told.map(({ summary }) => summary).join('; ')}; coverage ${coverage.least} %`;
    },
  );

  await proof.check('a sweep of its prefix, once the image is there, resolves both', async () => {
    for (const destination of [near, far]) {
      setting.door.ecr.seed(destination, repository, [{ digest: digestOf(repository), tags: ['1'] }]);
    }
    await invoke(setting, 'sweep', { prefix: 'prod/silent' });
    await until(
      'both are resolved',
      oneRunSeconds,
      async () => (await found()).every(({ state }) => state === 'resolved') || undefined,
    );
    return undefined;
  });
}
