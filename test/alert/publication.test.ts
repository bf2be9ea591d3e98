/** One SNS publication for a notice: within every limit, whatever is in it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeLimit, publicationLimit, subjectLimit, textLimit } from '../../lib/alert/limits.ts';
import { publicationOf } from '../../lib/alert/publication.ts';
import { fingerprint, groupKey } from '../../lib/incident/incident.ts';
import { resolve } from '../../lib/incident/transition.ts';
import type { Publication } from '../../lib/ports.ts';
import type { IncidentKind } from '../../lib/replication/decision.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf, ireland, noticeFor } from '../samples.ts';
import { deadlineAt, firing, noticeOf, opened } from './examples.ts';

const minute = 60_000;
const overdue = opened('overdue', { seen: 'missing', ecrSays: 'IN_PROGRESS' });

/** What SNS counts: the message, which is the texts as JSON, and the attributes with their types. */
function bytesOf({ texts, attributes }: Publication): number {
  const own = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value]);
  return [JSON.stringify(texts), ...own].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

function documentOf(publication: Publication): Record<string, unknown> {
  return JSON.parse(publication.texts.default);
}

describe('a publication', () => {
  it('says in its subject and attributes what it is about', () => {
    const { subject, attributes } = publicationOf(firing(overdue));
    expect(subject).toBe('[firing] prod-api:1.4.2 overdue in eu-west-1 (111122223333)');
    expect(attributes).toEqual({
      severity: 'critical',
      status: 'firing',
      kind: 'overdue',
      destinationRegion: 'eu-west-1',
      repository: 'prod-api',
    });
  });

  it('of an all-clear is information, and resolved', () => {
    const over = resolve(overdue, deadlineAt + 5 * minute, deadlineAt + 6 * minute);
    const { subject, attributes } = publicationOf(noticeOf([over], deadlineAt + 6 * minute, firing(overdue)));
    expect(subject).toMatch(/^\[resolved\] prod-api:1\.4\.2 /);
    expect(attributes).toMatchObject({ severity: 'info', status: 'resolved', kind: 'overdue' });
  });

  it.each<[IncidentKind, string]>([
    ['failed', 'critical'],
    ['overdue', 'critical'],
    ['contradicted', 'critical'],
    ['unreadable', 'critical'],
    ['not-started', 'warning'],
    ['tag-mismatch', 'warning'],
    ['archived', 'warning'],
  ])('of what is %s is %s', (kind, severity) => {
    expect(publicationOf(firing(opened(kind, {}))).attributes).toMatchObject({ kind, severity });
  });

  it('of several repositories names none in its attributes', () => {
    const web = opened('overdue', {}, { repository: 'prod-web', digest: digestOf('prod-web') });
    expect(publicationOf(firing(overdue, web)).attributes).toMatchObject({ repository: '*' });
    const api = opened('overdue', {}, { digest: digestOf('another image of prod-api') });
    expect(publicationOf(firing(overdue, api)).attributes).toMatchObject({ repository: 'prod-api' });
  });

  it('of more images than it lists names no repository: those not listed may be of another', () => {
    const many = Array.from({ length: 21 }, (_, n) => opened('overdue', {}, { digest: digestOf(`${n}`) }));
    expect(publicationOf(firing(...many)).attributes).toMatchObject({ repository: '*' });
  });

  it('of an all-clear of more images than it lists names no repository either', () => {
    const many = Array.from({ length: 25 }, (_, n) =>
      opened('overdue', {}, { digest: digestOf(`${n}`), repository: n < 20 ? 'prod-api' : 'prod-web' }),
    );
    const over = many.map((incident) => resolve(incident, undefined, deadlineAt + 6 * minute));
    const clear = noticeOf(over, deadlineAt + 6 * minute, firing(...many));
    expect(publicationOf(clear).attributes).toMatchObject({ repository: '*' });
  });

  it('names a repository that fits into an attribute, to its last byte', () => {
    const repositoryOf = (length: number): string | undefined =>
      publicationOf(firing(opened('overdue', {}, { repository: 'r'.repeat(length) }))).attributes[
        'repository'
      ];
    const most = attributeLimit - '""'.length;
    expect(repositoryOf(most)).toBe('r'.repeat(most));
    expect(repositoryOf(most + 1)).toBe('*');
  });

  it('keeps within every limit of SNS, whatever is in the notice', () => {
    fc.assert(
      fc.property(arbitrary.notice, (notice) => {
        const publication = publicationOf(notice);
        expect(publication.subject).toMatch(/^[\x21-\x7e][\x20-\x7e]*$/);
        expect(publication.subject.length).toBeLessThanOrEqual(subjectLimit);
        for (const text of Object.values(publication.texts)) {
          expect(text.length).toBeGreaterThan(0);
          expect(Buffer.byteLength(JSON.stringify(text))).toBeLessThanOrEqual(textLimit);
        }
        expect(bytesOf(publication)).toBeLessThanOrEqual(publicationLimit);
        for (const value of Object.values(publication.attributes)) expect(value).not.toBe('');
        // SNS Developer Guide, "Subscription filter policies": five keys at most.
        expect(Object.keys(publication.attributes).length).toBeLessThanOrEqual(5);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the document for machines', () => {
  it('has the same fingerprint and other numbers for every notice of a conversation', () => {
    const first = firing(overdue);
    const reminder = noticeOf([overdue], deadlineAt + 25 * 60 * minute, first);
    const over = resolve(overdue, undefined, deadlineAt + 30 * 60 * minute);
    const clear = noticeOf([over], deadlineAt + 30 * 60 * minute, reminder);
    const documents = [first, reminder, clear].map(publicationOf).map(documentOf);
    expect(documents.map(({ notice, status, sequence }) => [notice, status, sequence])).toEqual([
      ['firing', 'firing', 1],
      ['reminder', 'firing', 2],
      ['clear', 'resolved', 3],
    ]);
    expect(new Set(documents.map((one) => one['fingerprint']))).toEqual(
      new Set([fingerprint(groupKey(first.group))]),
    );
  });

  it('says of each incident what it is, what is known and what to run', () => {
    const failed = opened('failed', { seen: 'missing', ecrSays: 'FAILED', failureCode: 'Some Code' });
    expect(documentOf(publicationOf(firing(failed)))).toMatchObject({
      version: '1',
      type: 'ecr-replication-notice',
      notice: 'firing',
      severity: 'critical',
      kind: 'failed',
      destination: { account: '111122223333', region: 'eu-west-1' },
      summary: 'prod-api:1.4.2 failed to replicate to eu-west-1 (111122223333)',
      since: '2026-11-24T03:10:00.000Z',
      sentAt: '2026-11-24T03:10:09.000Z',
      open: 1,
      news: { opened: 1, resolved: 0, withdrawn: 0, givenUp: 0 },
      openNotListed: 0,
      incidents: [
        {
          fingerprint: fingerprint(failed.id),
          state: 'open',
          image: 'prod-api:1.4.2',
          repository: 'prod-api',
          digest: digestOf('prod-api'),
          tag: '1.4.2',
          source: { account: '111122223333', region: 'us-east-1' },
          pushedAt: '2026-11-24T02:40:00.000Z',
          deadlineSeconds: 1800,
          evidence: { seen: 'missing', ecrSays: 'FAILED', failureCode: 'Some Code' },
          cause: 'failed-unknown',
          commands: expect.arrayContaining([expect.stringMatching(/^aws ecr /)]),
        },
      ],
    });
  });

  it('says how many lines it leaves out where there are too many', () => {
    const about = Array.from({ length: 3_000 }, (_, n) => `line ${n} ${'x'.repeat(50)}`);
    const shown = documentOf(publicationOf(noticeFor({ destination: ireland, kind: 'settings' }, { about })))[
      'about'
    ] as string[];
    expect(shown.slice(0, -1)).toEqual(about.slice(0, shown.length - 1));
    expect(shown.at(-1)).toBe(`… and ${(3_001 - shown.length).toLocaleString('en-US')} more lines`);
    expect(shown.length).toBeGreaterThan(700);
  });

  it('leaves nothing out that fits, to the last byte', () => {
    const textWith = (length: number): string =>
      publicationOf(noticeFor({ destination: ireland, kind: 'settings' }, { about: ['x'.repeat(length)] }))
        .texts.default;
    const most = textLimit - Buffer.byteLength(JSON.stringify(textWith(0)));
    expect(JSON.parse(textWith(most)).about).toEqual(['x'.repeat(most)]);
    expect(JSON.parse(textWith(most + 1)).about).toEqual(['… and 1 more line']);
  });

  it('has no lines of its own where even one image is too long', () => {
    const long = opened('overdue', {}, { repository: 'r'.repeat(100_000) });
    const document = documentOf(publicationOf(firing(long)));
    expect(document).toMatchObject({ open: 1, incidents: [], openNotListed: 1 });
    expect(document).not.toHaveProperty('about');
  });

  it('is written, whatever its length, when nothing is left to leave out', () => {
    const destination = { account: '1', region: 'x'.repeat(100_000) };
    const document = documentOf(
      publicationOf(noticeFor({ destination, kind: 'settings' }, { about: ['a', 'b'] })),
    );
    expect(document).toMatchObject({ destination, about: ['… and 2 more lines'] });
  });

  it('is JSON with the fingerprint of its group, and counts what it does not list, whatever is in the notice', () => {
    fc.assert(
      fc.property(arbitrary.notice, (notice) => {
        const document = documentOf(publicationOf(notice));
        const incidents = document['incidents'] as { state: string }[];
        const open = incidents.filter(({ state }) => state === 'open').length;
        expect(document).toMatchObject({
          fingerprint: fingerprint(groupKey(notice.group)),
          sequence: notice.sequence,
          openNotListed: Math.max(0, notice.openCount - open),
        });
      }),
      { numRuns: 100 },
    );
  });
});
