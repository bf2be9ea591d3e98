/** The document for machines: what it promises over a whole conversation, whatever is in it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeOf } from '../../lib/alert/cause.ts';
import { headline } from '../../lib/alert/headline.ts';
import { machineNotice, severityOf, statusOf } from '../../lib/alert/machine.ts';
import type { Incident } from '../../lib/incident/incident.ts';
import type { Notice, NoticeType } from '../../lib/incident/notice.ts';
import { closed, open, resolve } from '../../lib/incident/transition.ts';
import { type IncidentKind, incidentKinds } from '../../lib/replication/decision.ts';
import * as arbitrary from '../arbitraries.ts';
import { ireland, noticeFor, source, sydney } from '../samples.ts';
import { deadlineAt, firing, noticeOf, opened } from './examples.ts';

const minute = 60_000;
const hour = 60 * minute;

/** As a subscriber reads it: what is not known is not there. */
function documentOf(notice: Parameters<typeof machineNotice>[0]): Record<string, unknown> {
  return JSON.parse(JSON.stringify(machineNotice(notice)));
}

describe('the document of a notice', () => {
  it.each<[NoticeType, string]>([
    ['firing', 'firing'],
    ['update', 'firing'],
    ['reminder', 'firing'],
    ['clear', 'resolved'],
  ])('of type %s has the status %s', (type, status) => {
    expect(statusOf(noticeFor({ destination: ireland, kind: 'overdue' }, { type }))).toBe(status);
  });

  it.each<[IncidentKind, string]>([
    ['failed', 'critical'],
    ['overdue', 'critical'],
    ['contradicted', 'critical'],
    ['unreadable', 'critical'],
    ['not-allowed', 'critical'],
    ['history', 'warning'],
    ['incomplete', 'critical'],
    ['settings', 'info'],
    ['not-started', 'warning'],
    ['tag-mismatch', 'warning'],
    ['archived', 'warning'],
  ])('about what is %s is %s, and its all-clear information', (kind, severity) => {
    const group = { destination: ireland, kind };
    expect(severityOf(noticeFor(group, {}))).toBe(severity);
    expect(severityOf(noticeFor(group, { type: 'clear' }))).toBe('info');
  });

  it.each(['not-allowed', 'history'] as const)(
    'about what is %s has nothing to do next once it is over',
    (kind) => {
      const steps = (change: Partial<Notice>): unknown =>
        documentOf(noticeFor({ destination: ireland, kind }, { sources: [source], ...change }))['nextSteps'];
      expect(steps({})).not.toEqual([]);
      expect(steps({ type: 'clear' })).toEqual([]);
      const ways = noticeFor({ destination: ireland, kind }, {});
      expect(JSON.stringify(documentOf(ways)['nextSteps'])).not.toContain('command');
    },
  );

  it('has the commands of the steps that have one', () => {
    const [incident] = documentOf(firing(opened('unreadable', { unreadable: 'region-unavailable' })))[
      'incidents'
    ] as { commands: string[] }[];
    expect(incident?.commands).toEqual([expect.stringMatching(/^aws ecr describe-images /)]);
  });

  it('of what was given up is as bad as ever: it is not repaired', () => {
    const news = { open: 0, resolved: 5, withdrawn: 0, 'given-up': 1 };
    const end = noticeFor({ destination: ireland, kind: 'overdue' }, { type: 'clear', openCount: 0, news });
    expect(documentOf(end)).toMatchObject({ notice: 'clear', status: 'firing', severity: 'critical' });
  });

  it('has one fingerprint from the first notice to the all-clear, and when it comes back', () => {
    const wrong = opened('overdue', { seen: 'missing', ecrSays: 'IN_PROGRESS' });
    const first = firing(wrong);
    const reminder = noticeOf([wrong], deadlineAt + 25 * hour, first);
    const over = resolve(wrong, undefined, deadlineAt + 26 * hour);
    const clear = noticeOf([over], deadlineAt + 26 * hour, reminder);
    const found = { kind: wrong.kind, replica: wrong.replica, pushedAt: 0, deadlineSeconds: 1, evidence: {} };
    const back = open(found, over, deadlineAt + 30 * hour);
    const again = noticeOf([back], deadlineAt + 30 * hour, clear);
    const documents = [first, reminder, clear, again].map(documentOf);
    expect(documents.map(({ notice }) => notice)).toEqual(['firing', 'reminder', 'clear', 'firing']);
    expect(new Set(documents.map(({ fingerprint }) => fingerprint)).size).toBe(1);
    expect(documents.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  });

  it('has a fingerprint for each kind at each destination', () => {
    const groups = [ireland, sydney].flatMap((destination) =>
      incidentKinds.map((kind) => ({ destination, kind })),
    );
    const fingerprints = groups.map((group) => documentOf(noticeFor(group, {}))['fingerprint']);
    expect(new Set(fingerprints).size).toBe(groups.length);
  });

  it('says in its summary what people read first', () => {
    fc.assert(
      fc.property(arbitrary.notice, (notice) => {
        expect(documentOf(notice)['summary']).toBe(headline(notice));
      }),
    );
  });

  it('is JSON, and tells of every incident that is named and of how many are not', () => {
    fc.assert(
      fc.property(arbitrary.notice, (notice) => {
        const document = documentOf(notice);
        const incidents = document['incidents'] as readonly { state: string }[];
        expect(incidents.map(({ state }) => state)).toEqual(notice.listed.map(({ state }) => state));
        const namedOpen = incidents.filter(({ state }) => state === 'open').length;
        expect(document['openNotListed']).toBe(Math.max(0, notice.openCount - namedOpen));
      }),
    );
  });
});

describe('an incident in the document', () => {
  const wrong = opened('failed', { seen: 'missing', ecrSays: 'FAILED', failureCode: 'Some\nCode "1"' });

  function documentOfOne(incident: Incident): unknown {
    return (documentOf(noticeOf([incident], deadlineAt + hour))['incidents'] as readonly unknown[])[0];
  }

  it('has its evidence as it is, its cause by name, and the commands of its steps', () => {
    const cause = causeOf(wrong);
    expect(documentOfOne(wrong)).toMatchObject({
      evidence: wrong.evidence,
      cause: 'failed-unknown',
      explanation: cause.sentence,
      commands: cause.steps.map(({ command }) => command),
    });
  });

  it('says when it arrived and how late once it did, and nothing of that before', () => {
    expect(documentOfOne(wrong)).not.toHaveProperty('arrivedAt');
    expect(documentOfOne(wrong)).not.toHaveProperty('latenessSeconds');
    const over = resolve(wrong, deadlineAt + 5 * minute, deadlineAt + 6 * minute);
    expect(documentOfOne(over)).toMatchObject({
      state: 'resolved',
      arrivedAt: '2026-11-24T03:15:00.000Z',
      latenessSeconds: 300,
    });
  });

  it('counts how often it was opened', () => {
    const over = closed(wrong, 'resolved', deadlineAt + minute);
    const found = { kind: wrong.kind, replica: wrong.replica, pushedAt: 0, deadlineSeconds: 1, evidence: {} };
    expect(documentOfOne(wrong)).toMatchObject({ openings: 1 });
    expect(documentOfOne(open(found, over, deadlineAt + 2 * minute))).toMatchObject({ openings: 2 });
  });
});
