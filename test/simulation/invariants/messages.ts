/** 5. No message is lost: what leaves a queue is done, on record, or sent again; everything else waits or is a dead letter. */

import { parseImageAction } from '../../../lib/event/image-action.ts';
import { parseReplicationAction } from '../../../lib/event/replication-action.ts';
import { parseSweepMessage } from '../../../lib/event/sweep-message.ts';
import { type Registry, registryKey, sameRegistry } from '../../../lib/image/registry.ts';
import { destinationIncidentId } from '../../../lib/incident/incident.ts';
import { defaultPolicy } from '../../../lib/replication/policy.ts';
import { destinationsOf, type Replica } from '../../../lib/replication/rules.ts';
import type { Message } from '../queue.ts';
import type { Invariant, Run, Seen } from '../watch.ts';
import { rulesKeptSeconds } from './bounds.ts';
import { inWords } from './words.ts';

export const messages: Invariant = {
  name: 'no message lost',
  watch: (seen) => {
    /** What each run has sent, whatever it is. */
    const bodiesOf = new Map<number, string[]>();
    /** By run and message: whom the message that was sent again waits for; undefined: everybody. */
    const sentAgain = new Map<string, (readonly Registry[] | undefined)[]>();
    return {
      queued: (_, __, sent) => {
        if (sent === undefined) return;
        bodiesOf.set(sent.run.id, [...(bodiesOf.get(sent.run.id) ?? []), sent.message.body]);
        const key = `${sent.run.id} ${sent.message.id}`;
        sentAgain.set(key, [...(sentAgain.get(key) ?? []), sent.message.waitingFor]);
      },
      acknowledged: (message, queue, run) => {
        if (queue === 'sweep-repository') {
          checkSwept(seen, message, bodiesOf.get(run.id) ?? []);
          return;
        }
        const { time }: { time: string } = JSON.parse(message.body);
        const ageSeconds = (seen.now() - Date.parse(time)) / 1000;
        for (const replica of replicasOf(seen, message, queue, run)) {
          const again = sentAgain.get(`${run.id} ${message.id}`) ?? [];
          const waits = again.some(
            (registries) => registries?.some((one) => sameRegistry(one, replica.destination)) ?? true,
          );
          if (!waits && !isDone(seen, replica, run, ageSeconds))
            seen.fail(
              `${message.id} is acknowledged: ${inWords(replica)} is ${seen.truth.need(replica, seen.now())}`,
            );
        }
      },
      atEnd: () => {
        for (const { waiting, deadLetters } of seen.queues) {
          for (const [where, left] of [
            ['waits', [...waiting.values()]],
            ['is a dead letter', deadLetters],
          ] as const) {
            for (const { id, body } of left) seen.fail(`${id} ${where}, and everything has arrived: ${body}`);
          }
        }
      },
    };
  },
};

/** Of each destination that a repository was to be compared with there is a result, or a message that goes on. */
function checkSwept({ table, fail }: Seen, { id, body }: Message, sent: readonly string[]): void {
  const message = parseSweepMessage(body);
  if (!message.ok || message.value.is !== 'compare') return;
  const { run, repository, destinations } = message.value;
  const goesOn = sent.flatMap((text) => {
    const again = parseSweepMessage(text);
    return again.ok && again.value.is === 'compare' ? again.value.destinations : [];
  });
  for (const { registry } of destinations) {
    const isHere = (other: Registry): boolean => sameRegistry(other, registry);
    const isKept = table
      .resultsOf(run)
      .some((one) => one.repository === repository && isHere(one.destination));
    if (!isKept && !goesOn.some((one) => isHere(one.registry)))
      fail(`${id} is acknowledged: ${repository} was not compared with ${registryKey(registry)}`);
  }
}

/** Whom a message is about, by the rules at some time of the run. */
function replicasOf({ ecr, now }: Seen, message: Message, queue: string, run: Run): readonly Replica[] {
  const event: unknown = JSON.parse(message.body);
  if (queue === 'replication-action') {
    const report = parseReplicationAction(event);
    if (report.is !== 'ours') return [];
    const { says: _, reportedAt: __, ...replica } = report.value;
    return [replica];
  }
  const push = parseImageAction(event);
  if (push.is !== 'ours') return [];
  const { pushedAt: _, ...image } = push.value;
  const rules = ecr.rules.during(registryKey(image.source), run.startedAt, now());
  const named = rules.flatMap((some) => destinationsOf(some, image.source, image.repository));
  const destinations = new Map(named.map((registry) => [registryKey(registry), registry]));
  return [...destinations.values()]
    .filter((registry) => message.waitingFor?.some((one) => sameRegistry(one, registry)) ?? true)
    .map((destination) => ({ ...image, destination }));
}

/** It was there, or nobody expects it, or it is on record: at some time of the run; or it was waited for long enough. */
function isDone({ truth, incidents, now }: Seen, replica: Replica, run: Run, ageSeconds: number): boolean {
  // A destination that stays unreadable is an incident of its own, and the sweep finds its images again.
  const unread = [replica.destination, replica.source].flatMap((registry) =>
    incidents.during(destinationIncidentId(registry), run.startedAt, now()),
  );
  if (ageSeconds >= defaultPolicy.letGoSeconds && unread.some((one) => one?.state === 'open')) return true;
  const pushedAt = run.startedAt - rulesKeptSeconds * 1000;
  const needs = truth.needs(replica, run.startedAt, now(), pushedAt);
  if (needs.has('met') || needs.has('void')) return true;
  return incidents
    .keys()
    .some((id) =>
      incidents
        .during(id, run.startedAt, now())
        .some(
          (incident) =>
            incident?.state === 'open' &&
            incident.kind !== 'unreadable' &&
            incident.replica.digest === replica.digest &&
            incident.replica.repository === replica.repository &&
            sameRegistry(incident.replica.source, replica.source) &&
            sameRegistry(incident.replica.destination, replica.destination),
        ),
    );
}
