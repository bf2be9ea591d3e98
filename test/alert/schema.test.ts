// The two documents that others read, against their written schemas, and the limits of what SNS takes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causes } from '../../lib/alert/cause.ts';
import { chatDescriptionLimit, chatTitleLimit, publicationLimit, textLimit } from '../../lib/alert/limits.ts';
import { publicationOf } from '../../lib/alert/publication.ts';
import type { Notice } from '../../lib/incident/notice.ts';
import type { Publication } from '../../lib/ports.ts';
import { incidentKinds } from '../../lib/replication/decision.ts';
import { readFaults } from '../../lib/replication/verdict.ts';
import { notice as anyNotice, strangeText } from '../arbitraries.ts';
import { digestOf } from '../samples.ts';
import { firing, opened } from './examples.ts';

const schemas = {
  notice: JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/notice.schema.json'), 'utf8')),
  chat: JSON.parse(readFileSync(join(import.meta.dirname, '../../docs/chat.schema.json'), 'utf8')),
};
const ajv = new Ajv2020({ strict: true, allErrors: true });
const validate = { notice: ajv.compile(schemas.notice), chat: ajv.compile(schemas.chat) };

function faultsOf(publication: Publication): unknown {
  const { default: machine, https } = publication.texts;
  const faults = (['notice', 'chat'] as const).flatMap((form) => {
    const document: unknown = JSON.parse((form === 'notice' ? machine : https) ?? 'null');
    return validate[form](document) ? [] : [{ form, errors: validate[form].errors, document }];
  });
  return faults.slice(0, 1);
}

/** SNS: all parts of the attributes are part of the message; whether the subject is, nobody says. */
function bytesOf({ subject, texts, attributes }: Publication): number {
  const parts = [subject, JSON.stringify(texts)];
  for (const [name, value] of Object.entries(attributes)) parts.push(name, 'String', value);
  return parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0);
}

/** Names that ECR does not allow, and as long as anything. */
const strangeNotice: fc.Arbitrary<Notice> = fc
  .tuple(anyNotice, fc.array(strangeText, { minLength: 3, maxLength: 3 }))
  .map(([notice, [repository = '', tag = '', about = '']]) => ({
    ...notice,
    about: [about, tag, repository],
    listed: notice.listed.map((incident) => ({
      ...incident,
      replica: { ...incident.replica, repository, ...(tag === '' ? {} : { tag }) },
    })),
  }));

describe('every notice', () => {
  it('is a machine document and a chat message of the written shape, within what SNS takes', () => {
    fc.assert(
      fc.property(anyNotice, (notice) => {
        const publication = publicationOf(notice);
        expect(faultsOf(publication)).toEqual([]);
        expect(bytesOf(publication)).toBeLessThanOrEqual(publicationLimit);
      }),
      { numRuns: 500 },
    );
  });

  it('fits into SNS and into a chat even with names that ECR would never allow', () => {
    fc.assert(
      fc.property(strangeNotice, (notice) => {
        const publication = publicationOf(notice);
        expect(bytesOf(publication)).toBeLessThanOrEqual(publicationLimit);
        const { title, description } = JSON.parse(publication.texts.https ?? '').content;
        expect(title.length).toBeLessThanOrEqual(chatTitleLimit);
        expect(description.length).toBeLessThanOrEqual(chatDescriptionLimit);
        expect(title + description).toSatisfy((text: string) => text.isWellFormed());
      }),
      { numRuns: 60 },
    );
  });

  it('has an attribute of each name that filter policies know, none of them empty', () => {
    fc.assert(
      fc.property(anyNotice, (notice) => {
        const { attributes } = publicationOf(notice);
        expect(Object.keys(attributes).sort()).toEqual([
          ...['destinationRegion', 'kind', 'repository', 'severity', 'status'],
        ]);
        expect(Object.values(attributes).every((value) => value.length > 0)).toBe(true);
      }),
    );
  });

  it('leaves room for three texts and the attributes together', () => {
    expect(3 * textLimit + 20_000).toBeLessThanOrEqual(publicationLimit);
  });
});

describe('a document that would be too long', () => {
  it('names fewer images, and counts the others', () => {
    const repository = '"'.repeat(20_000);
    const many = Array.from({ length: 500 }, (_, n) =>
      opened('overdue', {}, { repository, digest: digestOf(`${n}`) }),
    );
    const machine = JSON.parse(publicationOf(firing(...many)).texts.default);
    expect(machine.incidents.length).toBeLessThan(20);
    expect(machine.openNotListed).toBe(500 - machine.incidents.length);
  });

  it('has a failure code that is cut, says so, and says how to see the whole', () => {
    const failureCode = 'x'.repeat(100_000);
    const { texts } = publicationOf(firing(opened('failed', { ecrSays: 'FAILED', failureCode })));
    const cut = /x{100,300}… \(cut; aws ecr describe-image-replication-status shows it whole\)/;
    expect(texts.default).toMatch(cut);
    expect(texts.email).toMatch(cut);
    expect(JSON.parse(texts.https ?? '').content.description).toContain('(cut; aws ecr describe-image');
  });
});

describe('the schema of notices', () => {
  it.each([
    ['kinds', schemas.notice.$defs.kind.enum, incidentKinds],
    ['causes', schemas.notice.$defs.cause.enum, Object.keys(causes)],
    ['read faults', schemas.notice.$defs.evidence.properties.unreadable.enum, readFaults],
  ])('names the %s that the code knows', (_, written, known) => {
    expect([...written].sort()).toEqual([...known].sort());
  });

  it.each(Object.keys(schemas))('describes every field (%s)', (form) => {
    expect(undescribed(schemas[form as keyof typeof schemas], schemas[form as keyof typeof schemas])).toEqual(
      [],
    );
  });

  it.each([
    ['a field that nobody described', { more: 1 }],
    ['another version', { version: '2' }],
    ['a kind that nobody knows', { kind: 'lost' }],
    ['a negative count', { open: -1 }],
  ])('refuses %s', (_, change) => {
    const document = JSON.parse(publicationOf(firing(opened('overdue', {}))).texts.default);
    expect(validate.notice(document)).toBe(true);
    expect(validate.notice({ ...document, ...change })).toBe(false);
  });
});

interface Schema {
  readonly description?: string;
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
}

/** Paths of properties that neither say what they mean nor refer to something that does. */
function undescribed(schema: Schema, root: Schema, path = ''): readonly string[] {
  const children = [...Object.entries(schema.properties ?? {}), ...Object.entries(schema.$defs ?? {})];
  return children.flatMap(([name, child]) => {
    const target = root.$defs?.[child.$ref?.split('/').at(-1) ?? ''];
    const here = (child.description ?? target?.description) === undefined ? [`${path}/${name}`] : [];
    return [...here, ...undescribed(child, root, `${path}/${name}`)];
  });
}
