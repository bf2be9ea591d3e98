/** Runs `wait`: shows what is waited for, and says at the end how it came out. */

import { setTimeout } from 'node:timers/promises';
import { type ImageReference, referenceName } from '../image/image-reference.ts';
import { registryKey } from '../image/registry.ts';
import { isVerified } from '../monitor/replica-status.ts';
import { type WaitEnd, type WaitView, type WaitWish, waitForImage } from '../monitor/wait-for-image.ts';
import { exitCodes } from './fault.ts';
import { imageDocument, printReplicas, replicaDocument } from './image-view.ts';
import { openSession } from './session.ts';
import { takeStop, unlessStopped } from './stop.ts';
import type { Terminal } from './terminal.ts';
import { red } from './text.ts';
import { troubleLine } from './trouble.ts';
import type { WaitOptions } from './wait.ts';
import { openWaitProgress } from './wait-progress.ts';

type Ended = WaitEnd | { readonly is: 'stopped' };

export async function runWait(
  terminal: Terminal,
  image: ImageReference,
  options: WaitOptions,
): Promise<number> {
  const stop = takeStop();
  const session = await openSession(terminal, options, image.registry);
  const wish: WaitWish = {
    source: session.source,
    reference: image,
    destinations: options.destination ?? [],
    timeoutSeconds: options.timeout,
    longestGapSeconds: options.interval,
    waitForPush: options.waitForPush === true,
    keepWaiting: options.keepWaiting === true,
  };
  const progress = await openWaitProgress(terminal, wish);
  let view: WaitView = { replicas: [] };
  const ports = {
    ...session.ports,
    now: Date.now,
    chance: Math.random,
    pause: (ms: number) => setTimeout(ms),
  };
  const work = waitForImage(ports, wish, (seen) => {
    view = seen;
    progress.show(seen);
  });
  const answer = await unlessStopped(stop, work).finally(progress.end);
  const ended: Ended = answer === 'stopped' ? { is: 'stopped' } : answer;
  return conclude(terminal, wish, options, ended, view);
}

function conclude(
  terminal: Terminal,
  wish: WaitWish,
  options: WaitOptions,
  ended: Ended,
  view: WaitView,
): number {
  if (options.json) {
    terminal.printJson({
      version: '1',
      outcome: ended.is,
      ...(view.image === undefined ? {} : { image: imageDocument(view.image) }),
      destinations: view.replicas.map(replicaDocument),
    });
  } else if (view.image !== undefined && view.replicas.length > 0) {
    printReplicas(terminal, view.image, view.replicas);
  }
  const line = lineOf(wish, ended, view);
  if (ended.is === 'verified') terminal.say(line);
  else if (ended.is === 'uncovered' && options.allowUncovered && ended.missing.length === 0) {
    terminal.say(line);
    return exitCodes.clean;
  } else terminal.say([red('error: '), line]);
  return exitCodeOf(ended);
}

function exitCodeOf(ended: Ended): number {
  switch (ended.is) {
    case 'verified':
      return exitCodes.clean;
    case 'denied':
    case 'stopped':
      return exitCodes.couldNotTell;
    case 'timed-out':
      return exitCodes.timedOut;
    default:
      return exitCodes.notClean;
  }
}

/** How it came out, and what to do about it. */
function lineOf({ source, reference }: WaitWish, ended: Ended, { replicas, trouble }: WaitView): string {
  const name = referenceName(reference);
  const there = `${replicas.filter(isVerified).length} of ${replicas.length}`;
  const { repository, tag } = reference;
  switch (ended.is) {
    case 'verified':
      return `${name} is verified at ${there} destinations`;
    case 'failed':
      return `ECR reports that ${name} failed to replicate: ${there} destinations have it. With --keep-waiting it may try again`;
    case 'deleted':
      return `${name} was deleted in ${registryKey(source)} while it was waited for`;
    case 'not-pushed':
      return `there is no ${name} in ${registryKey(source)}${ended.repository === 'absent' ? ', nor is the repository' : ''}; push it first, or use --wait-for-push`;
    case 'tag-moved':
      return `the tag ${tag} of ${repository} moved while it was waited for: ${holderText(ended.found)}. Wait for that one instead`;
    case 'tag-elsewhere':
      return `the tag ${tag} of ${repository} is not on this digest: ${holderText(ended.found)}`;
    case 'uncovered':
      return ended.missing.length === 0
        ? `no rule covers ${repository} in ${registryKey(source)}: it is not replicated. \`explain ${repository}\` says why`
        : `no rule replicates ${repository} to ${ended.missing.join(', ')}. \`explain ${repository}\` says why`;
    case 'denied':
      return troubleLine(ended.trouble.reading, ended.trouble.registry, ended.trouble.why);
    case 'timed-out':
      return `timed out: ${there === '0 of 0' ? `${name} was not seen` : `${there} destinations have ${name}`}${troubleText(trouble)}`;
    case 'stopped':
      return `stopped: ${there} destinations were seen to have ${name}`;
  }
}

function holderText(found: string | undefined): string {
  return found === undefined ? 'it is on no image' : `it is on ${found}`;
}

function troubleText(trouble: WaitView['trouble']): string {
  return trouble === undefined ? '' : `; ${troubleLine(trouble.reading, trouble.registry, trouble.why)}`;
}
