/**
 * One repository of a run: compared, what is wrong reported, what is right again resolved, its results kept. People are
 * told by the follow-up, so that what many repositories have in common is one notice. Every step can be repeated.
 */

import { type CompareMessage, writeSweepMessage } from '../event/sweep-message.ts';
import { registryKey, sameRegistry } from '../image/registry.ts';
import { evidenceOf } from '../incident/transition.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import { deadlineFor, gapSeconds } from '../replication/policy.ts';
import type { ReadFault } from '../replication/verdict.ts';
import { type ListedResult, noCounts } from '../sweep/run.ts';
import { type ComparisonPorts, carryOutComparison } from './carry-out-comparison.ts';
import { type Attempt, compareUntil } from './compare-until.ts';
import type { SweptMessage } from './confirm-tags.ts';
import { measureOpened } from './measure.ts';
import { report } from './report.ts';

/** A destination that was never through, however often it was tried alone, is taken for unreadable. */
const mostStops = 5;

export type SweepPorts = ComparisonPorts & Pick<Ports, 'chance'>;

/** `endsAt`: after this no page is asked for any more; what was through by then is carried out. */
export async function sweepRepository(
  ports: SweepPorts,
  policies: Policies,
  message: CompareMessage,
  endsAt: number,
): Promise<SweptMessage> {
  const { run, repository } = message;
  const deadline = deadlineFor(policies.looks, repository);
  const deadlineSeconds = deadline === 'ignore' ? policies.looks.deadlineSeconds : deadline;
  const attempt = await compareUntil(ports, policies, message, endsAt);
  const again: SweptMessage['again'][number][] = [];
  const measurements: SweptMessage['measurements'][number][] = [];

  const readable = attempt.through.filter(({ reading }) => reading.is === 'read');
  for (const comparison of readable) {
    const done = await carryOutComparison(ports, message, comparison, attempt.indexes, deadlineSeconds);
    again.push(...done.again);
    measurements.push(...done.measurements);
  }
  const left = message.destinations.filter(
    ({ registry }) => !readable.some(({ destination }) => sameRegistry(destination, registry)),
  );
  if (left.length === 0) return { again, measurements };
  if (attempt.whole?.reading.is === 'gone') {
    await saveAll(
      ports,
      run,
      left.map(({ registry }) => unread(repository, registry, 'gone', 0)),
    );
    return { again, measurements };
  }
  if (attempt.whole === undefined) {
    const rest = await stopped(ports, message, left, readable.length > 0);
    return { again: [...again, ...rest], measurements };
  }
  // What cannot be read now is waited for until its deadline, as a push would be; one blip is nobody's alarm.
  const ageSeconds = (ports.now() - message.since) / 1000;
  if (ageSeconds < deadlineSeconds) {
    const delaySeconds = gapSeconds(policies.looks, ageSeconds, deadlineSeconds, ports.chance());
    const body = writeSweepMessage({ ...message, destinations: left });
    return { again: [...again, { body, delaySeconds }], measurements };
  }
  return {
    again,
    measurements: [...measurements, ...(await giveUp(ports, message, left, attempt, deadlineSeconds))],
  };
}

type Left = CompareMessage['destinations'];

/** What was not through is gone on with; where nothing was, each destination by itself, so that less is enough. */
async function stopped(
  ports: Pick<Ports, 'log' | 'saveResult'>,
  message: CompareMessage,
  left: Left,
  progressed: boolean,
): Promise<SweptMessage['again']> {
  const { run, repository, stops } = message;
  ports.log('INFO', 'Sweep of a repository goes on later', { repository, left: left.length, stops });
  const next = (destinations: Left, stopped: number) => ({
    body: writeSweepMessage({ ...message, destinations, stops: stopped }),
    delaySeconds: 0,
  });
  if (progressed) return [next(left, 0)];
  if (left.length > 1) return left.map((one) => next([one], stops + 1));
  if (stops < mostStops) return [next(left, stops + 1)];
  ports.log('ERROR', 'A repository is too slow to be swept', { repository, stops });
  await saveAll(
    ports,
    run,
    left.map(({ registry }) => unread(repository, registry, 'throttled', 0)),
  );
  return [];
}

async function giveUp(
  ports: SweepPorts,
  message: CompareMessage,
  left: Left,
  { whole, through, example }: Attempt,
  deadlineSeconds: number,
): Promise<SweptMessage['measurements']> {
  const { run, source, repository, since } = message;
  const reading = whole?.reading;
  const images = reading?.is === 'read' ? reading.images : 0;
  const faultOf = ({ registry }: Left[number]): ReadFault => {
    if (reading?.is === 'unreadable') return reading.why;
    const found = through.find(({ destination }) => sameRegistry(destination, registry));
    return found?.reading.is === 'unreadable' ? found.reading.why : 'service-error';
  };
  ports.log('WARN', 'A repository cannot be read', {
    repository,
    source: registryKey(source),
    unreadable: left.map((one) => `${registryKey(one.registry)} ${faultOf(one)}`),
  });
  // An unreadable source says nothing of its destinations: the gauge of what could not be swept does.
  const findings =
    example === undefined || reading?.is !== 'read'
      ? []
      : left.map((one) => ({
          kind: 'unreadable' as const,
          replica: { source, repository, digest: example.digest, destination: one.registry },
          pushedAt: example.pushedAt ?? since,
          deadlineSeconds,
          evidence: evidenceOf({ is: 'unreadable', why: faultOf(one) }, undefined),
        }));
  const reported = await report(ports, findings);
  if (reported.failed.length > 0) throw new Error('an unreadable destination could not be put on record');
  await saveAll(
    ports,
    run,
    left.map((one) => unread(repository, one.registry, faultOf(one), images)),
  );
  return measureOpened(reported.opened);
}

async function saveAll(
  ports: Pick<Ports, 'saveResult'>,
  run: string,
  results: readonly ListedResult[],
): Promise<void> {
  for (const result of results) await ports.saveResult(run, result);
}

function unread(
  repository: string,
  destination: ListedResult['destination'],
  reading: ListedResult['reading'],
  expected: number,
): ListedResult {
  return { repository, destination, reading, counts: { ...noCounts, expected }, listed: [], notListed: 0 };
}
