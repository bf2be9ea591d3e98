// `npm run mutation [-- ROOM …]`: the rooms that decide, each line of them changed in turn; a test must fail for each change.
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const rooms = ['replication', 'incident', 'alert'];

interface Mutant {
  readonly id: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly status: string;
  readonly location: { readonly start: { readonly line: number; readonly column: number } };
}

interface Report {
  readonly files: Readonly<Record<string, { readonly mutants: readonly Mutant[] }>>;
}

/** Ends with Stryker's own exit code; its words go to this one's output. */
function stryker(room: string): Promise<number> {
  // Words are held by whole texts in test/alert; a changed word here and there says nothing of what is decided.
  const files = `lib/${room}/**/*.ts`;
  const command = [
    'node_modules/@stryker-mutator/core/bin/stryker.js',
    'run',
    'test/mutation/stryker.config.json',
  ];
  const child = spawn('nice', ['-n', '10', process.execPath, ...command, '--mutate', files], {
    cwd: root,
    stdio: 'inherit',
  });
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

async function mutantsOf(): Promise<readonly (readonly [file: string, mutant: Mutant])[]> {
  const report = JSON.parse(await readFile(join(root, 'dist/mutation/report.json'), 'utf8')) as Report;
  return Object.entries(report.files).flatMap(([file, { mutants }]) =>
    mutants.map((mutant) => [file, mutant] as const),
  );
}

const asked = process.argv.slice(2);
const unknown = asked.filter((room) => !rooms.includes(room));
if (unknown.length > 0) {
  process.stderr.write(`mutation: no room ${unknown.join(', ')}; there are ${rooms.join(', ')}\n`);
  process.exitCode = 2;
} else {
  const lines: string[] = [];
  for (const room of asked.length === 0 ? rooms : asked) {
    if ((await stryker(room)) !== 0) process.exitCode = 1;
    const mutants = await mutantsOf();
    const counted = mutants.filter(([, { status }]) =>
      ['Killed', 'Timeout', 'Survived', 'NoCoverage'].includes(status),
    );
    const left = counted.filter(([, { status }]) => status === 'Survived' || status === 'NoCoverage');
    const score = (100 * (counted.length - left.length)) / counted.length;
    lines.push(`${room.padEnd(12)} ${counted.length} mutants, ${left.length} left, ${score.toFixed(1)} %`);
    for (const [file, { mutatorName, replacement = '', location }] of left) {
      const { line, column } = location.start;
      lines.push(
        `  ${file}:${line}:${column} ${mutatorName} ${replacement.replace(/\s+/g, ' ').slice(0, 80)}`,
      );
    }
  }
  process.stdout.write(`\n${lines.join('\n')}\nEach that is left is explained in docs/mutation.md.\n`);
}
