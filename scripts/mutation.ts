// `npm run mutation [-- ROOM | ROOM/FILE …]`: the rooms that decide, each line changed in turn; a test must fail for each change.
import { setPriority } from 'node:os';
import { join } from 'node:path';
import { Stryker } from '@stryker-mutator/core';

const root = join(import.meta.dirname, '..');

/** What is not changed in a room, and why. */
const rooms: Readonly<Record<string, { readonly excludedMutations: string[] }>> = {
  replication: { excludedMutations: [] },
  incident: { excludedMutations: [] },
  // Words: test/alert holds whole texts letter for letter.
  alert: { excludedMutations: ['StringLiteral'] },
};

/** `part`: a room, or a file of one. */
async function mutate(part: string): Promise<readonly string[]> {
  const [room = ''] = part.split('/');
  const excludedMutations = rooms[room]?.excludedMutations ?? [];
  // Read by test/mutation/vitest.config.ts, in processes of Stryker's.
  process.env['MUTATED_ROOM'] = room;
  const stryker = new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    mutate: [part === room ? `lib/${room}/**/*.ts` : `lib/${part}.ts`],
    mutator: { plugins: [], excludedMutations },
    coverageAnalysis: 'perTest',
    // What runs once, when a module is loaded, would need a process for each change.
    ignoreStatic: true,
    concurrency: 2,
    // On a busy machine a test that is slow has not noticed anything.
    timeoutMS: 60_000,
    // Stryker would rewrite tsconfig.json by an API that this version of TypeScript does not have.
    tsconfigFile: 'dist/none.json',
    ignorePatterns: ['dist', '.serverless', 'bench', 'coverage'],
    tempDirName: 'dist/mutation',
    reporters: ['progress-append-only'],
    allowConsoleColors: false,
  });
  const mutants = await stryker.runMutationTest();
  const tried = mutants.filter(({ status }) =>
    ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status),
  );
  const left = tried.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const score = (100 * (tried.length - left.length)) / tried.length;
  return [
    `${part.padEnd(22)} ${tried.length} changes, ${left.length} that no test fails for: ${score.toFixed(1)} %`,
    ...left.map(({ fileName, location, mutatorName, replacement = '' }) => {
      const { line, column } = location.start;
      return `  ${fileName}:${line}:${column} ${mutatorName} → ${replacement.replace(/\s+/g, ' ').slice(0, 100)}`;
    }),
  ];
}

const asked = process.argv.slice(2);
const parts = asked.length === 0 ? Object.keys(rooms) : asked;
const unknown = parts.filter((part) => !Object.hasOwn(rooms, part.split('/')[0] ?? ''));
if (unknown.length > 0) {
  process.stderr.write(
    `mutation: no room ${unknown.join(', ')}; there are ${Object.keys(rooms).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  process.chdir(root);
  // Whatever else runs on this machine goes first.
  setPriority(10);
  for (const part of parts) process.stdout.write(`\n${(await mutate(part)).join('\n')}\n\n`);
  process.stdout.write('What is left is explained in docs/mutation.md.\n');
}
