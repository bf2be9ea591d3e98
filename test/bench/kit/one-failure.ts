/** One image whose replication fails, by a clock that is turned: how long until the monitor has told people. */

import type { Ecr } from '../../../lib/local/ecr-model.ts';
import { sampleManifest } from '../../../lib/local/manifest.ts';
import { settleImageActions } from '../../../lib/monitor/image-actions.ts';
import { settleReplicationActions } from '../../../lib/monitor/replication-actions.ts';
import type { Ports } from '../../../lib/ports.ts';
import { ireland, source } from '../../samples.ts';
import { type Clock, createClock, createMailbox } from '../../world.ts';
import { batchingWindowOf, pushDelaySeconds } from './deployed.ts';
import { replicate, startLocalEcr, usualLatencyMs } from './local-ecr.ts';
import { createMonitor } from './monitor.ts';
import { threeDestinations } from './registries.ts';

export const repository = 'prod-api';

/** What is taken to be so where nothing that runs here could tell; each on the slow side of what is published. */
export const assumed = {
  /** From one event bus to what comes after it, drawn evenly: reports speak of 0.1 s, the service once promised 0.5. */
  hopSeconds: { least: 0.1, most: 1 },
  /** Every run of a function starts cold. */
  coldStartSeconds: 0.6,
  /** Any call of any service. */
  callSeconds: usualLatencyMs / 1000,
};

export interface Told {
  /** From the failure to the notice. */
  readonly seconds: number;
  /** The pause between the two looks around the failure; absent where a report woke the look. */
  readonly gapSeconds?: number;
}

interface Stage {
  readonly ecr: Ecr;
  readonly digest: string;
  readonly failsAt: number;
  readonly stop: () => Promise<void>;
}

/** Pushes the image; `lagSeconds` later its replication to Ireland fails. The other destinations get it. */
export async function stage(
  lagSeconds: number,
  clock: Clock,
  emit: (event: { readonly 'detail-type': string }) => void,
): Promise<Stage> {
  const local = await startLocalEcr({ now: clock.now, emit });
  replicate(local.ecr, source, 'prod-', threeDestinations);
  local.ecr.orders.replication({
    region: ireland.region,
    delayMs: lagSeconds * 1000,
    outcome: { is: 'fail', code: 'ReplicationFailed' },
  });
  const manifest = sampleManifest('detect');
  const digest = local.ecr.pushImage(source, { repository, tag: '1.4.2', manifest });
  return { ecr: local.ecr, digest, failsAt: clock.now() + lagSeconds * 1000, stop: local.stop };
}

/** `spoke`: the destination's Region forwards what its ECR reports. */
export async function toldByMonitor(lagSeconds: number, spoke: boolean, chance: () => number): Promise<Told> {
  const clock = createClock();
  const pushes = createMailbox(clock, 'push');
  const reports = createMailbox(clock, 'report');
  const hop = (): number => {
    const { least, most } = assumed.hopSeconds;
    return least + chance() * (most - least);
  };
  const startSeconds = (name: string): number => batchingWindowOf(name) + assumed.coldStartSeconds;
  const { ecr, failsAt, stop } = await stage(lagSeconds, clock, (event) => {
    const body = JSON.stringify(event);
    if (event['detail-type'] === 'ECR Image Action') {
      pushes.put(body, hop() + pushDelaySeconds() + startSeconds('image-action'));
    } else if (spoke) {
      // From the destination's bus to the hub's, and from there to the queue.
      reports.put(body, hop() + hop() + startSeconds('replication-action'));
    }
  });
  const monitor = createMonitor(clock.now, chance);
  const looks: number[] = [];
  let toldAt: number | undefined;
  const ports: Ports = {
    ...slowed(monitor.ports, ecr, clock),
    sendAgain: async (messages) => {
      for (const { body, delaySeconds, waitingFor } of messages) {
        pushes.put(body, delaySeconds + startSeconds('image-action'), waitingFor);
      }
      return new Set();
    },
    publish: async () => {
      clock.turn(assumed.callSeconds);
      toldAt ??= clock.now();
    },
  };
  const { policies } = monitor.config;
  while (toldAt === undefined) {
    ecr.tick();
    await reports.take((records) => settleReplicationActions(ports, policies, records));
    await pushes.take((records) => {
      looks.push(clock.now());
      return settleImageActions(ports, policies, records);
    });
    const times = [pushes.nextDueAt(), reports.nextDueAt(), ecr.nextDueAt()];
    const next = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
    if (toldAt === undefined && next === Number.POSITIVE_INFINITY) throw new Error('nobody was told');
    if (next > clock.now() && toldAt === undefined) clock.turn((next - clock.now()) / 1000);
  }
  await stop();
  const seconds = (toldAt - failsAt) / 1000;
  if (spoke) return { seconds };
  const before = looks.filter((at) => at < failsAt).at(-1) ?? failsAt - lagSeconds * 1000;
  const after = looks.find((at) => at >= failsAt) ?? toldAt;
  return { seconds, gapSeconds: (after - before) / 1000 };
}

/** Every call takes its time, one after the other: looks go side by side in truth, so this is on the slow side. */
function slowed(ports: Ports, ecr: Ecr, clock: Clock): Ports {
  const slow =
    <A extends readonly unknown[], R>(call: (...given: A) => Promise<R>) =>
    async (...given: A): Promise<R> => {
      const before = ecr.calls.count();
      const answer = await call(...given);
      clock.turn(assumed.callSeconds * Math.max(1, ecr.calls.count() - before));
      return answer;
    };
  return {
    ...ports,
    readRules: slow(ports.readRules),
    readImages: slow(ports.readImages),
    readTags: slow(ports.readTags),
    readClaims: slow(ports.readClaims),
    findIncidents: slow(ports.findIncidents),
    saveIncident: slow(ports.saveIncident),
    noteGroups: slow(ports.noteGroups),
    readOpen: slow(ports.readOpen),
    latestNotice: slow(ports.latestNotice),
    claimNotice: slow(ports.claimNotice),
    readSilences: slow(ports.readSilences),
  };
}
