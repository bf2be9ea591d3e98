// The house held to its own rules: the table of rooms, small files, nothing unfinished; and each rule shown to bite.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultsOf, roomOf, rooms, unwantedIn } from './architecture/house.ts';
import { importsOf, openingComment } from './architecture/source.ts';

const root = join(import.meta.dirname, '..');

function filesIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}

function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

const modules = [...filesIn('lib'), ...filesIn('functions')].filter((path) => /(?<!\.d)\.ts$/.test(path));

describe('the house', () => {
  it('keeps its rules in every file of lib/ and functions/', () => {
    expect(modules.length).toBeGreaterThan(0);
    expect(modules.flatMap((path) => faultsOf(path, textOf(path)))).toEqual([]);
  });

  it('has no room in its table that nobody lives in', () => {
    const livedIn = new Set(modules.map(roomOf));
    expect([...rooms.keys()].filter((room) => !livedIn.has(room))).toEqual([]);
  });

  it('lets arrows only point down: a room may import those above it in the table', () => {
    const names = [...rooms.keys()];
    for (const { name, below } of rooms.values()) {
      expect(
        below.filter((other) => !names.slice(0, names.indexOf(name)).includes(other)),
        name,
      ).toEqual([]);
    }
  });

  it('lets nobody reach the local AWS but the command line', () => {
    const users = [...rooms.values()].filter(({ below }) => below.includes('local')).map(({ name }) => name);
    expect(users).toEqual(['cli']);
  });

  it('has nothing unfinished in it, and nothing of a machine it was built on', () => {
    const folders = ['.ci', 'docs', 'events', 'functions', 'lib', 'scripts', 'test'].flatMap(filesIn);
    const top = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'package-lock.json')
      .map((entry) => entry.name);
    const texts = [...folders, ...top].filter((path) => !path.endsWith('.png'));
    expect(texts.flatMap((path) => unwantedIn(path, textOf(path)))).toEqual([]);
  });
});

/** A module that breaks no rule, with more code in it. */
function moduleWith(code: string): string {
  return `/** Says in a sentence what it is for. */\n\n${code}\n`;
}

describe('a rule', () => {
  it.each([
    ['lib/image/digest.ts', `import { parsed } from '../parsed.ts';`],
    ['lib/image/digest.ts', `import { other } from './other.ts';`],
    ['lib/aws/topic.ts', `import { PublishCommand } from '@aws-sdk/client-sns';`],
    [
      'lib/alert/email.ts',
      `const at = new Date(time); // not new Date()\nconst text = 'process.env, Date.now()';`,
    ],
    ['lib/aws/clients.ts', 'const now = Date.now();'],
    ['lib/alert/commands.ts', `const link = \`https://\${region}.console.aws.amazon.com\`;`],
    ['lib/local/answer.ts', `type Service = 'ecr' | 'sns';`],
    ['lib/event/push.ts', 'const company = v.string(), many: Many = 1;'],
    ['functions/sweep.ts', `import { startUp } from '../lib/lambda/start-up.ts';`],
  ])('has nothing against %s with %j', (path, code) => {
    expect(faultsOf(path, moduleWith(code))).toEqual([]);
  });

  it.each([
    ['lib/image/digest.ts', `import { look } from '../monitor/look.ts';`, 'image may not import monitor'],
    ['lib/image/digest.ts', `import type { Ports } from '../ports.ts';`, 'image may not import ports'],
    [
      'lib/image/digest.ts',
      `export { look } from '../monitor/look.ts';\nconst a = 1;`,
      'image may not import monitor',
    ],
    [
      'lib/image/digest.ts',
      `export * from '../monitor/look.ts';\nconst a = 1;`,
      'image may not import monitor',
    ],
    ['lib/image/digest.ts', `import '../monitor/look.ts';`, 'image may not import monitor'],
    ['lib/image/digest.ts', `await import('../monitor/look.ts');`, 'image may not import monitor'],
    ['lib/image/digest.ts', `type Look = import('../monitor/look.ts').Look;`, 'image may not import monitor'],
    ['lib/image/digest.ts', `await import(\`../\${room}.ts\`);`, 'imports what only running it would tell'],
    ['lib/aws/queue.ts', `import { ecr } from '../local/ecr.ts';`, 'aws may not import local'],
    ['lib/local/queue.ts', `import { look } from '../monitor/look.ts';`, 'local may not import monitor'],
    [
      'lib/lambda/start-up.ts',
      `import { localAws } from '../local/local-aws.ts';`,
      'lambda may not import local',
    ],
    [
      'lib/monitor/look.ts',
      `import { ECRClient } from '@aws-sdk/client-ecr';`,
      'monitor may not import @aws-sdk/client-ecr',
    ],
    ['lib/image/digest.ts', `import * as v from 'valibot';`, 'image may not import valibot'],
    ['lib/image/digest.ts', `import { readFileSync } from 'node:fs';`, 'image may not import node:fs'],
    ['lib/dashboard/widget.ts', '', 'the room dashboard is not in the table of test/architecture/house.ts'],
    ['lib/monitor/look.ts', 'const now = Date.now();', 'has a clock of its own'],
    ['lib/monitor/look.ts', 'const now = new Date();', 'has a clock of its own'],
    ['lib/image/digest.ts', `const text = \`\${Date.now()}\`;`, 'has a clock of its own'],
    ['lib/replication/policy.ts', 'const spread = Math.random();', 'has chance of its own'],
    ['lib/incident/incident.ts', `import { randomUUID } from 'node:crypto';`, 'has chance of its own'],
    ['lib/config.ts', 'const table = process.env.INCIDENTS_TABLE;', 'has the environment of its own'],
    ['lib/monitor/look.ts', 'setTimeout(look, 1000);', 'has a timer of its own'],
    ['lib/monitor/look.ts', 'await fetch(url);', 'has the network or the console of its own'],
    ['lib/image/digest.ts', 'const a = 1;\n'.repeat(200), 'has 202 lines, more than 200'],
    ['functions/sweep.ts', 'const a = 1;\n'.repeat(40), 'has 42 lines, more than 40'],
    ['lib/image/formats/digest.ts', '', 'lies deeper than lib/<room>/<file>.ts'],
    ['lib/image/index.ts', '', 'is a barrel'],
    ['lib/image/all.ts', `export * from './digest.ts';\nexport { a } from './reference.ts';`, 'is a barrel'],
    ['lib/image/digest.ts', 'function read(value: any) {}', 'says any'],
    ['lib/image/digest.ts', 'const digest = value as any;', 'says any'],
    ['lib/image/digest.ts', 'const all: Map<string, any[]> = new Map();', 'says any'],
    ['lib/image/utils.ts', '', 'has a name that says nothing'],
    ['lib/image/types.ts', '', 'has a name that says nothing'],
    ['lib/image/digest.ts', 'export class DigestManager {}', 'DigestManager says nothing of what it is'],
    ['lib/image/digest.ts', 'const digestHelper = 1;', 'digestHelper says nothing of what it is'],
  ])('catches %s with %j', (path, code, fault) => {
    expect(faultsOf(path, moduleWith(code))).toEqual([`${path}: ${fault}`]);
  });

  it.each([
    ['no comment', `import { a } from './a.ts';`],
    ['a comment further down', `import { a } from './a.ts';\n/** Says what it is for. */`],
    ['a comment that is no sentence', '/** digest */\nconst a = 1;'],
  ])('wants a sentence first: %s', (_, source) => {
    expect(faultsOf('lib/image/digest.ts', source)).toContain(
      'lib/image/digest.ts: does not open with a sentence of purpose',
    );
  });

  it.each([
    ['is not finished', `// ${'TO'}DO: the rest`],
    ['is not finished', `it.${'only'}('works', () => {});`],
    ['is not finished', `// @ts-${'ignore'}`],
    ["names a path of somebody's machine", `cd ${'/home'}/somebody`],
  ])('against what %s catches %j', (fault, text) => {
    expect(unwantedIn('README.md', text)).toEqual([expect.stringContaining(fault)]);
  });
});

describe('the reader of sources', () => {
  it('sees every way to import, over lines and side by side', () => {
    const source = `
      import a, { type b } from './a.ts'; import './b.ts'
      import type {
        c,
      } from "./c.ts";
      export * as d from './d.ts';
      export type { e } from './e.ts';
      const f = await import('./f.ts');
      const g: import('./g.ts').G = require('./h.cjs');`;
    expect([...importsOf(source)].sort()).toEqual([
      ...['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts', './g.ts', './h.cjs'],
    ]);
  });

  it('is not led astray by comments and strings', () => {
    const source = `
      // import '../a.ts';
      /* import { b } from './b.ts'; */
      const url = 'https://example.com'; import './c.ts';
      const said = "it's // no comment"; import './d.ts';`;
    expect(importsOf(source)).toEqual(['./c.ts', './d.ts']);
  });

  it('reads the opening comment in either form', () => {
    expect(openingComment('/**\n * One sentence,\n * two lines.\n */\ncode')).toBe(
      'One sentence, two lines.',
    );
    expect(openingComment('#!/usr/bin/env node\n// One sentence,\n// two lines.\ncode')).toBe(
      'One sentence, two lines.',
    );
  });
});
