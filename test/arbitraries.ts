/** Random well-formed values of the pure rooms, and text as strange as text can be, for properties. */

import fc from 'fast-check';
import type { Digest } from '../lib/image/digest.ts';
import type { Registry } from '../lib/image/registry.ts';
import type { Incident, IncidentEvidence } from '../lib/incident/incident.ts';
import { incidentId } from '../lib/incident/incident.ts';
import type { Notice } from '../lib/incident/notice.ts';
import type { Claim } from '../lib/replication/claim.ts';
import { incidentKinds } from '../lib/replication/decision.ts';
import type { Policy } from '../lib/replication/policy.ts';
import { defaultPolicy } from '../lib/replication/policy.ts';
import type { Replica, ReplicationRule } from '../lib/replication/rules.ts';
import { readFaults, type Sighting, type Verdict } from '../lib/replication/verdict.ts';

/** Few enough that two random registries, repositories or digests are often the same. */
export const registry: fc.Arbitrary<Registry> = fc.record({
  account: fc.constantFrom('111122223333', '444455556666'),
  region: fc.constantFrom('us-east-1', 'eu-west-1', 'ap-southeast-2', 'us-gov-west-1'),
});

export const repository: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('prod', 'prod-api', 'production-x', 'team/prod/api', 'sandbox'),
  fc.stringMatching(/^[a-z0-9][a-z0-9._/-]{0,255}$/),
);

export const tag: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom('latest', '1.4.2'),
  fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/),
);

/** sha256 as ECR writes it, and other spellings that the OCI grammar allows. */
export const digest: fc.Arbitrary<Digest> = fc
  .oneof(
    fc.constantFrom('a', 'b', 'c').map((digit) => `sha256:${digit.repeat(64)}`),
    fc.stringMatching(/^sha256:[0-9a-f]{64}$/),
    fc.stringMatching(/^[a-z0-9]{1,8}(?:[+._-][a-z0-9]{1,8}){0,2}:[A-Za-z0-9=_-]{1,256}$/),
  )
  .map((text) => text as Digest);

export const replica: fc.Arbitrary<Replica> = fc.record(
  { source: registry, repository, digest, tag, destination: registry },
  { requiredKeys: ['source', 'repository', 'digest', 'destination'] },
);

export const rule: fc.Arbitrary<ReplicationRule> = fc.record({
  destinations: fc.array(registry, { maxLength: 5 }),
  prefixes: fc.array(fc.constantFrom('prod', 'prod-', 'team/', 'sandbox', 'x'), { maxLength: 3 }),
});

const readFault = fc.constantFrom(...readFaults);

export const sighting: fc.Arbitrary<Sighting> = fc.oneof(
  fc.record({
    is: fc.constant('present' as const),
    image: fc.record(
      {
        tags: fc.array(tag, { maxLength: 4 }),
        storage: fc.constantFrom('ACTIVE' as const, 'ARCHIVED' as const, 'ACTIVATING' as const),
        arrivedAt: fc.nat(),
      },
      { requiredKeys: ['tags', 'storage'] },
    ),
  }),
  fc.constant<Sighting>({ is: 'absent' }),
  fc.record({ is: fc.constant('unreadable' as const), why: readFault }),
);

export const verdict: fc.Arbitrary<Verdict> = fc.oneof(
  fc.record({ is: fc.constant('verified' as const), arrivedAt: fc.nat() }, { requiredKeys: ['is'] }),
  fc.constantFrom<Verdict>({ is: 'missing' }, { is: 'missing', repository: 'absent' }, { is: 'archived' }),
  fc.record({ is: fc.constant('tag-mismatch' as const), found: digest }, { requiredKeys: ['is'] }),
  fc.record({ is: fc.constant('unreadable' as const), why: readFault }),
);

export const claim: fc.Arbitrary<Claim> = fc.oneof(
  fc.constantFrom<Claim>(
    { says: 'IN_PROGRESS' },
    { says: 'COMPLETE' },
    { says: 'no-entry' },
    { says: 'source-gone' },
  ),
  fc.record({ says: fc.constant('FAILED' as const), failureCode: fc.string() }, { requiredKeys: ['says'] }),
  fc.record({ says: fc.constant('unreadable' as const), why: readFault }),
);

export const policy: fc.Arbitrary<Policy> = fc
  .record({
    deadlineSeconds: fc.double({ min: 1, max: 7 * 24 * 3600, noNaN: true }),
    shortestGapSeconds: fc.integer({ min: 1, max: 60 }),
    longestGapSeconds: fc.integer({ min: 60, max: 600 }),
  })
  .map((change) => ({ ...defaultPolicy, ...change }));

/** A number from 0 to 1, as the port `chance` gives it. */
export const chance: fc.Arbitrary<number> = fc.double({ min: 0, max: 1, noNaN: true });

/** Anything that somebody else can put into a string: emoji, controls, halves of surrogate pairs, nothing, very much. */
export const strangeText: fc.Arbitrary<string> = fc
  .tuple(
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.constantFrom(
        '',
        '\u0000\u001b[2J\u007f',
        '\r\n.\r\n',
        '"\\"',
        '👩‍👩‍👧‍👦',
        '\ud800',
        '\udfff',
        '\ufffd',
        '</script>&amp;',
        'é̈́',
      ),
    ),
    fc.constantFrom(1, 1, 1, 100, 5_000),
  )
  .map(([text, times]) => text.repeat(times).slice(0, 200_000));

const millis = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2030, 0) });

const evidence: fc.Arbitrary<IncidentEvidence> = fc.record(
  {
    seen: fc.constantFrom('missing' as const, 'tag-mismatch' as const, 'archived' as const),
    ecrSays: claim.map(({ says }) => says),
    failureCode: strangeText,
    found: digest,
    repositoryAbsent: fc.boolean(),
    unreadable: readFault,
  },
  { requiredKeys: [] },
);

/** An incident of any kind and state, with a failure code that ECR never promised to keep short or printable. */
export const incident: fc.Arbitrary<Incident> = fc
  .record(
    {
      revision: fc.nat(),
      state: fc.constantFrom('open' as const, 'resolved' as const, 'withdrawn' as const, 'given-up' as const),
      kind: fc.constantFrom(...incidentKinds),
      replica,
      pushedAt: millis,
      deadlineSeconds: fc.integer({ min: 1, max: 604_800 }),
      openedAt: millis,
      changedAt: millis,
      lastLookAt: millis,
      evidence,
      openings: fc.array(millis, { minLength: 1, maxLength: 10 }),
      arrivedAt: millis,
      latenessSeconds: fc.nat(),
    },
    { noNullPrototype: true },
  )
  .map((fields) => ({ id: incidentId(fields.kind, fields.replica), ...fields }));

export const notice: fc.Arbitrary<Notice> = fc
  .record({
    kind: fc.constantFrom(...incidentKinds),
    destination: registry,
    type: fc.constantFrom('firing' as const, 'update' as const, 'reminder' as const, 'clear' as const),
    sequence: fc.integer({ min: 1, max: 1_000 }),
    claimedAt: millis,
    since: millis,
    openCount: fc.nat({ max: 20_000 }),
    news: fc.record({
      open: fc.nat(),
      resolved: fc.nat(),
      withdrawn: fc.nat(),
      'given-up': fc.nat(),
    }),
    listed: fc.array(incident, { maxLength: 20 }),
  })
  .map(({ kind, destination, ...fields }) => ({
    group: { kind, destination },
    ...fields,
    coversUntil: fields.claimedAt,
    told: [],
  }));
