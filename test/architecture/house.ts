// The rules of the house: who may import whom, and what a file may look like. A new room begins with a line here.
import { dirname, join, normalize } from 'node:path';
import { codeOnly, importsOf, openingComment } from './source.ts';

/**
 * A room is a folder or a file in lib/, or functions/. It may import the rooms named in its line, which all stand
 * above it: arrows only point down. `pure` and `use cases` have no clock, chance, environment or I/O of their own.
 * `*` stands for every room above, `node:*` and `@aws-sdk/*` for all that begin so.
 */
const table = `
  room        | kind      | may import                                                              | from outside
  parsed      | pure      |                                                                         |
  image       | pure      | parsed                                                                  |
  event       | pure      | parsed image                                                            | valibot
  replication | pure      | parsed image                                                            |
  incident    | pure      | parsed image replication                                                | node:crypto
  metric      | pure      | parsed image replication incident                                       |
  sweep       | pure      | parsed image replication incident metric                                |
  ports       | pure      | parsed image replication incident metric sweep                          |
  policies    | pure      | replication incident                                                    |
  alert       | pure      | parsed image event replication incident metric ports sweep              |
  audit       | pure      | parsed image replication incident metric sweep alert                    |
  report      | pure      | parsed audit alert                                                      | node:crypto
  page        | shell     | audit alert report                                                      |
  log         | pure      | ports                                                                   |
  setting     | pure      | parsed image replication alert sweep                                    |
  config      | pure      | parsed image replication policies alert setting sweep                   | valibot
  monitor     | use cases | parsed image event replication incident metric ports policies alert audit sweep | p-limit
  aws         | adapter   | parsed image event replication incident metric ports alert setting config sweep | @aws-sdk/* valibot p-limit node:crypto node:tls
  slack       | adapter   | ports                                                                   | node:http node:https
  local       | adapter   | parsed image event replication incident metric sweep ports              | @aws-sdk/* node:* valibot aws-lambda dynalite fauxqs
  lambda      | shell     | parsed event ports log config monitor aws slack sweep                   | aws-lambda
  functions   | shell     | lambda monitor                                                          | aws-lambda
  cli         | shell     | *                                                                       | node:* valibot commander aws-lambda cli-table3 log-update
`;

export interface Room {
  readonly name: string;
  readonly kind: string;
  readonly below: readonly string[];
  readonly outside: readonly string[];
}

export const rooms: ReadonlyMap<string, Room> = new Map(readTable(table).map((room) => [room.name, room]));

function readTable(text: string): readonly Room[] {
  const [, ...lines] = text.trim().split('\n');
  const above: string[] = [];
  return lines.map((line) => {
    const [name = '', kind = '', below = '', outside = ''] = line.split('|').map((cell) => cell.trim());
    const room = {
      name,
      kind,
      below: below === '*' ? [...above] : wordsIn(below),
      outside: wordsIn(outside),
    };
    above.push(name);
    return room;
  });
}

function wordsIn(cell: string): readonly string[] {
  return cell.split(/\s+/).filter(Boolean);
}

/** `lib/image/digest.ts` → `image`, `lib/ports.ts` → `ports`, `functions/sweep.ts` → `functions`. */
export function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'lib' ? second.replace(/\.ts$/, '') : top;
}

const withoutWorld: readonly (readonly [string, RegExp])[] = [
  ['a clock', /\bDate\.now\b|\bnew Date\(\s*\)|(?<!new )\bDate\(\s*\)|\bperformance\b/],
  ['chance', /\bMath\.random\b|\brandom(?:UUID|Bytes|Int)\b|\bgetRandomValues\b/],
  ['the environment', /\bprocess\b/],
  ['a timer', /\bset(?:Timeout|Interval|Immediate)\b/],
  ['the network or the console', /\bfetch\(|\bconsole\.(?:log|info|warn|error|debug)\b/],
];

/** What is wrong with a file of lib/ or functions/, each fault in one line. */
export function faultsOf(path: string, source: string): readonly string[] {
  return [
    ...faultsOfImports(path, source),
    ...faultsOfWorld(path, source),
    ...faultsOfShape(path, source),
    ...faultsOfNames(path, source),
  ].map((fault) => `${path}: ${fault}`);
}

function faultsOfImports(path: string, source: string): readonly string[] {
  const room = rooms.get(roomOf(path));
  if (room === undefined)
    return [`the room ${roomOf(path)} is not in the table of test/architecture/house.ts`];
  return importsOf(source).flatMap((specifier) => {
    if (specifier === '?') return ['imports what only running it would tell'];
    if (!specifier.startsWith('.')) {
      const known = room.outside.some((name) =>
        name.endsWith('*') ? specifier.startsWith(name.slice(0, -1)) : specifier === name,
      );
      return known ? [] : [`${room.name} may not import ${specifier}`];
    }
    const target = roomOf(normalize(join(dirname(path), specifier)));
    return target === room.name || room.below.includes(target)
      ? []
      : [`${room.name} may not import ${target}`];
  });
}

function faultsOfWorld(path: string, source: string): readonly string[] {
  const kind = rooms.get(roomOf(path))?.kind;
  if (kind !== 'pure' && kind !== 'use cases') return [];
  const code = codeOnly(source);
  return withoutWorld.filter(([, used]) => used.test(code)).map(([what]) => `has ${what} of its own`);
}

function faultsOfShape(path: string, source: string): readonly string[] {
  const faults: string[] = [];
  const lines = source.trimEnd().split('\n').length;
  const most = path.startsWith('functions/') ? 40 : 200;
  if (lines > most) faults.push(`has ${lines} lines, more than ${most}`);
  if (path.split('/').length > (path.startsWith('functions/') ? 2 : 3))
    faults.push('lies deeper than lib/<room>/<file>.ts');
  if (!/^\S+ \S+.*\S[.:?!]/.test(openingComment(source)))
    faults.push('does not open with a sentence of purpose');
  const code = codeOnly(source).trim();
  if (/\/index\.ts$/.test(path) || /^(?:export\s[^;]*\sfrom\s*'';?\s*)+$/.test(code))
    faults.push('is a barrel');
  if (/(?:[:<,|&(=]|\b(?:as|extends|satisfies))\s*any\b|\bany\[\]/.test(code)) faults.push('says any');
  return faults;
}

const emptyWords = /\w(?:Manager|Service|Helper|Utils?|Impl)$/;

function faultsOfNames(path: string, source: string): readonly string[] {
  const faults: string[] = [];
  if (/(?:^|\/)(?:utils?|helpers?|common|shared|misc|types)(?:\/|\.ts$)/.test(path))
    faults.push('has a name that says nothing');
  for (const [, name = ''] of codeOnly(source).matchAll(
    /\b(?:class|interface|type|enum|function|const|let)\s+(\w+)/g,
  )) {
    if (emptyWords.test(name)) faults.push(`${name} says nothing of what it is`);
  }
  return faults;
}

const unfinished =
  /\b(?:TO[D]O|FIX[M]E|XX[X]|HAC[K])\b|@ts-(?:ignore|expect-error|nocheck)|\bdebugger;|\b(?:it|test|describe)\.only\(/;
const someMachine = /(?<![\w.])\/(?:home|root|Users)\/\w/;

/** What may not stand in any file of the tree. */
export function unwantedIn(path: string, text: string): readonly string[] {
  return [
    ...(unfinished.test(text) ? [`${path}: is not finished (${unfinished.exec(text)?.[0]})`] : []),
    ...(someMachine.test(text) ? [`${path}: names a path of somebody's machine`] : []),
  ];
}
