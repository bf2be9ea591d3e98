/** Lines for the AWS CLI held against the requests of the installed SDK: verbs, flags and the parts of their values. */

import * as ecr from '@aws-sdk/client-ecr';
import { expect } from 'vitest';

/** A line as a shell takes it apart: plain words, words in single quotes, and one command within double quotes. */
function wordsOf(line: string): readonly string[] {
  const words = line.match(/"\$\([^"]*\)"|'[^']*'|[^\s'"]+/g) ?? [];
  expect(words.join(' ')).toBe(line);
  return words;
}

type Structure = readonly [
  id: number,
  space: string,
  name: string,
  traits: unknown,
  members: string[],
  types: unknown[],
  required?: number,
];
type Shapes = Readonly<Record<string, unknown>>;

/** Flags of the AWS CLI itself, which are members of no request. */
const ownFlags = ['--region', '--query', '--output'];

/** What is wrong with a line by the shapes of the installed SDK; lines within it are held against theirs. */
export function faultsOf(line: string): readonly string[] {
  const [aws, service, verb = '', ...flags] = wordsOf(line);
  if (aws !== 'aws' || service !== 'ecr') return [`not of the AWS CLI: ${line}`];
  const request = requestOf(verb);
  if (request === undefined) return [`no such command: ${verb}`];
  const given = new Map<string, string>();
  for (let at = 0; at < flags.length; at += 2) given.set(flags[at] ?? '', flags[at + 1] ?? '');
  for (const flag of ownFlags) given.delete(flag);
  const members = Object.fromEntries(
    [...given].map(([flag, value]) => [camelCase(flag.replace(/^--/, '')), value]),
  );
  return faultsOfMembers(request, members, `${verb}: `);
}

export function requestOf(verb: string): Structure | undefined {
  return (ecr as Shapes)[`${camelCase(`-${verb}`)}Request$`] as Structure | undefined;
}

function faultsOfMembers(
  shape: Structure,
  given: Readonly<Record<string, string>>,
  where: string,
): readonly string[] {
  const [, , , , members, types, required = 0] = shape;
  const missing = members.slice(0, required).filter((member) => given[member] === undefined);
  return [
    ...missing.map((member) => `${where}${member} is missing`),
    ...Object.entries(given).flatMap(([member, value]) => {
      const at = members.indexOf(member);
      return at < 0 ? [`${where}no member ${member}`] : faultsOfValue(types[at], value, `${where}${member} `);
    }),
  ];
}

function faultsOfValue(type: unknown, value: string, where: string): readonly string[] {
  if (value.startsWith('"$(')) return faultsOf(value.slice(3, -2));
  const shape = typeof type === 'function' ? type() : type;
  if (!Array.isArray(shape)) return value === '' || value.startsWith('-') ? [`${where}has no value`] : [];
  // Smithy: 1 is a list of its last element, 3 a structure. A list of one is written as its element.
  if (shape[0] === 1) return faultsOfValue(shape[4], value, where);
  const parts = value
    .split(',')
    .map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]);
  return faultsOfMembers(shape as unknown as Structure, Object.fromEntries(parts), where);
}

/** `-image-ids` → `ImageIds`, `image-ids` → `imageIds`. */
function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
