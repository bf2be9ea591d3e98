/** `npm run load`: a million pushes to three destinations through the simulation: time, memory and calls, and nothing lost. */

import { parseArgs } from 'node:util';
import type { Registry } from '../../lib/image/registry.ts';
import { createEndlessEcr, type EndlessEcr, spreadOf } from './endless-ecr.ts';
import { createProgress } from './progress.ts';
import { beginning } from './story.ts';
import { createSystem } from './system.ts';

const account = '111122223333';
const source: Registry = { account, region: 'us-east-1' };
const destinations: readonly Registry[] = ['eu-west-1', 'ap-southeast-2', 'us-west-2'].map((region) => ({
  account,
  region,
}));
const throttled = destinations[1] ?? source;

const { values } = parseArgs({ options: { pushes: { type: 'string', default: '1000000' } } });
if (!/^[1-9]\d{0,7}$/.test(values.pushes)) {
  process.stderr.write('error: --pushes is a whole number above 0, at most 99999999\n');
  process.exit(2);
}
const pushes = Number(values.pushes);
const pushesPerSecond = 100;
/** Of a thousand replicas: so many come after their deadline, and are incidents until then. */
const latePerThousand = 1;
const deadlineMinutes = 5;

function lagSeconds(n: number, destination: Registry): number {
  const spread = spreadOf(n, destination);
  if (spread < latePerThousand / 1000) return 60 * deadlineMinutes + 600 * spread * 1000;
  return spread > 0.98 ? 30 + 3_000 * (spread - 0.98) : 1.5 + 6 * spread;
}

let ecr: EndlessEcr | undefined;
const sums = new Map<string, number>();
const system = createSystem({
  seed: 1,
  setting: {
    deadlineMinutes,
    allowed: '',
    sources: [source],
    clockAheadSeconds: {},
    functionClockSeconds: 0,
    indexLagSeconds: 0.2,
    sweepMinutes: 100_000,
    endsAfterSeconds: 0,
  },
  invariants: [],
  fail: () => {},
  ecr: (now) => {
    const options = {
      source,
      destinations,
      repositories: 40,
      beginsAt: beginning,
      pushesPerSecond,
      lagSeconds,
    };
    ecr = createEndlessEcr(options, now);
    return ecr;
  },
  measured: (series) => {
    for (const { name, dimensions, values: points, counts } of series) {
      if (dimensions.length === 0) continue;
      const total = points.reduce((sum, value, at) => sum + value * (counts[at] ?? 1), 0);
      sums.set(name, (sums.get(name) ?? 0) + total);
    }
  },
});
const { timeline, faults } = system;

/** The pushes of one second are planned when it begins: what is to come takes no memory either. */
function pushFrom(first: number): void {
  for (let n = first; n < Math.min(first + pushesPerSecond, pushes); n += 1) {
    const event = ecr?.pushOf(n);
    if (event !== undefined) timeline.at(event.at + 500, () => system.receive(event));
  }
  if (first + pushesPerSecond < pushes) timeline.after(1, () => pushFrom(first + pushesPerSecond));
}

const seconds = pushes / pushesPerSecond;
const progress = createProgress(process.stderr, pushes, 'pushes');
let mostBytes = 0;
let mostWaiting = 0;
function watch(): void {
  mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  mostWaiting = Math.max(mostWaiting, ...system.seen.queues.map(({ waiting }) => waiting.size));
  progress.show(Math.min(pushes, Math.round(((timeline.now() - beginning) / 1000) * pushesPerSecond)));
  timeline.after(10, watch);
}

const startedAt = performance.now();
pushFrom(0);
watch();
// A destination throttles for a quarter of the time, from the middle on, every second call.
timeline.after(seconds / 2, () =>
  faults.begin({
    fault: 'throttled',
    where: `${throttled.account}/${throttled.region}`,
    rate: 0.5,
    until: timeline.now() + (seconds / 4) * 1000,
  }),
);
await timeline.run(beginning + (seconds + 3_600) * 1000, () => false);
progress.end();

const took = (performance.now() - startedAt) / 1000;
const [waiting = 0, dead = 0] = [
  system.seen.queues.reduce((sum, queue) => sum + queue.waiting.size, 0),
  system.seen.queues.reduce((sum, queue) => sum + queue.deadLetters.length, 0),
];
const sum = (name: string): number => sums.get(name) ?? 0;
const open = system.seen.incidents
  .keys()
  .filter((id) => system.seen.incidents.get(id)?.state === 'open').length;
const verified = sum('ReplicasVerified');
const recovered = sum('ReplicasRecovered');
const number = (value: number): string => Math.round(value).toLocaleString('en-US');

process.stdout.write(`
pushes                    ${number(pushes)} × ${destinations.length} destinations, ${pushesPerSecond} a second
verified                  ${number(verified)}
reported, then recovered  ${number(recovered)} of ${number(sum('ReplicasOverdue') + sum('ReplicasFailed'))}
looks that were throttled ${number(sum('ReplicasUnreadable'))}
notices                   ${number(system.counts.notices)}
calls                     ${number(system.counts.calls)}, ${(system.counts.calls / pushes).toFixed(2)} a push
runs of functions         ${number(system.counts.invocations)}
left in the queues        ${number(waiting)}; dead letters ${number(dead)}; open incidents ${number(open)}
most messages at once     ${number(mostWaiting)}
most memory               ${number(mostBytes / 2 ** 20)} MB
time                      ${number(took)} s, ${number(pushes / took)} pushes a second
`);

if (
  verified + recovered !== pushes * destinations.length ||
  sum('PushesSeen') !== pushes ||
  waiting + dead + open > 0
) {
  process.stdout.write(`\nLOST: ${number(pushes * destinations.length - verified - recovered)} replicas\n`);
  process.exitCode = 1;
}
