/** The audit's document: what adds up to what, how it is ordered, when it is clean; and its CSV. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf } from '../../lib/audit/csv.ts';
import type { AuditFinding } from '../../lib/audit/document.ts';
import { driftFinding } from '../../lib/audit/finding.ts';
import { createGathering, mostFindings } from '../../lib/audit/gather.ts';
import { lagOf } from '../../lib/audit/lag.ts';
import type { RepositoryComparison } from '../../lib/sweep/comparison.ts';
import { compared, drift, noCounts, repositoryWith } from '../audit-samples.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';

const place = { source, repository: 'prod-api', destination: ireland };
const end = { endedAt: 2_000, interrupted: false, calls: 7 };

function documentOf(comparisons: readonly RepositoryComparison[], findings: readonly AuditFinding[] = []) {
  const gathering = createGathering(1_000, {});
  for (const comparison of comparisons) gathering.addRepository(comparison, findings);
  return gathering.document(end);
}

describe('the document', () => {
  it('adds up the repositories of a route, with their lags', () => {
    const { routes } = documentOf([
      repositoryWith('a', [compared(), compared({ destination: sydney })]),
      repositoryWith('b', [
        compared({ counts: { ...noCounts, expected: 3, inSync: 1, missing: 2 }, lags: new Map([[9, 1]]) }),
      ]),
    ]);
    expect(routes).toMatchObject([
      {
        destination: '111122223333/eu-west-1',
        repositories: 2,
        expected: 4,
        inSync: 2,
        missing: 2,
        coverage: 0.5,
        lag: { p50: 3, max: 9 },
      },
      { destination: '111122223333/ap-southeast-2', repositories: 1, coverage: 1 },
    ]);
  });

  it.each<[string, Partial<typeof noCounts>, string]>([
    ['everything in sync', { expected: 1, inSync: 1 }, 'clean'],
    ['what is older than its rule', { expected: 1, history: 1 }, 'clean'],
    ['what is only there', { expected: 1, inSync: 1, extra: 4 }, 'clean'],
    ['what is still young', { young: 2 }, 'clean'],
    ['a missing image', { expected: 1, missing: 1 }, 'not-clean'],
    ['a tag that is elsewhere', { expected: 1, tagMismatch: 1 }, 'not-clean'],
    ['an archived image', { expected: 1, archived: 1 }, 'not-clean'],
  ])('with %s is %s', (_, counts, outcome) => {
    const comparison = repositoryWith('a', [compared({ counts: { ...noCounts, ...counts } })]);
    expect(documentOf([comparison]).outcome).toBe(outcome);
  });

  it('is not clean when nothing was expected anywhere', () => {
    expect(documentOf([]).outcome).toBe('not-clean');
  });

  it('is incomplete when a destination, a repository or a source could not be read, or it was stopped', () => {
    const why = 'access-denied';
    const destination = repositoryWith('a', [
      compared({ reading: { is: 'unreadable', why }, counts: noCounts }),
    ]);
    const repository: RepositoryComparison = {
      source,
      repository: 'a',
      reading: { is: 'unreadable', why },
      destinations: [],
    };
    for (const comparison of [destination, repository]) {
      const document = documentOf([comparison, repositoryWith('b', [compared()])]);
      expect(document).toMatchObject({
        outcome: 'incomplete',
        findings: [{ kind: 'unreadable', severity: 'critical' }],
      });
    }
    const gathering = createGathering(1_000, {});
    gathering.addUnreadableSource(source, why);
    expect(gathering.document(end)).toMatchObject({ outcome: 'incomplete', sources: [{ unreadable: why }] });
    const stopped = createGathering(1_000, {});
    stopped.addRepository(repositoryWith('a', [compared()]), []);
    expect(stopped.document({ ...end, interrupted: true }).outcome).toBe('incomplete');
  });

  it('leaves out a repository that is gone', () => {
    const gone: RepositoryComparison = { source, repository: 'a', reading: { is: 'gone' }, destinations: [] };
    expect(documentOf([gone]).repositories).toEqual([]);
  });

  it('lists the gravest findings first, and says how many are not listed', () => {
    const missing = driftFinding(place, {}, drift('missing'), 'image', { claim: { says: 'no-entry' } });
    const archived = driftFinding(place, {}, drift('archived'), 'image');
    const document = documentOf([repositoryWith('a', [compared()])], [archived, missing]);
    expect(document.findings.map(({ kind }) => kind)).toEqual(['missing', 'archived']);
    const many = documentOf([repositoryWith('a', [compared()])], Array(mostFindings + 5).fill(missing));
    expect([many.findings.length, many.findingsNotListed]).toEqual([mostFindings, 5]);
  });
});

describe('a finding', () => {
  const found = digestOf('other');
  const image = drift('missing').image;

  it.each<[string, AuditFinding, string, string]>([
    [
      'missing, no entry',
      driftFinding(place, {}, drift('missing'), 'image', { claim: { says: 'no-entry' } }),
      'missing',
      'never-started',
    ],
    [
      'missing, in progress',
      driftFinding(place, {}, drift('missing'), 'image', { claim: { says: 'IN_PROGRESS' } }),
      'missing',
      'still-in-progress',
    ],
    [
      'missing, complete',
      driftFinding(place, {}, drift('missing'), 'image', { claim: { says: 'COMPLETE' } }),
      'missing',
      'claimed-but-absent',
    ],
    [
      'missing, failed',
      driftFinding(place, {}, drift('missing'), 'image', { claim: { says: 'FAILED' } }),
      'missing',
      'failed-unknown',
    ],
    [
      'missing, failed, no repository',
      driftFinding(place, { repositoryAbsent: true }, drift('missing'), 'image', {
        claim: { says: 'FAILED' },
      }),
      'missing',
      'repository-not-created',
    ],
    ['missing, nobody asked', driftFinding(place, {}, drift('missing'), 'image'), 'missing', 'not-asked'],
    ['archived', driftFinding(place, {}, drift('archived'), 'image'), 'archived', 'archived'],
    [
      'a tag on another image',
      driftFinding(place, {}, { is: 'tag-mismatch', image, tag: '2', found }, 'image', {
        tagImmutable: true,
      }),
      'tag-mismatch',
      'tag-immutable',
    ],
    [
      'a tag that is nowhere',
      driftFinding(place, {}, { is: 'tag-mismatch', image, tag: '2' }, 'image'),
      'tag-mismatch',
      'tag-absent',
    ],
    ['older than the rule', driftFinding(place, {}, drift('history'), 'image'), 'history', 'older-than-rule'],
    ['only there', driftFinding(place, {}, drift('extra'), 'image'), 'extra', 'only-there'],
  ])('has its cause: %s', (_, finding, kind, cause) => {
    expect(finding).toMatchObject({ kind, cause, explanation: expect.stringMatching(/\.$/) });
  });

  it('says what ECR says, with its failure code', () => {
    const claim = { says: 'FAILED', failureCode: 'Whatever' } as const;
    const finding = driftFinding(place, {}, drift('missing'), 'index', { claim });
    expect(finding).toMatchObject({
      ecrSays: 'FAILED',
      failureCode: 'Whatever',
      part: 'index',
      severity: 'critical',
    });
  });
});

const someLags = fc.array(fc.tuple(fc.nat({ max: 200_000 }), fc.integer({ min: 1, max: 50 })), {
  minLength: 1,
});

describe('the lag', () => {
  it('counts each image in one bucket, and the last bucket holds the slowest', () => {
    fc.assert(
      fc.property(someLags, (pairs) => {
        const lags = new Map(pairs);
        const lag = lagOf(lags);
        const buckets = lag?.buckets ?? [];
        const total = [...lags.values()].reduce((sum, images) => sum + images, 0);
        expect(buckets.reduce((sum, { images }) => sum + images, 0)).toBe(total);
        const ends = buckets.map(({ upTo }) => upTo);
        expect(ends).toEqual(ends.toSorted((a, b) => a - b));
        expect(lag?.max).toBe(Math.max(...lags.keys()));
        expect(ends.at(-1)).toBeGreaterThanOrEqual(lag?.max ?? Number.POSITIVE_INFINITY);
      }),
    );
  });

  it('has the percentiles that sorting all images gives', () => {
    fc.assert(
      fc.property(someLags, (pairs) => {
        const lags = new Map(pairs);
        const all = [...lags]
          .flatMap(([seconds, images]) => Array<number>(images).fill(seconds))
          .sort((a, b) => a - b);
        const at = (share: number) => all[Math.ceil(all.length * share) - 1];
        expect(lagOf(lags)).toMatchObject({ p50: at(0.5), p90: at(0.9), p99: at(0.99) });
      }),
    );
  });

  it('is not there when no image tells', () => {
    expect(lagOf(new Map())).toBeUndefined();
  });
});

describe('the CSV', () => {
  const csv = (change: Partial<AuditFinding>): string => {
    const finding = { ...driftFinding(place, {}, drift('archived'), 'image'), ...change };
    return csvOf({ ...documentOf([]), findings: [finding] });
  };

  it('has a line of names, a line a finding, and CRLF after each', () => {
    const [head, line, rest] = csv({}).split('\r\n');
    expect(head).toBe(
      'kind,severity,source,destination,repository,tag,digest,part,pushedAt,count,ecrSays,failureCode,cause,explanation,cure',
    );
    expect(line).toMatch(
      /^archived,warning,111122223333\/us-east-1,111122223333\/eu-west-1,prod-api,1,sha256:/,
    );
    expect(rest).toBe('');
  });

  it.each([
    ['a comma and quotes', 'a "b", c', '"a ""b"", c"'],
    ['a line break', 'a\nb', 'a b'],
    ['a formula', '=HYPERLINK("x")', `"'=HYPERLINK(""x"")"`],
    ['a formula behind a space', ' +1', "' +1"],
    ['a formula by @', '@SUM(1)', "'@SUM(1)"],
    ['a control character', '\u001b[2J', ' [2J'],
  ])('makes %s harmless', (_, failureCode, cell) => {
    expect(csv({ failureCode })).toContain(`,${cell},archived,`);
  });
});
