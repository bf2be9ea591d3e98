// `npm run mutation [-- ROOM …]`: the rooms that decide, each line of them changed in turn; a test must fail for each change.
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

async function mutate(room: string, excludedMutations: string[]): Promise<readonly string[]> {
  const stryker = new Stryker({
    testRunner: 'vitest',
    plugins: ['@stryker-mutator/vitest-runner'],
    vitest: { configFile: 'test/mutation/vitest.config.ts', related: false },
    mutate: [`lib/${room}/**/*.ts`],
    mutator: { plugins: [], excludedMutations },
    coverageAnalysis: 'perTest',
    // What runs once, when a module is loaded, would need a process for each change.
    ignoreStatic: true,
    concurrency: 2,
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
    `${room.padEnd(12)} ${tried.length} changes, ${left.length} that no test fails for: ${score.toFixed(1)} %`,
    ...left.map(({ fileName, location, mutatorName, replacement = '' }) => {
      const { line, column } = location.start;
      return `  ${fileName}:${line}:${column} ${mutatorName} → ${replacement.replace(/\s+/g, ' ').slice(0, 100)}`;
    }),
  ];
}

const asked = process.argv.slice(2);
const unknown = asked.filter((room) => !Object.hasOwn(rooms, room));
if (unknown.length > 0) {
  process.stderr.write(
    `mutation: no room ${unknown.join(', ')}; there are ${Object.keys(rooms).join(', ')}\n`,
  );
  process.exitCode = 2;
} else {
  process.chdir(root);
  // Half an hour of both cores: whatever else runs goes first.
  setPriority(10);
  const lines: string[] = [];
  for (const [room, { excludedMutations }] of Object.entries(rooms)) {
    if (asked.length > 0 && !asked.includes(room)) continue;
    lines.push(...(await mutate(room, excludedMutations)));
  }
  process.stdout.write(`\n${lines.join('\n')}\n\nWhat is left is explained in docs/mutation.md.\n`);
}
