/** A Region that takes calls and never answers: what the SDK's time-outs cost, by a clock that is turned. */

import { expect, it } from 'vitest';
import { ireland, source, sydney } from '../samples.ts';
import { secondsFor, startWorld, usualRules } from '../world.ts';

/** serverless.yml: after 60 s Lambda ends the function, and its messages come back. */
const functionTimeoutSeconds = 60;

it('a Region that never answers costs one round of time-outs, however many images are waited for', async () => {
  const world = await startWorld({ environment: { DEADLINE_MINUTES: '0.25' } });
  world.replicate(source, usualRules);
  const repositories = ['prod-web', ...Array.from({ length: 30 }, (_, n) => `prod-${n}`)];
  for (const repository of repositories) {
    world.pushMany(repository, repository === 'prod-web' ? 1_000 : 1, [sydney]);
  }
  world.aws.ecr.faults.place({ region: ireland.region, effect: { is: 'unreachable', how: 'hang' } });

  const seconds = await secondsFor(() => world.pass(15));
  expect(seconds).toBeGreaterThan(15);
  expect(seconds).toBeLessThan(functionTimeoutSeconds / 2);
  const told = await world.told();
  expect(told.map(({ kind, destination }) => [kind, destination])).toEqual([['unreadable', ireland]]);
  expect(world.metric('ReplicasVerified', { DestinationRegion: sydney.region })).toBe(1_030);
  expect(world.pushes.waiting()).toHaveLength(1_030);

  const followUp = await secondsFor(() => world.followUp());
  expect(followUp).toBeLessThan(functionTimeoutSeconds / 2);
});
