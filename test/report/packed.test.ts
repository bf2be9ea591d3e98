/** The page carries the whole document, whatever is in it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditDocument } from '../../lib/audit/document.ts';
import { pack, unpack } from '../../lib/report/packed.ts';
import { severities } from '../../lib/report/query.ts';
import { audit, finding, row } from './documents.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const n = fc.nat({ max: 5 });
const counts = {
  expected: n,
  inSync: n,
  missing: n,
  history: n,
  tagMismatch: n,
  archived: n,
  extra: n,
  young: n,
};
const cell = fc.record(
  { destination: text, ...counts, repositoryAbsent: fc.constant(true as const), unreadable: text },
  {
    requiredKeys: [
      'destination',
      'expected',
      'inSync',
      'missing',
      'history',
      'tagMismatch',
      'archived',
      'extra',
      'young',
    ],
  },
);
const command = text.map((word) => word.replaceAll('\u0000', ''));
const cure = fc.record({ text, command }, { requiredKeys: ['text'] });
const anyFinding = fc.record(
  {
    ...{ kind: text, severity: fc.constantFrom(...severities), source: text, cause: text, explanation: text },
    ...{ destination: text, repository: text, digest: text, tag: text, part: text, pushedAt: text },
    ...{ count: fc.nat(), ecrSays: text, failureCode: text },
    cures: fc.array(cure, { maxLength: 3 }),
  },
  { requiredKeys: ['kind', 'severity', 'source', 'cause', 'explanation', 'cures'] },
);
const anyAudit: fc.Arbitrary<AuditDocument> = fc
  .record({
    repositories: fc.array(
      fc.record({
        source: text,
        repository: text,
        images: n,
        destinations: fc.array(cell, { maxLength: 3 }),
      }),
      { maxLength: 4 },
    ),
    findings: fc.array(anyFinding, { maxLength: 4 }),
  })
  .map(audit);

/** As it goes through the page. */
function carried(document: AuditDocument): AuditDocument {
  return unpack(JSON.parse(JSON.stringify(pack(document))));
}

describe('the packed document', () => {
  it('unpacks to what was packed', () => {
    fc.assert(
      fc.property(anyAudit, (document) => {
        expect(carried(document)).toEqual(document);
      }),
    );
  });

  it.each([
    ['words of a finding', 'aws --digest sha256:44 --image-ids imageTag=1 --repository-name e'],
    ['words that hold each other', 'r rr r=r =r t d'],
    ['characters of patterns', 'a.b (c) [d] $& $1 a+b'],
  ])('brings commands back with %s', (_, command) => {
    for (const words of [
      { digest: 'sha256:44', repository: 'e', tag: '1' },
      { repository: 'r', tag: 'rr', digest: 'd' },
      { repository: 'a.b', tag: '$&', digest: '(c)' },
      { repository: 'same', tag: 'same' },
    ]) {
      const document = audit({ findings: [finding({ ...words, cures: [{ text: 'Do:', command }] })] });
      expect(carried(document)).toEqual(document);
    }
  });

  it('holds what findings have in common once', () => {
    const many = Array.from({ length: 1000 }, (_, i) => {
      const repository = `prod/api-${i}`;
      return finding({
        repository,
        cures: [
          { text: 'Look there:', command: `aws ecr describe-images --repository-name ${repository} --x` },
        ],
      });
    });
    const packed = pack(audit({ findings: many }));
    expect(packed.cures).toHaveLength(1);
    expect(packed.texts.filter((known) => known.startsWith('ECR has no record'))).toHaveLength(1);
  });

  it('spends few bytes on a cell that is as it should be', () => {
    const rows = [row('prod/api', { expected: 120, inSync: 120 })];
    expect(JSON.stringify(pack(audit({ repositories: rows })).repositories[0]?.d)).toBe('[[1,0,0,120,120]]');
  });
});
