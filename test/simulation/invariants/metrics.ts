/** 6. Each outcome is counted once; more often only as often as messages came again, less only where a count was lost. */

import { parseImageAction } from '../../../lib/event/image-action.ts';
import { type Registry, registryKey, sameRegistry } from '../../../lib/image/registry.ts';
import { defaultPolicy } from '../../../lib/replication/policy.ts';
import { destinationsOf, type Replica } from '../../../lib/replication/rules.ts';
import type { Message } from '../queue.ts';
import type { Invariant, Run, Seen, Watch } from '../watch.ts';

export const metrics: Invariant = {
  name: 'counted once',
  watch: (seen) => {
    const sums = new Map<string, number>();
    const sum = (name: string): number => sums.get(name) ?? 0;
    const incidents = watchIncidents();
    const pushes = watchPushes(seen);
    const expectBetween = (what: string, counted: number, [least, most]: readonly [number, number]): void => {
      if (counted < least || counted > most)
        seen.fail(`${what}: ${counted} counted, ${least === most ? least : `${least} to ${most}`} happened`);
    };
    const check = (): void => {
      expectBetween('reported', sum('ReplicasFailed') + sum('ReplicasOverdue'), incidents.opened());
      expectBetween('recovered', sum('ReplicasRecovered'), incidents.resolved());
      expectBetween('verified', sum('ReplicasVerified'), pushes.verified());
      expectBetween('pushes', sum('PushesSeen'), pushes.seen());
    };
    return {
      ...incidents.watch,
      ...pushes.watch,
      ended: (run) => {
        incidents.watch.ended?.(run);
        pushes.watch.ended?.(run);
      },
      measured: (series, run) => {
        for (const { name, dimensions, values, counts } of series) {
          // What is published without dimensions is the total of the parts.
          if (dimensions.length === 0) continue;
          const total = values.reduce((all, value, n) => all + value * (counts[n] ?? 1), 0);
          sums.set(name, sum(name) + total);
        }
        measuredRuns.add(run);
      },
      atRest: check,
      atEnd: check,
    };
  },
};

/** Runs whose metrics were published. */
const measuredRuns = new WeakSet<Run>();

type Bounds = readonly [least: number, most: number];

/** What opened and what was resolved, by the table's own word. */
function watchIncidents(): { watch: Watch; opened: () => Bounds; resolved: () => Bounds } {
  const opened = { least: 0, most: 0 };
  const resolved = { least: 0, most: 0 };
  const of = new Map<Run, { opened: number; resolved: number }>();
  return {
    watch: {
      saved: ({ state, kind }, before, run) => {
        if (kind === 'unreadable') return;
        const own = of.get(run) ?? { opened: 0, resolved: 0 };
        of.set(run, own);
        if (state === 'open' && before?.state !== 'open') {
          opened.most += 1;
          own.opened += 1;
        }
        if (state === 'resolved' && before?.state === 'open') {
          resolved.most += 1;
          // A push that sees a replica counts it as verified; whoever closes its incident counts it as recovered.
          own.resolved += 1;
        }
      },
      ended: (run) => {
        const own = of.get(run);
        of.delete(run);
        if (own === undefined || !measuredRuns.has(run) || run.faults.has('table-answer-lost')) return;
        opened.least += own.opened;
        resolved.least += own.resolved;
      },
    },
    opened: () => [opened.least, opened.most],
    resolved: () => [resolved.least, resolved.most],
  };
}

/** One delivery of one push event, over all the times its message was sent again. */
interface Line {
  readonly image: Omit<Replica, 'destination'>;
  readonly bornAt: number;
  received: number;
  acknowledged: number;
}

function watchPushes({ now, ecr, truth }: Seen): {
  watch: Watch;
  verified: () => Bounds;
  seen: () => Bounds;
} {
  const lines = new Map<string, Line>();
  const gone = new Set<string>();
  const sentAgain = new Map<string, (readonly Registry[] | undefined)[]>();
  const least = { verified: 0, seen: 0 };
  const pending = new Map<Run, Message[]>();

  /** What a run that was answered everywhere, and published what it saw, must have counted. */
  function count(message: Message, run: Run, line: Line): void {
    const again = sentAgain.get(`${run.id} ${message.id}`) ?? [];
    // Without rules it is no push of anybody's; after a day of that it is let go.
    const isLetGo = now() - line.bornAt > defaultPolicy.letGoSeconds * 1000;
    if (message.waitingFor === undefined && !again.includes(undefined) && !isLetGo) least.seen += 1;
    if (run.faults.size > 0) return;
    const { source, repository } = line.image;
    const rules = ecr.rules.during(registryKey(source), run.startedAt - 60_000, now());
    const [only, ...others] = rules;
    if (only === undefined || others.length > 0) return;
    for (const destination of destinationsOf(only, source, repository)) {
      if (message.waitingFor?.some((one) => sameRegistry(one, destination)) === false) continue;
      const needs = truth.needs({ ...line.image, destination }, run.startedAt, now());
      if (needs.size === 1 && needs.has('met')) least.verified += 1;
    }
  }

  const watch: Watch = {
    queued: (message, queue, sent) => {
      if (sent !== undefined) {
        const key = `${sent.run.id} ${sent.message.id}`;
        sentAgain.set(key, [...(sentAgain.get(key) ?? []), sent.message.waitingFor]);
      } else if (queue === 'image-action') {
        const push = parseImageAction(JSON.parse(message.body));
        if (push.is !== 'ours') return;
        const { pushedAt: _, ...image } = push.value;
        lines.set(message.line, { image, bornAt: now(), received: 0, acknowledged: 0 });
      }
    },
    received: (batch, run) => {
      if (run.process.functionName !== 'image-action') return;
      for (const { line } of batch) {
        const known = lines.get(line);
        if (known !== undefined) known.received += 1;
      }
    },
    acknowledged: (message, queue, run) => {
      const line = queue === 'image-action' ? lines.get(message.line) : undefined;
      if (line === undefined) return;
      // A message that was let go and came again all the same is no other one for it.
      if (!gone.has(message.firstId)) line.acknowledged += 1;
      gone.add(message.firstId);
      pending.set(run, [...(pending.get(run) ?? []), message]);
    },
    ended: (run) => {
      for (const message of pending.get(run) ?? []) {
        const line = lines.get(message.line);
        if (line !== undefined && measuredRuns.has(run)) count(message, run, line);
      }
      pending.delete(run);
    },
  };

  return {
    watch,
    verified: () => {
      let most = 0;
      for (const { image, bornAt, received, acknowledged } of lines.values()) {
        const rules = ecr.rules.during(registryKey(image.source), bornAt, now());
        const named = rules.flatMap((some) => destinationsOf(some, image.source, image.repository));
        for (const destination of new Map(named.map((one) => [registryKey(one), one])).values()) {
          if (truth.sights({ ...image, destination }, bornAt, now()).has('whole'))
            most += 1 + Math.max(0, received - acknowledged);
        }
      }
      return [least.verified, most];
    },
    seen: () => {
      let most = 0;
      for (const { received, acknowledged } of lines.values())
        most += received === 0 ? 0 : 1 + Math.max(0, received - acknowledged);
      return [least.seen, most];
    },
  };
}
