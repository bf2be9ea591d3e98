/** Which topics a notice goes to, and how the routes are written. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRoutes, type Route, reachOf, repositoriesOf, topicsFor } from '../../lib/alert/route.ts';
import { loadConfig, loadSlackConfig } from '../../lib/config.ts';
import type { Incident } from '../../lib/incident/incident.ts';
import type { Notice } from '../../lib/incident/notice.ts';
import { closed, resolve } from '../../lib/incident/transition.ts';
import type { IncidentKind } from '../../lib/replication/decision.ts';
import { notice as anyNotice } from '../arbitraries.ts';
import { digestOf, ireland, noticeFor } from '../samples.ts';
import { deadlineAt, firing, noticeOf, opened } from './examples.ts';

function topic(name: string, region = 'us-east-1'): string {
  return `arn:aws:sns:${region}:111122223333:${name}`;
}

const everyone = topic('everyone');
const pager = topic('pager');
const prod = topic('prod');
const batch = topic('batch');
const routes: readonly Route[] = [
  { by: 'severity', severity: 'critical', topicArn: pager },
  { by: 'prefix', prefix: 'prod', topicArn: prod },
  { by: 'prefix', prefix: 'batch/', topicArn: batch },
];
const byPrefix = routes.slice(1);

function imageOf(repository: string, kind: IncidentKind = 'not-started'): Incident {
  return opened(kind, {}, { repository, digest: digestOf(repository) });
}

function topicsOf(notice: Notice, among: readonly Route[] = routes): readonly string[] {
  return topicsFor(reachOf(notice), among, everyone);
}

const api = imageOf('prod/api');
const job = imageOf('batch/job');
const tool = imageOf('tools/lint');
const over = resolve(api, undefined, deadlineAt + 6 * 60_000);

describe('a notice', () => {
  it.each<[string, Notice, readonly Route[], readonly string[]]>([
    ['without routes goes to the default topic', firing(api), [], [everyone]],
    ['that no route matches goes to the default topic', firing(tool), routes, [everyone]],
    ['whose severity has a topic goes there alone', firing(imageOf('tools/lint', 'failed')), routes, [pager]],
    ['whose repository has a topic goes there alone', firing(api), routes, [prod]],
    ['goes to both when both match', firing(imageOf('prod/api', 'failed')), routes, [pager, prod]],
    ['of two teams goes to both, and to nobody else', firing(api, job), byPrefix, [prod, batch]],
    [
      'that is only in part of a team goes to the default topic as well',
      firing(api, tool),
      byPrefix,
      [prod, everyone],
    ],
  ])('%s', (_, notice, among, topics) => {
    expect(topicsOf(notice, among)).toEqual(topics);
  });

  it('goes once to a topic that several routes name', () => {
    const same = byPrefix.map((route) => ({ ...route, topicArn: prod }));
    expect(topicsOf(firing(api, job), same)).toEqual([prod]);
  });

  it('of more images than it names may be of anybody', () => {
    const many = Array.from({ length: 21 }, (_, n) =>
      opened('not-started', {}, { repository: 'prod/api', digest: digestOf(`${n}`) }),
    );
    expect(topicsOf(firing(...many), byPrefix)).toEqual([prod, batch, everyone]);
  });

  it('of a whole destination concerns everybody', () => {
    const notice = firing(imageOf('prod/api', 'unreadable'));
    expect(topicsOf(notice, byPrefix)).toEqual([prod, batch, everyone]);
  });

  it('that it is over goes to whoever may have been alarmed, by how bad it was', () => {
    const failed = imageOf('prod/api', 'failed');
    const clear = noticeOf(
      [resolve(failed, undefined, deadlineAt + 6 * 60_000)],
      deadlineAt + 6 * 60_000,
      firing(failed),
    );
    expect(clear.type).toBe('clear');
    expect(topicsOf(clear)).toEqual([pager, prod, batch]);
    expect(topicsOf(noticeOf([over], deadlineAt + 6 * 60_000, firing(api)))).toEqual([prod, batch, everyone]);
  });

  it('without a reach is for the default topic alone', () => {
    expect(topicsFor(undefined, routes, everyone)).toEqual([everyone]);
  });

  it('that names no repository is for the default topic, whatever the routes', () => {
    expect(topicsFor({ severity: 'warning', repositories: [] }, byPrefix, everyone)).toEqual([everyone]);
  });

  it('always goes somewhere, nowhere twice, and to the default topic whenever a route may miss some of it', () => {
    fc.assert(
      fc.property(anyNotice, (notice) => {
        for (const among of [routes, byPrefix, []]) {
          const topics = topicsOf(notice, among);
          expect(topics.length).toBeGreaterThan(0);
          expect(new Set(topics).size).toBe(topics.length);
          const { severity, repositories } = reachOf(notice);
          const isPaged = among === routes && severity === 'critical';
          if (repositories === 'any' && !isPaged) expect(topics).toContain(everyone);
        }
      }),
    );
  });
});

describe('the repositories of a notice', () => {
  const group = { destination: ireland, kind: 'overdue' } as const;
  const nothing = { open: 0, resolved: 0, withdrawn: 0, 'given-up': 0 };
  const gone = closed(job, 'withdrawn', deadlineAt);

  it.each<[string, Partial<Notice>, readonly string[] | 'any']>([
    [
      'are those of all that it names',
      { openCount: 1, news: { ...nothing, withdrawn: 1 }, listed: [api, gone] },
      ['prod/api', 'batch/job'],
    ],
    ['are each named once', { openCount: 2, listed: [api, api] }, ['prod/api']],
    ['may be any when more are open than it names', { openCount: 2, listed: [api, gone] }, 'any'],
    [
      'may be any when more are over than it names',
      { openCount: 1, news: { ...nothing, resolved: 1 }, listed: [api] },
      'any',
    ],
    [
      'may be any when one was withdrawn and another given up',
      { openCount: 0, news: { ...nothing, withdrawn: 1, 'given-up': 1 }, listed: [gone] },
      'any',
    ],
    ['may be any when it is about something else', { openCount: 0, news: nothing, about: ['a line'] }, 'any'],
  ])('%s', (_, change, repositories) => {
    expect(repositoriesOf(noticeFor(group, change))).toEqual(repositories);
  });
});

describe('routes', () => {
  it('are written as pairs, and may be spaced', () => {
    const text = `severity:critical=${pager}, prefix:prod=${prod} ,prefix:batch/=${batch},`;
    expect(parseRoutes(text, 'us-east-1')).toEqual({ ok: true, value: routes });
    expect(parseRoutes('')).toEqual({ ok: true, value: [] });
  });

  it.each([
    ['nothing that anybody knows', 'pager', '"pager" is not severity:NAME=ARN or prefix:PREFIX=ARN'],
    ['no topic', 'severity:critical=', '"" is not the ARN of an SNS topic'],
    [
      'something that is no topic',
      'severity:critical=arn:aws:sqs:us-east-1:111122223333:q',
      'is not the ARN of an SNS topic',
    ],
    [
      'a topic elsewhere',
      `severity:critical=${topic('a', 'eu-west-1')}`,
      'is not in us-east-1, and SNS publishes within one Region',
    ],
    [
      'a severity that nothing open has',
      `severity:info=${pager}`,
      '"info" is no severity of a fault (critical, warning)',
    ],
    ['a prefix that no repository can have', `prefix:Prod=${prod}`, `"Prod" begins no repository's name`],
    ['something before it', `my-severity:critical=${pager}`, 'is not severity:NAME=ARN or prefix:PREFIX=ARN'],
    ['something on another line', `severity:critical=${pager}\nx`, 'is not severity:NAME=ARN'],
    ['a prefix that ends as no name can', `prefix:prod$=${prod}`, `"prod$" begins no repository's name`],
    ['an empty prefix', `prefix:=${prod}`, `"" begins no repository's name`],
  ])('with %s are a fault', (_, text, fault) => {
    expect(parseRoutes(text, 'us-east-1')).toEqual({ ok: false, fault: expect.stringContaining(fault) });
  });

  it('may name a warning, and a topic anywhere where the own Region is not known', () => {
    const elsewhere = topic('a', 'eu-west-1');
    expect(parseRoutes(`severity:warning=${elsewhere}`)).toEqual({
      ok: true,
      value: [{ by: 'severity', severity: 'warning', topicArn: elsewhere }],
    });
  });

  it.each([
    [5, ''],
    [6, ' and 1 more fault'],
    [7, ' and 2 more faults'],
  ])('with %d faults name five of them%s', (faults, more) => {
    const text = Array.from({ length: faults }, (_, n) => `${n}`).join(',');
    const named = [0, 1, 2, 3, 4].map((n) => `"${n}" is not severity:NAME=ARN or prefix:PREFIX=ARN`);
    expect(parseRoutes(text)).toEqual({ ok: false, fault: `${named.join(', ')}${more}` });
  });

  it('with several faults have all of them named', () => {
    const { ok, fault } = { fault: '', ...parseRoutes('a,severity:critical=b', 'us-east-1') };
    expect(ok).toBe(false);
    expect(fault).toMatch(/"a" is not .*, "b" is not the ARN/);
  });
});

describe('the configuration', () => {
  const environment = { INCIDENTS_TABLE: 'incidents', ALERT_TOPIC_ARN: everyone };

  it('reads routes from ALERT_TOPICS', () => {
    const ALERT_TOPICS = `severity:critical=${pager}`;
    const config = loadConfig({ ...environment, ALERT_TOPICS }, 'follow-up');
    expect(config).toMatchObject({ ok: true, value: { alertRoutes: [routes[0]] } });
  });

  it('names the faults of routes among the others', () => {
    const config = loadConfig({ ...environment, ALERT_TOPICS: 'x', DEADLINE_MINUTES: 'y' }, 'follow-up');
    expect(config).toMatchObject({
      ok: false,
      fault: expect.stringMatching(
        /DEADLINE_MINUTES: .*ALERT_TOPICS: "x" is not|ALERT_TOPICS: "x" is not.*DEADLINE_MINUTES: /,
      ),
    });
  });

  it.each([
    [{ SLACK_WEBHOOK_PARAMETER: ' /monitor/slack ' }, { ok: true, value: { parameter: '/monitor/slack' } }],
    [{}, { ok: false, fault: expect.stringContaining('SLACK_WEBHOOK_PARAMETER is not set') }],
    [
      { SLACK_WEBHOOK_PARAMETER: 'https://hooks.example.com/?x' },
      { ok: false, fault: expect.stringContaining('is not the name of an SSM parameter') },
    ],
  ])('of slack is the name of its parameter: %j', (own, expected) => {
    expect(loadSlackConfig(own)).toEqual(expected);
  });
});
