/** Who an incident is, and which conversation it belongs to. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { registryKey } from '../../lib/image/registry.ts';
import {
  destinationIncidentId,
  fingerprint,
  groupKey,
  groupOf,
  incidentId,
  incidentIdsOf,
} from '../../lib/incident/incident.ts';
import { groupsOf } from '../../lib/incident/notice.ts';
import { open } from '../../lib/incident/transition.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf, finding, ireland, replicaOf, source, sydney } from '../samples.ts';

/** What can be wrong with the image itself, and not with its tag or its whole destination. */
const imageKinds = ['failed', 'overdue', 'not-started', 'contradicted', 'archived'] as const;

describe('the identity of an incident', () => {
  it('is the same for the same replica, whatever is wrong with it and whoever reports it', () => {
    expect(new Set(imageKinds.map((kind) => incidentId(kind, replicaOf()))).size).toBe(1);
  });

  it('does not depend on the tag that a reporter happens to know', () => {
    const { tag: _, ...untagged } = replicaOf();
    expect(incidentId('overdue', untagged)).toBe(incidentId('overdue', replicaOf({ tag: 'other' })));
  });

  it('is the tag’s own when the tag is at fault', () => {
    const one = incidentId('tag-mismatch', replicaOf({ tag: '1' }));
    expect(one).not.toBe(incidentId('tag-mismatch', replicaOf({ tag: '2' })));
    expect(one).not.toBe(incidentId('overdue', replicaOf({ tag: '1' })));
  });

  it('is one for a destination that cannot be read, whatever image showed it', () => {
    const ids = [
      replicaOf(),
      replicaOf({ repository: 'prod-web' }),
      replicaOf({ digest: digestOf('x') }),
    ].map((replica) => incidentId('unreadable', replica));
    expect(new Set(ids)).toEqual(new Set([destinationIncidentId(ireland)]));
  });

  it('is written as it stands in the table, where the ones that are open are found by it', () => {
    const { digest } = replicaOf();
    const ids = (['overdue', 'tag-mismatch', 'unreadable'] as const).map((kind) =>
      incidentId(kind, replicaOf()),
    );
    expect(ids).toEqual([
      `111122223333/us-east-1 prod-api@${digest} 111122223333/eu-west-1`,
      `111122223333/us-east-1 prod-api:1.4.2@${digest} 111122223333/eu-west-1`,
      '111122223333/eu-west-1 unreadable',
    ]);
  });

  it.each([
    ['sources', replicaOf({ source: sydney })],
    ['accounts of the source', replicaOf({ source: { ...source, account: '444455556666' } })],
    ['repositories', replicaOf({ repository: 'prod-web' })],
    ['digests', replicaOf({ digest: digestOf('another image') })],
    ['destinations', replicaOf({ destination: sydney })],
    ['accounts of the destination', replicaOf({ destination: { ...ireland, account: '444455556666' } })],
  ])('keeps %s apart', (_, other) => {
    expect(incidentId('overdue', other)).not.toBe(incidentId('overdue', replicaOf()));
  });

  it('is shared by two replicas only if they are the same', () => {
    const kinds = fc.constantFrom(...imageKinds);
    fc.assert(
      fc.property(kinds, arbitrary.replica, kinds, arbitrary.replica, (kind, a, otherKind, b) => {
        const same =
          registryKey(a.source) === registryKey(b.source) &&
          a.repository === b.repository &&
          a.digest === b.digest &&
          registryKey(a.destination) === registryKey(b.destination);
        expect(incidentId(kind, a) === incidentId(otherKind, b)).toBe(same);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('a verified replica', () => {
  it('ends the incident of the image and the one of its tag', () => {
    expect(incidentIdsOf(replicaOf())).toEqual([
      incidentId('failed', replicaOf()),
      incidentId('tag-mismatch', replicaOf()),
    ]);
  });

  it('without a tag ends one', () => {
    const { tag: _, ...untagged } = replicaOf();
    expect(incidentIdsOf(untagged)).toEqual([incidentId('overdue', untagged)]);
  });
});

describe('a fingerprint', () => {
  it('is 32 hex digits, the same for the same name', () => {
    expect(fingerprint('a name')).toMatch(/^[0-9a-f]{32}$/);
    expect(fingerprint('a name')).toBe(fingerprint('a name'));
    expect(fingerprint('a name')).not.toBe(fingerprint('another'));
  });
});

describe('a group', () => {
  it('is everything of one kind at one destination', () => {
    const incident = open(finding({}), undefined, 0);
    expect(groupOf(incident)).toStrictEqual({ destination: ireland, kind: 'overdue' });
    const muted = groupOf({ ...incident, muted: true });
    expect(muted).toStrictEqual({ destination: ireland, kind: 'overdue', muted: true });
  });

  it('goes by its destination and kind; muted incidents stand apart', () => {
    expect(groupKey({ destination: ireland, kind: 'failed' })).toBe('111122223333/eu-west-1 failed');
    expect(groupKey({ destination: ireland, kind: 'failed', muted: true })).toBe(
      '111122223333/eu-west-1 failed muted',
    );
  });

  it('is found once, however many incidents are in it', () => {
    const incidents = [
      finding({}),
      finding({ digest: digestOf('x') }),
      finding({ kind: 'failed' }),
      finding({ replica: replicaOf({ destination: sydney }) }),
    ].map((one) => open(one, undefined, 0));
    expect(groupsOf(incidents).map(groupKey)).toEqual([
      '111122223333/eu-west-1 overdue',
      '111122223333/eu-west-1 failed',
      '111122223333/ap-southeast-2 overdue',
    ]);
    expect(groupsOf([])).toEqual([]);
  });
});
