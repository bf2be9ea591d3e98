/** Data sovereignty: which destinations the user has not allowed, and what goes to them. */

import { describe, expect, it } from 'vitest';
import { coverageInWords, disallowedDestinations } from '../../lib/replication/allowed.ts';
import { ireland, source, sydney } from '../samples.ts';

const elsewhere = { account: '444455556666', region: 'eu-west-1' };
const rule = (prefixes: readonly string[], ...destinations: (typeof ireland)[]) => ({
  prefixes,
  destinations,
});

describe('a destination', () => {
  it.each([
    ['is allowed by its Region', [ireland], ['eu-west-1'], []],
    ['is allowed by its account and Region', [ireland], ['111122223333/eu-west-1'], []],
    ['is not allowed by another Region', [ireland], ['eu-west-2'], [ireland]],
    ['is not allowed by the account alone', [ireland], ['111122223333'], [ireland]],
    [
      'of another account is not allowed by that of this one',
      [elsewhere],
      ['111122223333/eu-west-1'],
      [elsewhere],
    ],
    ['is not allowed when nothing is', [ireland, sydney], [], [ireland, sydney]],
    ['that is the source itself needs no leave', [source], [], []],
    ['is named once, however many rules name it', [ireland, ireland], [], [ireland]],
    ['does not hide those after it', [source, ireland, sydney], ['eu-west-1'], [sydney]],
  ])('%s', (_, destinations, allowed, not) => {
    const rules = destinations.map((one) => rule([], one));
    expect(disallowedDestinations(source, rules, allowed)).toEqual(not);
  });
});

describe('what goes to a destination', () => {
  it.each([
    ['by a rule without prefixes', [rule([], ireland)], 'every repository'],
    ['by prefixes', [rule(['prod-', 'base/'], ireland)], 'repositories that begin with prod-, base/'],
    [
      'by several rules, each prefix once',
      [rule(['a-', 'prod-'], ireland, sydney), rule(['prod-', 'x'], ireland)],
      'repositories that begin with a-, prod-, x',
    ],
    ['by any rule that takes all', [rule(['prod-'], ireland), rule([], ireland)], 'every repository'],
    [
      'by no rule of another destination',
      [rule([], sydney), rule(['x'], ireland)],
      'repositories that begin with x',
    ],
  ])('%s', (_, rules, words) => {
    expect(coverageInWords(rules, ireland)).toBe(words);
  });
});
