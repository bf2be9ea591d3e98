/** The same failure, and how long until peers (a) and (b) have noticed it, by the same clock. */

import { source } from '../../samples.ts';
import { createClock } from '../../world.ts';
import { checkRecentImages } from '../peers/scheduled-checker.ts';
import { statusApiOfModel } from '../peers/status-api.ts';
import { waitForImage } from '../peers/wait-action.ts';
import { imagesUpTo } from './images.ts';
import { usualCallsPerSecond, usualLatencyMs } from './local-ecr.ts';
import { repository, stage, type Told } from './one-failure.ts';

const asked = { latencyMs: usualLatencyMs, callsPerSecond: usualCallsPerSecond };

/** Peer (a) every hour, over the images of the last two; `others`: how many more it has to ask about. */
export async function toldByChecker(lagSeconds: number, others: number, chance: () => number): Promise<Told> {
  const clock = createClock();
  const { ecr, failsAt, stop } = await stage(lagSeconds, clock, () => {});
  ecr.seed(source, repository, imagesUpTo(others));
  // Its schedule knows nothing of the push.
  let runAt = clock.now() + chance() * 3_600_000;
  for (;;) {
    clock.turn((runAt - clock.now()) / 1000);
    runAt += 3_600_000;
    ecr.tick();
    const api = statusApiOfModel(ecr, source, { ...clock, ...asked });
    const { failed } = await checkRecentImages(api, repository, clock.now() - 2 * 3_600_000);
    if (failed.length === 0) continue;
    await stop();
    return { seconds: (clock.now() - failsAt) / 1000 };
  }
}

/** Peer (b), begun with the push, for half an hour at most; `polls`: what it asked for this one image. */
export async function toldByWaiter(lagSeconds: number): Promise<Told & { readonly polls: number }> {
  const clock = createClock();
  const { ecr, digest, failsAt, stop } = await stage(lagSeconds, clock, () => {});
  const pause = async (seconds: number): Promise<void> => {
    clock.turn(seconds);
    ecr.tick();
  };
  const waited = await waitForImage(
    statusApiOfModel(ecr, source, { ...clock, ...asked }),
    { repository, digest },
    1_800,
    pause,
  );
  await stop();
  if (waited.is !== 'failed') throw new Error(`the waiter saw ${waited.is}`);
  return { seconds: (clock.now() - failsAt) / 1000, polls: waited.polls };
}
