// `npm run mutation [-- ROOM | ROOM/FILE …]`: the rooms that decide, each line changed in turn; a test must fail for each change.
import { globSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { Instrumenter } from '@stryker-mutator/instrumenter';
import { createVitest, type Reporter } from 'vitest/node';

const root = join(import.meta.dirname, '..');

/** What is not changed in a room, and why. */
const rooms: Readonly<Record<string, { readonly excludedMutations: string[] }>> = {
  replication: { excludedMutations: [] },
  incident: { excludedMutations: [] },
  // Words: test/alert holds whole texts letter for letter.
  alert: { excludedMutations: ['StringLiteral'] },
};

const not = (): boolean => false;
const nothing = (): void => {};
const silent = {
  ...{ isTraceEnabled: not, isDebugEnabled: not, isInfoEnabled: not },
  ...{ isWarnEnabled: not, isErrorEnabled: not, isFatalEnabled: not },
  ...{ trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing, fatal: nothing },
};

/** `part`: a room, or a file of one. */
async function mutate(part: string): Promise<readonly string[]> {
  const [room = ''] = part.split('/');
  const files = filesOf(part).map((name) => ({
    name: join(root, name),
    mutate: true,
    content: readFileSync(name, 'utf8'),
  }));
  const { excludedMutations = [] } = rooms[room] ?? {};
  const changed = await new Instrumenter(silent).instrument(files, {
    plugins: null,
    ignorers: [],
    excludedMutations,
  });
  const seen = await run(room, new Map(changed.files.map(({ name, content }) => [name, content])));
  const tried = changed.mutants.filter(
    ({ id, status }) => status !== 'Ignored' && (seen.reached.has(id) || !seen.atLoad.has(id)),
  );
  const left = tried.filter(({ id }) => !seen.noticed.has(id));
  const score = (100 * (tried.length - left.length)) / tried.length;
  return [
    `${part.padEnd(22)} ${tried.length} changes, ${left.length} that no test fails for: ${score.toFixed(1)} %`,
    ...left.map(({ id, fileName, location, mutatorName, replacement = '' }) => {
      const { line, column } = location.start;
      const where = `${fileName.slice(root.length + 1)}:${line + 1}:${column + 1}`;
      const untested = seen.reached.has(id) ? '' : ' (no test comes here)';
      return `  ${where} ${mutatorName} → ${replacement.replace(/\s+/g, ' ').slice(0, 100)}${untested}`;
    }),
  ];
}

/** Numbers of changes: that a test ran through, that a test failed for, and that ran while modules were loaded. */
interface Seen {
  readonly reached: ReadonlySet<string>;
  readonly noticed: ReadonlySet<string>;
  readonly atLoad: ReadonlySet<string>;
}

/** Runs the tests of a room with all changes in its files, each behind a switch that test/mutation/runner.ts turns. */
async function run(room: string, changed: ReadonlyMap<string, string>): Promise<Seen> {
  const seen = { reached: new Set<string>(), noticed: new Set<string>(), atLoad: new Set<string>() };
  const faults: string[] = [];
  const reporter: Reporter = {
    onTestCaseResult(test) {
      const { changes } = test.meta();
      for (const id of changes?.reached ?? []) seen.reached.add(id);
      for (const id of changes?.noticed ?? []) seen.noticed.add(id);
      for (const id of changes?.atLoad ?? []) seen.atLoad.add(id);
    },
    onTestModuleEnd({ relativeModuleId }) {
      const { noticed, reached } = seen;
      process.stderr.write(`${relativeModuleId}: ${noticed.size} of ${reached.size} noticed so far\n`);
    },
    onTestRunEnd(modules, unhandled) {
      for (const module of modules) {
        faults.push(...module.errors().map(({ message }) => `${module.relativeModuleId}: ${message}`));
        for (const { fullName } of module.children.allTests('failed')) faults.push(fullName);
      }
      faults.push(...unhandled.map(({ message }) => message));
    },
  };
  const vitest = await createVitest(
    'test',
    {
      root,
      config: 'test/mutation/vitest.config.ts',
      include: [`test/${room}/**/*.test.ts`],
      watch: false,
      reporters: [reporter],
    },
    {
      plugins: [{ name: 'changed', enforce: 'pre', load: (id) => changed.get(id.replace(/\?.*$/, '')) }],
    },
  );
  try {
    await vitest.start();
  } finally {
    await vitest.close();
  }
  // Whatever is wrong without a change would be taken for noticing each of them.
  if (faults.length > 0) throw new Error(`fails without any change: ${faults.join('; ')}`);
  return seen;
}

/** The files of a room, or one of them; none when there is no such. */
function filesOf(part: string): readonly string[] {
  const [room = ''] = part.split('/');
  if (!Object.hasOwn(rooms, room)) return [];
  return globSync(part === room ? `lib/${room}/**/*.ts` : `lib/${part}.ts`);
}

process.chdir(root);
const asked = process.argv.slice(2);
const parts = asked.length === 0 ? Object.keys(rooms) : asked;
const unknown = parts.filter((part) => filesOf(part).length === 0);
if (unknown.length > 0) {
  const known = Object.keys(rooms).join(', ');
  process.stderr.write(`mutation: there is no ${unknown.join(', ')}; name a room (${known}) or ROOM/FILE\n`);
  process.exitCode = 2;
} else {
  // Whatever else runs on this machine goes first.
  setPriority(10);
  try {
    for (const part of parts) process.stdout.write(`\n${(await mutate(part)).join('\n')}\n\n`);
    process.stdout.write('What is left is explained in docs/mutation.md.\n');
  } catch (error) {
    process.stderr.write(`mutation: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
