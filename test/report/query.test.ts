/** What the reader chose survives the address, and shows exactly the findings that were chosen. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rowOrders } from '../../lib/report/coverage.ts';
import {
  chosen,
  everything,
  hashOf,
  type Query,
  queryOf,
  severities,
  sorted,
  sortKeys,
} from '../../lib/report/query.ts';
import { kindGroups } from '../../lib/report/words.ts';
import { finding, ireland, sydney, virginia } from './documents.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 20 });
const anyQuery: fc.Arbitrary<Query> = fc.record({
  text: anyText,
  kinds: fc.subarray([...kindGroups]),
  severity: fc.constantFrom('', ...severities),
  source: anyText,
  destination: anyText,
  repository: anyText,
  sort: fc.constantFrom(...sortKeys),
  descending: fc.boolean(),
  page: fc.integer({ min: 1, max: 999 }),
  rows: anyText,
  rowOrder: fc.constantFrom(...rowOrders),
  rowPage: fc.integer({ min: 1, max: 999 }),
});

describe('the hash of an address', () => {
  it('brings back whatever was chosen', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        expect(queryOf(`#${hashOf(query)}`)).toEqual(query);
      }),
    );
  });

  it('is empty when everything is chosen', () => {
    expect(hashOf(everything)).toBe('');
    expect(queryOf('')).toEqual(everything);
  });

  it('can be read by people', () => {
    const query = {
      ...everything,
      kinds: ['missing'],
      destination: ireland,
      sort: 'pushed',
      descending: true,
    } as const;
    expect(hashOf(query)).toBe('kind=missing&destination=111122223333/eu-west-1&sort=-pushed');
  });

  it.each([
    '#findings',
    '#kind=nonsense&severity=dire&sort=up&order=x&page=-3&rowpage=1e9',
    '#%%%&&=',
    '#page=0',
  ])('is everything where it makes no sense: %s', (hash) => {
    expect(queryOf(hash)).toEqual(everything);
  });
});

const findings = [
  finding({ repository: 'prod/api', tag: '1', severity: 'critical', pushedAt: '2026-11-03T00:00:00Z' }),
  finding({
    repository: 'prod/web',
    tag: '2',
    severity: 'warning',
    kind: 'tag-mismatch',
    destination: sydney,
  }),
  finding({
    repository: 'batch/api',
    tag: '3',
    severity: 'info',
    kind: 'history',
    pushedAt: '2026-11-05T00:00:00Z',
  }),
  finding({
    repository: 'prod/api',
    tag: '4',
    severity: 'warning',
    kind: 'no-creation-template',
    failureCode: 'KmsDenied',
  }),
];

function tagsOf(query: Partial<Query>): string {
  const whole = { ...everything, ...query };
  return sorted(chosen(findings, whole), whole)
    .map(({ tag }) => tag)
    .join('');
}

describe('the findings', () => {
  it.each<[string, Partial<Query>, string]>([
    ['all, worst first', {}, '1243'],
    ['worst last', { descending: true }, '3241'],
    ['of a kind', { kinds: ['missing'] }, '1'],
    ['of two kinds', { kinds: ['missing', 'history'] }, '13'],
    ['about settings, whatever their kind is called', { kinds: ['settings'] }, '4'],
    ['of a severity', { severity: 'warning' }, '24'],
    ['of a destination', { destination: sydney }, '2'],
    ['of a source', { source: sydney }, ''],
    ['of exactly this repository', { repository: 'prod/api' }, '14'],
    ['with every word, in any letters', { text: 'API Prod' }, '14'],
    ['with a failure code', { text: 'kmsdenied' }, '4'],
    ['with a whole reference', { text: 'prod/web:2' }, '2'],
    ['with a digest', { text: `batch/api@sha256:${'4'.repeat(64)}` }, '3'],
    ['with a cause', { text: 'no record' }, '1243'],
    ['by repository', { sort: 'repository' }, '3142'],
    ['by destination, downwards', { sort: 'destination', descending: true }, '1432'],
    ['by time of push, newest first', { sort: 'pushed', descending: true, repository: '' }, '2431'],
  ])('%s', (_, query, tags) => {
    expect(tagsOf(query)).toBe(tags);
  });

  it('can be counted as if one filter were off', () => {
    const query = { ...everything, kinds: ['missing'], severity: 'warning' } as const;
    expect(chosen(findings, query, 'kinds')).toHaveLength(2);
    expect(chosen(findings, { ...query, source: virginia })).toHaveLength(0);
  });
});
