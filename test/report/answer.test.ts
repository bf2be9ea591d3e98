/** "Can I fail over now?" is a yes only when everything was looked at and everything is there. */

import { describe, expect, it } from 'vitest';
import type { AuditDocument, AuditedRoute } from '../../lib/audit/document.ts';
import { answerOf, headlineOf } from '../../lib/report/answer.ts';
import { audit, finding, noCounts, route, sydney } from './documents.ts';

const source = audit().sources.map((it) => ({ ...it, unreadable: 'access-denied' }));

describe('the answer for a route', () => {
  it.each<[string, string, Partial<AuditedRoute>, Partial<AuditDocument>]>([
    ['yes', 'every image is there', {}, {}],
    ['yes', 'only another destination is unreadable', {}, { outcome: 'incomplete', findings: [elsewhere()] }],
    ['yes', 'images are too young to count', { young: 3 }, {}],
    ['no', 'one image is missing', { inSync: 9, missing: 1 }, {}],
    ['no', 'one tag is on another image', { inSync: 9, tagMismatch: 1 }, {}],
    ['no', 'one image is archived', { inSync: 9, archived: 1 }, {}],
    ['no', 'images older than the rule are not there', { inSync: 9, history: 1 }, {}],
    [
      'no',
      'an image is missing and a repository unreadable',
      { inSync: 9, missing: 1, repositoriesUnreadable: 1 },
      {},
    ],
    ['unknown', 'a repository there could not be read', { repositoriesUnreadable: 1 }, {}],
    ['unknown', 'the source could not be read', {}, { sources: source }],
    ['unknown', 'a repository of the source could not be read', {}, { findings: [unreadAtSource()] }],
    ['unknown', 'the audit was stopped', {}, { interrupted: true, outcome: 'incomplete' }],
    ['unknown', 'the audit is incomplete and does not say why', {}, { outcome: 'incomplete' }],
    ['unknown', 'the counts do not add up', { inSync: 9 }, {}],
    ['nothing-expected', 'no image is due there', noCounts, {}],
    ['unknown', 'no image is known to be due, and the audit was stopped', noCounts, { interrupted: true }],
  ])('is %s when %s', (is, _, ofRoute, ofDocument) => {
    const document = audit({ routes: [route(ofRoute)], ...ofDocument });
    expect(document.routes.map((it) => answerOf(it, document).is)).toEqual([is]);
  });
});

function elsewhere() {
  return finding({ kind: 'unreadable', destination: sydney });
}

function unreadAtSource() {
  const { destination: _, ...rest } = finding({ kind: 'unreadable', repository: 'prod/api' });
  return rest;
}

describe('the headline', () => {
  const broken = { expected: 10, inSync: 9, missing: 1 };
  it.each<[string, Partial<AuditDocument>]>([
    ['All 20 replicas are in sync', { routes: [route(), route({ destination: sydney })] }],
    ['The one replica is in sync', { routes: [route({ expected: 1, inSync: 1 })] }],
    ['eu-west-1 is not ready for a failover', { routes: [route(broken), route({ destination: sydney })] }],
    [
      '2 of 2 destinations are not ready for a failover',
      { routes: [route(broken), route({ ...broken, destination: sydney })] },
    ],
    [
      'eu-west-1 is not ready for a failover, and ap-southeast-2 could not be checked',
      { routes: [route(broken), route({ destination: sydney, repositoriesUnreadable: 1 })] },
    ],
    [
      'Whether eu-west-1 is ready for a failover cannot be told',
      { routes: [route({ repositoriesUnreadable: 1 }), route({ destination: sydney })] },
    ],
    [
      '2 of 2 destinations could not be checked',
      {
        interrupted: true,
        outcome: 'incomplete',
        routes: [route(), route({ destination: sydney })],
      },
    ],
    ['Nothing is expected at any destination', { routes: [] }],
    ['Nothing is expected at any destination', { routes: [route(noCounts)] }],
    [
      'The audit was stopped before it saw anything',
      { routes: [], outcome: 'incomplete', interrupted: true },
    ],
    ['Nothing could be read, so nothing can be told', { routes: [], outcome: 'incomplete', sources: source }],
  ])('says "%s"', (text, change) => {
    expect(headlineOf(audit(change)).text).toBe(text);
  });

  it('does not call a destination ready that two sources fill and one of them does not', () => {
    const other = '444455556666/us-east-1';
    const routes = [route(), route({ source: other, inSync: 9, missing: 1 })];
    expect(headlineOf(audit({ routes }))).toEqual({
      mood: 'no',
      text: 'eu-west-1 (111122223333) is not ready for a failover',
    });
  });
});

describe('a place', () => {
  it('is told with its account when there are several', () => {
    const routes = [route({ destination: '444455556666/eu-west-1', inSync: 9, missing: 1 })];
    expect(headlineOf(audit({ routes })).text).toBe('eu-west-1 (444455556666) is not ready for a failover');
  });
});
