/** Settings that would silently do nothing, or something else than meant, are refused. */

import { describe, expect, it } from 'vitest';
import { parseDeadlines, parseDestinations, parsePrefixes, parseReadRole } from '../lib/setting.ts';

describe('deadlines by prefix', () => {
  it('are minutes or "ignore", with blanks wherever they do not matter', () => {
    expect(parseDeadlines(' prod/ = 10 ,sandbox/=ignore,')).toEqual({
      ok: true,
      value: [
        { prefix: 'prod/', deadline: { seconds: 600 } },
        { prefix: 'sandbox/', deadline: 'ignore' },
      ],
    });
  });

  it.each([
    ['a prefix that no repository begins with', 'Prod/=10', '"Prod/" begins no repository\'s name'],
    ['a pattern', 'prod-*=10', '"prod-*" begins no repository\'s name'],
    ['a prefix given twice', 'prod/=10,prod/=20', '"prod/" is given twice'],
    ['no minutes', 'prod/=', '"" is not a number of minutes'],
    ['no prefix', '=10', '"=10" is not PREFIX=MINUTES'],
  ])('refuse %s', (_, text, says) => {
    expect(parseDeadlines(text)).toMatchObject({ ok: false, fault: expect.stringContaining(says) });
  });
});

describe('lists', () => {
  it('of prefixes refuse what begins no name', () => {
    expect(parsePrefixes('prod/, batch')).toEqual({ ok: true, value: ['prod/', 'batch'] });
    expect(parsePrefixes('prod/,*')).toEqual({ ok: false, fault: '"*" begins no repository\'s name' });
  });

  it('of destinations take Regions and registries', () => {
    const value = ['eu-west-1', '444455556666/us-gov-west-1'];
    expect(parseDestinations(value.join(', '))).toEqual({ ok: true, value });
    expect(parseDestinations('europe')).toEqual({
      ok: false,
      fault: '"europe" is neither a Region nor ACCOUNT/REGION',
    });
  });
});

describe('the reading role', () => {
  it('is a name, with an external id or without', () => {
    expect(parseReadRole('', '')).toEqual({ ok: true, value: undefined });
    expect(parseReadRole('reader', '')).toEqual({ ok: true, value: { name: 'reader' } });
    expect(parseReadRole('reader', 'x')).toEqual({ ok: true, value: { name: 'reader', externalId: 'x' } });
  });

  it.each([
    ['an ARN', 'arn:aws:iam::111122223333:role/reader', ''],
    ['an external id without a role', '', 'x'],
  ])('is not %s', (_, name, externalId) => {
    expect(parseReadRole(name, externalId)).toMatchObject({ ok: false });
  });
});
