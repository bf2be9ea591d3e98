/** Messages of the sweep queue and orders to sweep: what is written is read back, all else is refused in one line. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  parseSweepMessage,
  parseSweepOrder,
  type SweepMessage,
  writeSweepMessage,
} from '../../lib/event/sweep-message.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';

const compare: SweepMessage = {
  is: 'compare',
  run: 'run 1',
  source,
  repository: 'prod-web',
  destinations: [
    { registry: ireland, expectedSince: 5 },
    { registry: sydney, expectedSince: Number.POSITIVE_INFINITY },
  ],
  watchedSince: 1,
  since: 2,
  stops: 0,
};
const confirm: SweepMessage = {
  is: 'confirm',
  source,
  repository: 'prod-web',
  destination: ireland,
  since: 3,
  pages: 1,
  tags: [{ digest: digestOf('x'), tag: 'latest', pushedAt: 1 }],
};

describe('a message', () => {
  it.each([compare, confirm])('is read as it was written', (message) => {
    expect(parseSweepMessage(writeSweepMessage(message))).toEqual({ ok: true, value: message });
  });

  it.each([
    ['{', 'the message is not JSON'],
    ['{}', 'is is missing'],
    [JSON.stringify({ ...compare, version: 2 }), 'version is not 1'],
    [JSON.stringify({ version: 1, ...compare, repository: 'UPPER' }), 'repository is not a repository name'],
    [JSON.stringify({ version: 1, ...confirm, tags: [{ digest: 'x' }] }), 'tags.0.digest is not a digest'],
  ])('%s is refused', (body, fault) => {
    const parsed = parseSweepMessage(body);
    expect(parsed.ok ? 'no fault' : parsed.fault).toContain(fault);
  });

  it('of any JSON is read or refused, never thrown at', () => {
    fc.assert(fc.property(fc.json(), (body) => void parseSweepMessage(body)));
  });
});

describe('an order', () => {
  it.each([
    [undefined, {}],
    [{}, {}],
    [{ source: 'aws.scheduler', prefix: '' }, {}],
    [
      { registry: '111122223333/eu-west-1', prefix: 'prod-' },
      { registry: '111122223333/eu-west-1', prefix: 'prod-' },
    ],
  ])('%j is %j', (event, order) => {
    expect(parseSweepOrder(event)).toEqual({ ok: true, value: order });
  });

  it('that cannot be read is refused in one line', () => {
    const parsed = parseSweepOrder({ registry: 5 });
    expect(parsed.ok ? '' : parsed.fault).toContain('the order cannot be read: registry');
  });
});
