/** Settings change: the registry's rules, to where they may lead and to where not; the stack's own parameters. */

import assert from 'node:assert/strict';
import { ofKind, repositories, type Scene } from './scene.ts';
import { between } from './scene-pushes.ts';
import { deployHub, elsewhere, far, near, variableOf } from './setting.ts';
import type { Told } from './subscriber.ts';
import { until } from './until.ts';

const seconds = 30;

export async function rulesAreMade({ proof, subscribers, here }: Scene): Promise<void> {
  for (const repository of Object.values(repositories)) await here.createRepository(repository);
  await proof.must('a change of the rules is told by config-watch, called by its rule', async () => {
    await here.replicateTo([near, far]);
    const [change] = await until('a notice of the change', seconds, async () =>
      changesIn(await subscribers.byQueue(), 1),
    );
    return wordsOf(change);
  });
}

export async function rulesAreChanged({ proof, subscribers, seen, here }: Scene): Promise<void> {
  await proof.check('a destination that is not allowed is told at once, and when it is gone', async () => {
    await here.replicateTo([near, far, elsewhere]);
    const told = await until(
      'a notice of the destination',
      seconds,
      async () => ofKind(await subscribers.byQueue(), 'not-allowed')[0],
    );
    assert.equal(told.status, 'firing');
    const changes = await until('a notice of the change', seconds, async () =>
      changesIn(await subscribers.byQueue(), 2),
    );
    await seen.turnBackNotices(600);
    await nextSecond();
    await here.replicateTo([near, far]);
    await until('all clear', seconds, async () =>
      ofKind(await subscribers.byQueue(), 'not-allowed').find(({ status }) => status === 'resolved'),
    );
    return `${told.summary}; ${wordsOf(changes[1])}`;
  });
}

export async function stackIsChanged({ proof, setting, seen, here }: Scene): Promise<void> {
  await proof.check('a deploy with another deadline keeps the table', async () => {
    const items = await seen.items();
    await deployHub(setting, { deadlineMinutes: '0.2' });
    assert.equal(await variableOf(setting, 'image-action', 'DEADLINE_MINUTES'), '0.2');
    assert.ok(items > 0 && (await seen.items()) >= items);
    return `${items} items before and after`;
  });
  await proof.check('the next push is verified, though no event tells of its arrival', async () => {
    setting.door.ecr.orders.events({ of: 'replication', effect: { is: 'lose' } });
    const before = (await seen.metric('ReplicasVerified', between))?.sum ?? 0;
    await here.push(repositories.arrives, '1.0.1');
    await until('two more are verified', 60, async () => {
      return ((await seen.metric('ReplicasVerified', between))?.sum ?? 0) >= before + 2 || undefined;
    });
    return undefined;
  });
}

/** The time of an event has whole seconds: of two changes in one second nobody could tell which came last. */
async function nextSecond(): Promise<void> {
  const now = Math.floor(Date.now() / 1000);
  await until('the next second', 3, () => Math.floor(Date.now() / 1000) > now || undefined);
}

function changesIn(told: readonly Told[], count: number): readonly Told[] | undefined {
  const changes = told.filter(({ type }) => type === 'ecr-configuration-change');
  return changes.length >= count ? changes : undefined;
}

function wordsOf(told: Told | undefined): string {
  return [told?.summary ?? []].flat().join(' ');
}
