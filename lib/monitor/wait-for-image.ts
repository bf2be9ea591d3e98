/** The use case behind `wait`: looks again and again until an image is verified everywhere, cannot be, or time is up. */

import type { Digest } from '../image/digest.ts';
import type { ImageReference } from '../image/image-reference.ts';
import type { Registry } from '../image/registry.ts';
import type { Ports, RulesReading } from '../ports.ts';
import { defaultPolicy, gapSeconds, type Policy } from '../replication/policy.ts';
import { destinationsOf } from '../replication/rules.ts';
import type { ReadFault } from '../replication/verdict.ts';
import { isMeantBy, isVerified, type ReplicaStatus, replicaStatus } from './replica-status.ts';
import { type Outcome, settle } from './settle.ts';
import { readSourceImage, readSourceTag, type SourceImage } from './source-image.ts';

export interface WaitWish {
  readonly source: Registry;
  readonly reference: ImageReference;
  /** Regions or `ACCOUNT/REGION`, each of which a rule must name; none: every destination of the rules. */
  readonly destinations: readonly string[];
  readonly timeoutSeconds: number;
  /** Looks come at least this often. */
  readonly longestGapSeconds: number;
  /** An image that is not at its source yet is waited for as well. */
  readonly waitForPush: boolean;
  /** A failure that ECR reports is no end: it may try again. */
  readonly keepWaiting: boolean;
}

/** What is known so far. `trouble`: what could not be read in the last look. */
export interface WaitView {
  readonly image?: SourceImage;
  readonly replicas: readonly ReplicaStatus[];
  readonly trouble?: Trouble;
}

interface Trouble {
  readonly reading: 'rules' | 'source' | 'destination';
  readonly registry: Registry;
  readonly why: ReadFault;
}

export type WaitEnd =
  | { readonly is: 'verified' | 'failed' | 'deleted' | 'timed-out' }
  | { readonly is: 'not-pushed'; readonly repository?: 'absent' }
  /** While it was waited for, or before: the tag names another digest, or none. */
  | { readonly is: 'tag-moved' | 'tag-elsewhere'; readonly found?: Digest }
  /** `missing`: those asked for that no rule names; empty when no rule covers the repository at all. */
  | { readonly is: 'uncovered'; readonly missing: readonly string[] }
  | { readonly is: 'denied'; readonly trouble: Trouble };

type WaitPorts = Pick<
  Ports,
  'now' | 'chance' | 'readRules' | 'readImages' | 'readTags' | 'readTagSettings' | 'readClaims'
> & { readonly pause: (milliseconds: number) => Promise<void> };

/** Permissions may take a moment to reach every server: only a second refusal in a row is taken for an answer. */
const mostRefusals = 2;

/** `tell` gets every view; the last one stands when it ends. Never takes longer than the time-out, whatever hangs. */
export async function waitForImage(
  ports: WaitPorts,
  wish: WaitWish,
  tell: (view: WaitView) => void,
): Promise<WaitEnd> {
  const start = ports.now();
  const end = start + wish.timeoutSeconds * 1000;
  const policy: Policy = {
    ...defaultPolicy,
    deadlineSeconds: wish.timeoutSeconds,
    shortestGapSeconds: Math.min(2, wish.longestGapSeconds),
    longestGapSeconds: wish.longestGapSeconds,
  };
  const timeUp = ports.pause(wish.timeoutSeconds * 1000).then(() => 'time-up' as const);
  let image: SourceImage | undefined;
  let refusals = 0;
  for (;;) {
    const step = await Promise.race([lookOnce(ports, wish, policy, start, image), timeUp]);
    if (step === 'time-up') return { is: 'timed-out' };
    image = step.view.image ?? image;
    tell({ ...step.view, ...(image === undefined ? {} : { image }) });
    if (step.end !== undefined) return step.end;
    const { trouble } = step.view;
    refusals = trouble?.why === 'access-denied' ? refusals + 1 : 0;
    if (trouble !== undefined && refusals >= mostRefusals) return { is: 'denied', trouble };
    const age = (ports.now() - start) / 1000;
    const gap = gapSeconds(policy, age, wish.timeoutSeconds, ports.chance()) * 1000;
    await ports.pause(Math.min(gap, Math.max(0, end - ports.now())));
    if (ports.now() >= end) return { is: 'timed-out' };
  }
}

interface Step {
  readonly view: WaitView;
  readonly end?: WaitEnd;
}

async function lookOnce(
  ports: WaitPorts,
  wish: WaitWish,
  policy: Policy,
  start: number,
  known: SourceImage | undefined,
): Promise<Step> {
  const { source, reference } = wish;
  const rules = await ports.readRules(source);
  if (rules.is === 'unreadable') return troubled({ reading: 'rules', registry: source, why: rules.why });
  const wanted = wantedOf(wish, rules);
  if (wanted.is === 'uncovered') return { view: { replicas: [] }, end: wanted };
  if (known === undefined) {
    const reading = await readSourceImage(ports, source, reference);
    switch (reading.is) {
      case 'unreadable':
        return troubled({ reading: 'source', registry: source, why: reading.why });
      case 'tag-elsewhere':
        return { view: { replicas: [] }, end: reading };
      case 'absent':
        if (wish.waitForPush) return { view: { replicas: [] } };
        return { view: { replicas: [] }, end: { ...reading, is: 'not-pushed' } };
      case 'found':
        return lookAt(ports, wish, policy, start, reading.image, wanted.destinations);
    }
  }
  return lookAt(ports, wish, policy, start, known, wanted.destinations);
}

function troubled(trouble: Trouble): Step {
  return { view: { replicas: [], trouble } };
}

function wantedOf(
  { source, reference, destinations: asked }: WaitWish,
  { rules }: Extract<RulesReading, { is: 'read' }>,
):
  | Extract<WaitEnd, { is: 'uncovered' }>
  | { readonly is: 'wanted'; readonly destinations: readonly Registry[] } {
  const expected = destinationsOf(rules, source, reference.repository);
  const missing = asked.filter((written) => !expected.some((one) => isMeantBy(one, written)));
  if (expected.length === 0 || missing.length > 0) {
    return { is: 'uncovered', missing: expected.length === 0 ? [] : missing };
  }
  const meant = (one: Registry): boolean => asked.some((written) => isMeantBy(one, written));
  return { is: 'wanted', destinations: asked.length === 0 ? expected : expected.filter(meant) };
}

async function lookAt(
  ports: WaitPorts,
  wish: WaitWish,
  policy: Policy,
  start: number,
  image: SourceImage,
  destinations: readonly Registry[],
): Promise<Step> {
  const { pushedAt: _, ...name } = image;
  const inquiry = {
    messageId: '',
    body: '',
    image: name,
    since: start,
    only: destinations,
    askedBy: 'push' as const,
  };
  const [settled] = await settle(ports, policy, [inquiry]);
  // The rules are kept for a minute; should they have changed in between, the next look tells.
  if (settled?.is !== 'looked') return { view: { image, replicas: [] } };
  const { outcomes } = settled;
  const replicas = outcomes.map(({ replica, verdict, more }) =>
    replicaStatus(image, replica.destination, verdict, more, ports.now()),
  );
  const trouble = troubleOf(outcomes);
  const view = { image, replicas, ...(trouble === undefined ? {} : { trouble }) };
  if (outcomes.some(({ decision }) => decision.do === 'withdraw')) return { view, end: { is: 'deleted' } };
  // Asked after the looks: a tag that moves between the two readings must not pass.
  const tag = await readSourceTag(ports, image);
  if (tag.is === 'unreadable') {
    return { view: { ...view, trouble: { reading: 'source', registry: image.source, why: tag.why } } };
  }
  if (tag.is === 'moved') {
    return { view, end: { is: 'tag-moved', ...(tag.found === undefined ? {} : { found: tag.found }) } };
  }
  if (!wish.keepWaiting && outcomes.some(hasFailed)) return { view, end: { is: 'failed' } };
  const isComplete = replicas.length === destinations.length && replicas.every(isVerified);
  return isComplete ? { view, end: { is: 'verified' } } : { view };
}

function hasFailed({ decision }: Outcome): boolean {
  return decision.do === 'report' && decision.kind === 'failed';
}

function troubleOf(outcomes: readonly Outcome[]): Trouble | undefined {
  const troubles = outcomes.flatMap(({ replica: { destination }, verdict }): Trouble[] =>
    verdict.is === 'unreadable' ? [{ reading: 'destination', registry: destination, why: verdict.why }] : [],
  );
  return troubles.find(({ why }) => why === 'access-denied') ?? troubles[0];
}
