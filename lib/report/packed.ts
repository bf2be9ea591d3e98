/** The document as the page carries it: every text once, and commands without their own finding's words; nothing is lost. */

import type { AuditDocument, AuditedRepository, AuditFinding } from '../audit/document.ts';
import { severities } from './query.ts';

type Cell = AuditedRepository['destinations'][number];
type Cures = AuditFinding['cures'];

/** Texts and lists of cures are given by their place in `texts` and `cures`; -1 stands for none. */
export interface PackedDocument {
  readonly about: Omit<AuditDocument, 'repositories' | 'findings'>;
  readonly repositories: readonly PackedRepository[];
  readonly findings: readonly PackedFinding[];
  readonly texts: readonly string[];
  readonly cures: readonly Cures[];
}
interface PackedRepository {
  readonly s: number;
  readonly r: string;
  readonly i: number;
  /** Destination, fault of reading, 1 if the repository is absent, then the counts; zeros at the end are left out. */
  readonly d: readonly (readonly number[])[];
}
interface PackedFinding {
  /** By `textKeys`; what is left out at the end is none. */
  readonly t: readonly number[];
  readonly c: number;
  readonly d?: string;
  readonly n?: number;
}

const textKeys = [
  ...(['kind', 'severity', 'source', 'cause', 'explanation', 'destination', 'repository', 'tag'] as const),
  ...(['part', 'pushedAt', 'ecrSays', 'failureCode'] as const),
];
const countKeys = [
  ...(['expected', 'inSync', 'missing', 'history', 'tagMismatch', 'archived', 'extra', 'young'] as const),
];

export function pack({ repositories, findings, ...about }: AuditDocument): PackedDocument {
  const texts = placesOfEach<string>((text) => text);
  const cures = placesOfEach<Cures>((list) => JSON.stringify(list));
  return {
    about,
    repositories: repositories.map(({ source, repository, images, destinations }) => ({
      s: texts.placeOf(source),
      r: repository,
      i: images,
      d: destinations.map((cell) => packedCell(cell, texts.placeOf)),
    })),
    findings: findings.map((finding) => ({
      t: withoutTail(
        textKeys.map((key) => texts.placeOf(finding[key])),
        -1,
      ),
      c: cures.placeOf(
        finding.cures.map((cure) => withCommand(cure, (command) => shortened(command, finding))),
      ),
      ...(finding.digest === undefined ? {} : { d: finding.digest }),
      ...(finding.count === undefined ? {} : { n: finding.count }),
    })),
    texts: texts.all,
    cures: cures.all,
  };
}

export function unpack({ about, repositories, findings, texts, cures }: PackedDocument): AuditDocument {
  const text = (place: number | undefined): string | undefined => texts[place ?? -1];
  return {
    ...about,
    repositories: repositories.map(({ s, r, i, d }) => ({
      source: text(s) ?? '',
      repository: r,
      images: i,
      destinations: d.map((cell) => unpackedCell(cell, text)),
    })),
    findings: findings.map(({ t, c, d, n }) => {
      const [kind, severity, source, cause, explanation, ...rest] = textKeys.map((_, i) => text(t[i]));
      const [destination, repository, tag, part, pushedAt, ecrSays, failureCode] = rest;
      const words = { repository, tag, digest: d };
      return {
        kind: kind ?? '',
        severity: severities.find((known) => known === severity) ?? 'critical',
        source: source ?? '',
        ...(destination === undefined ? {} : { destination }),
        ...(repository === undefined ? {} : { repository }),
        ...(d === undefined ? {} : { digest: d }),
        ...(tag === undefined ? {} : { tag }),
        ...(part === undefined ? {} : { part }),
        ...(pushedAt === undefined ? {} : { pushedAt }),
        ...(n === undefined ? {} : { count: n }),
        ...(ecrSays === undefined ? {} : { ecrSays }),
        ...(failureCode === undefined ? {} : { failureCode }),
        cause: cause ?? '',
        explanation: explanation ?? '',
        cures: (cures[c] ?? []).map((cure) => withCommand(cure, (command) => whole(command, words))),
      };
    }),
  };
}

function packedCell(cell: Cell, placeOf: (text: string | undefined) => number): readonly number[] {
  const { destination, unreadable, repositoryAbsent } = cell;
  const counts = countKeys.map((key) => cell[key]);
  return withoutTail([placeOf(destination), placeOf(unreadable) + 1, repositoryAbsent ? 1 : 0, ...counts], 0);
}

function unpackedCell(
  [destination, fault = 0, absent, ...counts]: readonly number[],
  text: (place: number | undefined) => string | undefined,
): Cell {
  const [expected = 0, inSync = 0, missing = 0, history = 0, tagMismatch = 0, archived = 0, ...rest] = counts;
  const [extra = 0, young = 0] = rest;
  const unreadable = text(fault - 1);
  return {
    ...{ expected, inSync, missing, history, tagMismatch, archived, extra, young },
    destination: text(destination ?? 0) ?? '',
    ...(absent === 1 ? { repositoryAbsent: true } : {}),
    ...(unreadable === undefined ? {} : { unreadable }),
  };
}

function withCommand(cure: Cures[number], change: (command: string) => string): Cures[number] {
  return cure.command === undefined ? cure : { ...cure, command: change(cure.command) };
}

type Words = Pick<AuditFinding, 'digest' | 'repository' | 'tag'>;
/** No command of a shell holds the character NUL. */
const nothing = '\u0000';
const marks = { digest: `${nothing}d`, repository: `${nothing}r`, tag: `${nothing}t` } as const;
const anyMark = new RegExp(`${nothing}[drt]`, 'g');
const markKeys = ['digest', 'repository', 'tag'] as const;

/**
 * Commands of a thousand findings differ in these words only. They are looked for between blanks and `=`: a tag such
 * as `1` is not to be found in every number.
 */
function shortened(command: string, words: Words): string {
  if (command.includes(nothing)) return command;
  return command
    .split(/([\s=])/)
    .map((piece) => {
      const key = piece === '' ? undefined : markKeys.find((candidate) => words[candidate] === piece);
      return key === undefined ? piece : marks[key];
    })
    .join('');
}

function whole(command: string, words: { readonly [K in keyof Words]?: string | undefined }): string {
  return command.replaceAll(anyMark, (mark) => {
    const key = markKeys.find((candidate) => marks[candidate] === mark);
    return (key === undefined ? undefined : words[key]) ?? mark;
  });
}

function placesOfEach<T>(keyOf: (value: T) => string): {
  readonly all: readonly T[];
  readonly placeOf: (value: T | undefined) => number;
} {
  const all: T[] = [];
  const places = new Map<string, number>();
  return {
    all,
    placeOf: (value) => {
      if (value === undefined) return -1;
      const key = keyOf(value);
      const place = places.get(key) ?? all.push(value) - 1;
      places.set(key, place);
      return place;
    },
  };
}

function withoutTail(numbers: readonly number[], filler: number): readonly number[] {
  return numbers.slice(0, numbers.findLastIndex((n) => n !== filler) + 1);
}
