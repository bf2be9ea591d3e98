/** What a silence matches, and for how long. */

import { describe, expect, it } from 'vitest';
import type { Group } from '../../lib/incident/incident.ts';
import { covers, isActive, type Silence, scopeIn } from '../../lib/incident/silence.ts';
import { open } from '../../lib/incident/transition.ts';
import { digestOf, finding, overdueGroup, replicaOf } from '../samples.ts';

function silence(change: Partial<Silence>): Silence {
  return { id: 's', from: 100, until: 200, author: 'kim', reason: 'Region move', ...change };
}

describe('a silence', () => {
  it.each([
    [99, false],
    [100, true],
    [199, true],
    [200, false],
  ])('from 100 until 200 at %d holds: %s', (now, holds) => {
    expect(isActive(silence({}), now)).toBe(holds);
  });

  it.each<[string, Partial<Silence>, Group, string]>([
    ['of nothing in particular covers every group', {}, overdueGroup, 'all'],
    ['of a Region covers every group there', { destination: 'eu-west-1' }, overdueGroup, 'all'],
    [
      'of a registry covers every group there',
      { destination: '111122223333/eu-west-1' },
      overdueGroup,
      'all',
    ],
    ['of another Region has nothing to do with it', { destination: 'eu-west-2' }, overdueGroup, 'none'],
    [
      'of another account has nothing to do with it',
      { destination: '444455556666/eu-west-1' },
      overdueGroup,
      'none',
    ],
    ['of some repositories covers a part of it', { repositoryPrefix: 'prod-' }, overdueGroup, 'some'],
    [
      'of an image covers a part of it',
      { destination: 'eu-west-1', image: 'prod-api:1' },
      overdueGroup,
      'some',
    ],
  ])('%s', (_, change, group, scope) => {
    expect(scopeIn(silence(change), group)).toBe(scope);
  });

  it.each<[string, Partial<Silence>, boolean]>([
    ['of a prefix covers what begins with it', { repositoryPrefix: 'prod' }, true],
    ['of a prefix does not cover the rest', { repositoryPrefix: 'api' }, false],
    ['of an image by tag covers it', { image: 'prod-api:1.4.2' }, true],
    ['of an image by digest covers it', { image: `prod-api@${digestOf('prod-api')}` }, true],
    ['of another tag does not cover it', { image: 'prod-api:1.4' }, false],
    ['needs all of its parts to match', { repositoryPrefix: 'prod', image: 'prod-web:1' }, false],
  ])('%s', (_, change, covered) => {
    const incident = open(finding({ replica: replicaOf() }), undefined, 0);
    expect(covers(silence(change), incident)).toBe(covered);
  });
});
