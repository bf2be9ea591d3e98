/**
 * The heart of the push path: messages about images in, what became of each out. Rules are read, replicas looked
 * at, each decided upon, and what was decided is carried out. Nothing here remembers anything between runs.
 */

import type { Digest } from '../image/digest.ts';
import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import { evidenceOf, type Finding } from '../incident/transition.ts';
import type { Ports } from '../ports.ts';
import { type Decision, decide } from '../replication/decision.ts';
import { deadlineFor, gapSeconds, type Policy } from '../replication/policy.ts';
import { expectedReplicas, type Replica } from '../replication/rules.ts';
import type { ReadFault, Verdict } from '../replication/verdict.ts';
import { askUntil } from './ask-until.ts';
import { gatherEvidence, type Judged, type MoreEvidence } from './evidence.ts';
import { look } from './look.ts';
import { clocksApartMs, rulesOfSources } from './rules-of-sources.ts';

/** An image that a message asks about. Times in epoch milliseconds. */
export interface Inquiry {
  readonly messageId: string;
  readonly body: string;
  readonly image: Omit<Replica, 'destination'> & { readonly digest: Digest };
  /** The event's own time: what the age is counted from. */
  readonly since: number;
  /** Destinations that matter to this message; absent: all that the rules name. */
  readonly only?: readonly Registry[];
  readonly askedBy: 'push' | 'arrival-report' | 'failure-report';
}

/** One replica of one message, what was seen and what is to be done about it. */
export interface Outcome {
  readonly inquiry: Inquiry;
  readonly replica: Replica;
  readonly verdict: Verdict;
  readonly decision: Decision;
  /** What else was asked. */
  readonly more: MoreEvidence;
  /** Set when it is to be reported. */
  readonly finding?: Finding;
  /** Set when it is to be looked at again. */
  readonly againAfterSeconds?: number;
}

/** A message as a whole: exempt, or the outcomes of its replicas and the destinations left to another run. */
export type Settled =
  | { readonly is: 'exempt'; readonly inquiry: Inquiry; readonly why: 'no-rule' | 'ignored' }
  | {
      readonly is: 'rules-unreadable';
      readonly inquiry: Inquiry;
      readonly why: ReadFault;
      readonly outcome: Outcome;
    }
  | {
      readonly is: 'looked';
      readonly inquiry: Inquiry;
      readonly outcomes: readonly Outcome[];
      /** Destinations that there was no time to ask about. */
      readonly left: readonly Registry[];
    };

interface Expectation {
  readonly inquiry: Inquiry;
  readonly replica: Replica;
  readonly ageSeconds: number;
  readonly deadlineSeconds: number;
}

export type LookPorts = Pick<
  Ports,
  'now' | 'chance' | 'readRules' | 'readImages' | 'readTags' | 'readTagSettings' | 'readClaims'
>;

/**
 * Looks at every replica that the messages ask about, in as few calls as there can be, and decides.
 * `endsAt`: when the run is over (epoch ms); what cannot be asked in time is left.
 */
export async function settle(
  ports: LookPorts,
  policy: Policy,
  inquiries: readonly Inquiry[],
  endsAt = Number.POSITIVE_INFINITY,
): Promise<readonly Settled[]> {
  const rules = await rulesOfSources(
    ports,
    inquiries.map(({ image: { source }, askedBy, since }) => {
      // Rules from before a push may not have the rule that replicates it, and nobody would look at it again.
      // A report comes seconds after its push, so that its own second is late enough.
      return { source, notBefore: askedBy === 'push' ? since + clocksApartMs : since };
    }),
  );
  const now = ports.now();
  const settled: Settled[] = [];
  const expected: Expectation[] = [];
  for (const inquiry of inquiries) {
    const deadline = deadlineFor(policy, inquiry.image.repository);
    const reading = rules.get(registryKey(inquiry.image.source));
    const ageSeconds = Math.max(0, (now - inquiry.since) / 1000);
    if (deadline === 'ignore') {
      settled.push({ is: 'exempt', inquiry, why: 'ignored' });
    } else if (reading?.is !== 'read') {
      const replica: Replica = { ...inquiry.image, destination: inquiry.image.source };
      const expectation = { inquiry, replica, ageSeconds, deadlineSeconds: deadline };
      const why = reading?.why ?? 'service-error';
      const outcome = outcomeOf(ports, policy, expectation, { is: 'unreadable', why }, {});
      settled.push({ is: 'rules-unreadable', inquiry, why, outcome });
    } else {
      const replicas = expectedReplicas(reading.rules, inquiry.image).filter((replica) =>
        concerns(inquiry, replica),
      );
      if (replicas.length === 0) settled.push({ is: 'exempt', inquiry, why: 'no-rule' });
      for (const replica of replicas)
        expected.push({ inquiry, replica, ageSeconds, deadlineSeconds: deadline });
    }
  }
  // Who has waited longest is asked about first, so that nobody is left again and again.
  expected.sort((a, b) => b.ageSeconds - a.ageSeconds);
  return [...settled, ...(await lookAndDecide(ports, policy, expected, endsAt))];
}

async function lookAndDecide(
  ports: LookPorts,
  policy: Policy,
  expected: readonly Expectation[],
  endsAt: number,
): Promise<readonly Settled[]> {
  const looking = askUntil(ports, halfway(ports.now(), endsAt));
  const verdicts = await look(
    looking.ports,
    expected.map(({ replica }) => replica),
  );
  const judged = expected.map((expectation, index): Judged & Expectation => {
    const verdict = verdicts[index] ?? { is: 'unreadable', why: 'service-error' };
    const due = verdict.is !== 'unreadable' && expectation.ageSeconds >= expectation.deadlineSeconds;
    return { ...expectation, verdict, due: due || expectation.inquiry.askedBy === 'failure-report' };
  });
  const seen = judged.filter(looking.isAsked);
  const asking = askUntil(ports, halfway(ports.now(), endsAt));
  const evidence = await gatherEvidence(asking.ports, seen);

  const byInquiry = new Map<Inquiry, { outcomes: Outcome[]; left: Registry[] }>();
  for (const { inquiry } of expected) {
    if (!byInquiry.has(inquiry)) byInquiry.set(inquiry, { outcomes: [], left: [] });
  }
  const leave = ({ inquiry, replica }: Expectation) => byInquiry.get(inquiry)?.left.push(replica.destination);
  for (const one of judged) if (!looking.isAsked(one)) leave(one);
  for (const [index, one] of seen.entries()) {
    if (!asking.isAsked(one)) leave(one);
    else {
      const outcome = outcomeOf(ports, policy, one, one.verdict, evidence[index] ?? {});
      byInquiry.get(one.inquiry)?.outcomes.push(outcome);
    }
  }
  return [...byInquiry].map(([inquiry, { outcomes, left }]) => {
    // Its image is gone at the source, and so is what it would be compared with anywhere else.
    const isWithdrawn = outcomes.some(({ decision }) => decision.do === 'withdraw');
    return { is: 'looked', inquiry, outcomes, left: isWithdrawn ? [] : left };
  });
}

/** Looks take half of the time at most, what is asked besides half of the rest: something is always carried out. */
function halfway(now: number, endsAt: number): number {
  return now + (endsAt - now) / 2;
}

function outcomeOf(
  ports: Pick<Ports, 'chance'>,
  policy: Policy,
  { inquiry, replica, ageSeconds, deadlineSeconds }: Expectation,
  verdict: Verdict,
  more: MoreEvidence,
): Outcome {
  const { askedBy, since } = inquiry;
  const failureReported = askedBy === 'failure-report';
  const decision = decide(replica, { verdict, ...more, ageSeconds, deadlineSeconds, failureReported });
  const evidence = evidenceOf(verdict, more.claim, more.tagImmutable);
  const finding = { replica, pushedAt: since, deadlineSeconds, evidence };
  const again = gapSeconds(policy, ageSeconds, deadlineSeconds, ports.chance());
  const base = { inquiry, replica, verdict, decision, more };
  switch (decision.do) {
    case 'done':
    case 'withdraw':
      return base;
    case 'look-again':
      return { ...base, againAfterSeconds: again };
    case 'report':
      return { ...base, finding: { ...finding, kind: decision.kind } };
    case 'report-destination': {
      // The incident is the destination's; the image itself is not judged until the destination can be read again.
      const reported = { ...base, finding: { ...finding, kind: 'unreadable' as const } };
      return ageSeconds < policy.letGoSeconds ? { ...reported, againAfterSeconds: again } : reported;
    }
  }
}

function concerns(inquiry: Inquiry, replica: Replica): boolean {
  return (
    inquiry.only === undefined || inquiry.only.some((registry) => sameRegistry(registry, replica.destination))
  );
}
