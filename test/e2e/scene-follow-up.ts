/** Time passes: the schedule runs follow-up, images come after all, alarms have something to watch. */

import assert from 'node:assert/strict';
import { metricNamespace } from '../../lib/metric/catalogue.ts';
import { incidentOf, ofKind, oneRunSeconds, repositories, type Scene } from './scene.ts';
import { between } from './scene-pushes.ts';
import { metricKey } from './seen.ts';
import { alarmsOn, near } from './setting.ts';
import type { Told } from './subscriber.ts';
import { until } from './until.ts';

const kinds = ['failed', 'overdue'];

export async function followUp(scene: Scene): Promise<void> {
  const { proof, subscribers, seen } = scene;

  await proof.check('the schedule runs follow-up: a heartbeat, and gauges', async () => {
    await until('a heartbeat', oneRunSeconds, () => seen.metric('Heartbeat', {}));
    const open = await until('open incidents are counted', 10, () =>
      seen.metric('OpenIncidents', { DestinationRegion: near.region }),
    );
    assert.equal(open.most, 2);
    return `OpenIncidents ${open.most}`;
  });

  await proof.check('images that are copied there by hand are recovered, and told', async () => {
    // Notices of one conversation keep five minutes apart: those are not waited for.
    await seen.turnBackNotices(600);
    await scene.far.createRepository(repositories.fails);
    await scene.far.push(repositories.fails, '1.4.2');
    await scene.near.createRepository(repositories.overdue);
    await scene.near.push(repositories.overdue, '7');
    const told: Told[] = [];
    for (const kind of kinds) {
      const over = await until(`all clear, ${kind}`, 2 * oneRunSeconds, async () =>
        ofKind(await subscribers.byQueue(), kind).find(({ status }) => status === 'resolved'),
      );
      told.push(over);
    }
    for (const repository of [repositories.fails, repositories.overdue]) {
      assert.equal((await incidentOf(scene, repository)).state, 'resolved');
    }
    const recovered = await until('two recoveries are counted', 10, () =>
      seen.metric('ReplicasRecovered', between),
    );
    assert.equal(recovered.sum, 2);
    return told.map(({ summary }) => summary).join('; ');
  });
  await proof.check('each subscriber was told once that it began, and once that it is over', async () => {
    await until('HTTP has all', 10, () => ofKind(subscribers.byHttp(), 'overdue')[1]);
    for (const told of [await subscribers.byQueue(), subscribers.byHttp()]) {
      for (const kind of kinds) {
        const statuses = ofKind(told, kind).map(({ status }) => status);
        assert.deepEqual(statuses, ['firing', 'resolved'], kind);
      }
    }
    return undefined;
  });
}

export async function alarmsAreOnMetrics({ proof, setting, seen }: Scene): Promise<void> {
  await proof.check('every alarm of ours watches a metric that this run published', async () => {
    const published = await seen.published();
    const watched = (await alarmsOn(setting, metricNamespace)).map(({ metric, dimensions }) =>
      metricKey(metric, dimensions),
    );
    assert.ok(watched.length > 0);
    assert.deepEqual(
      watched.filter((one) => !published.has(one)),
      [],
    );
    return watched.join(', ');
  });
}
