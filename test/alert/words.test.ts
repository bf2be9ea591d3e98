/** Times, durations and counts as people read them. */

import { describe, expect, it } from 'vitest';
import { clockTime, count, duration, newsInWords } from '../../lib/alert/words.ts';

describe('a duration', () => {
  it.each([
    [-5, '0 s'],
    [0, '0 s'],
    [45.9, '45 s'],
    [119, '119 s'],
    [120, '2 min'],
    [1_859, '30 min'],
    [7_199, '119 min'],
    [7_200, '2 h 00 min'],
    [7_500, '2 h 05 min'],
    [172_799, '47 h 59 min'],
    [172_800, '2 d'],
    [176_400, '2 d 1 h'],
    [604_799, '6 d 23 h'],
    [604_800, '7 d'],
  ])('of %d seconds is read as %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('a count', () => {
  it.each([
    [0, '0 images'],
    [1, '1 image'],
    [12, '12 images'],
    [999, '999 images'],
    [1_000, '1,000 images'],
    [10_000, '10,000 images'],
    [123_456_789, '123,456,789 images'],
  ])('of %d is read as %s', (n, text) => {
    expect(count(n, 'image')).toBe(text);
  });

  it('may have a plural of its own', () => {
    expect(count(2, 'repository', 'repositories')).toBe('2 repositories');
  });
});

describe('a time', () => {
  it('is read in UTC, to the second, and says so', () => {
    expect(clockTime(Date.UTC(2026, 10, 24, 3, 12, 9, 999))).toBe('2026-11-24 03:12:09 UTC');
  });
});

describe('news', () => {
  const nothing = { open: 0, resolved: 0, withdrawn: 0, 'given-up': 0 };

  it.each([
    [nothing, ''],
    [{ ...nothing, open: 1 }, '1 new'],
    [{ ...nothing, resolved: 10_000 }, '10,000 resolved'],
    [
      { open: 1, resolved: 2, withdrawn: 3, 'given-up': 4 },
      '1 new, 2 resolved, 3 no longer expected, 4 given up',
    ],
  ])('%o is read as %j', (news, text) => {
    expect(newsInWords(news)).toBe(text);
  });
});
