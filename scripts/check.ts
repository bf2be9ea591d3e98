// `npm run check`: every static check, side by side; one line each, and a tool's own words only where it found a fault.
import { execFile } from 'node:child_process';
import { join } from 'node:path';

type Outcome = 'ok' | 'failed' | 'skipped';

interface Run {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Check {
  readonly name: string;
  readonly command: readonly [tool: string, ...options: string[]];
  /** What a run means where that is more than its exit code, and why. */
  readonly judge?: (run: Run) => readonly [outcome: Outcome, why: string];
}

const checks: readonly Check[] = [
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'types of the page', command: ['tsc', '-p', 'lib/page/tsconfig.json'] },
  { name: 'lint and format', command: ['biome', 'ci', '--colors=off'] },
  { name: 'unused code', command: ['knip', '--no-progress'] },
  { name: 'tables of the README', command: ['node', 'scripts/readme.ts', '--check'] },
  { name: 'options in docs/cli.md', command: ['node', 'scripts/cli-docs.ts', '--check'] },
  { name: 'budgets', command: ['node', 'scripts/budgets.ts'] },
  { name: 'page of the report', command: ['node', 'scripts/page.ts', '--check'] },
  {
    name: 'known vulnerabilities',
    command: ['node', 'scripts/vulnerabilities.ts'],
    judge: ({ exitCode }) =>
      exitCode === 75
        ? ['skipped', 'the audit endpoint gave no answer: nothing is known either way']
        : [exitCode === 0 ? 'ok' : 'failed', ''],
  },
];

const root = join(import.meta.dirname, '..');

function run([tool, ...options]: Check['command']): Promise<Run> {
  return new Promise((resolve) => {
    execFile(
      tool,
      options,
      { cwd: root, env: { ...process.env, PATH: withOwnTools() }, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        // A tool that could not be started has a code that is a word, such as ENOENT.
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 1;
        const silent = error !== null && stdout === '' && stderr === '';
        resolve({ exitCode, stdout, stderr: silent ? error.message : stderr });
      },
    );
  });
}

function withOwnTools(): string {
  return `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`;
}

function byExitCode({ exitCode }: Run): readonly [Outcome, string] {
  return [exitCode === 0 ? 'ok' : 'failed', ''];
}

async function tell({ name, command, judge = byExitCode }: Check): Promise<Outcome> {
  const startedAt = performance.now();
  const result = await run(command);
  const [outcome, why] = judge(result);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(
    `${outcome.padEnd(8)}${name.padEnd(24)}${seconds} s${why === '' ? '' : `  (${why})`}\n`,
  );
  if (outcome === 'failed') process.stdout.write(`${result.stdout}${result.stderr}\n`);
  return outcome;
}

const outcomes = await Promise.all(checks.map(tell));
process.exitCode = outcomes.includes('failed') ? 1 : 0;
