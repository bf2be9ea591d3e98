/** The composite GitHub Action: its inputs reach the program as they are, and nothing in them becomes a command. */

import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createProgram } from '../lib/cli/program.ts';

interface Step {
  readonly name: string;
  readonly shell: string;
  readonly env: Readonly<Record<string, string>>;
  readonly run: string;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

let action: Action;
let work: string;

/** In place of the program: writes down its words, and ends as it is told. */
const stub = `#!/usr/bin/env node
process.stdout.write('the table\\n');
require('node:fs').writeFileSync(process.env.WORDS, JSON.stringify(process.argv.slice(2)));
process.exit(Number(process.env.ENDS_WITH ?? 0));
`;

beforeAll(async () => {
  action = parse(await readFile(new URL('../action.yml', import.meta.url), 'utf8'));
  work = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-action-'));
  await writeFile(join(work, 'program.cjs'), stub);
  await chmod(join(work, 'program.cjs'), 0o755);
});
afterAll(() => rm(work, { recursive: true, force: true }));

function stepNamed(name: string): Step {
  const step = action.runs.steps.find((one) => one.name === name);
  if (step === undefined) throw new Error(`no step ${name}`);
  return step;
}

/** Runs the step as the runner does: inputs by the environment that the step maps them to. */
async function runWith(inputs: Readonly<Record<string, string>>, endsWith = 0) {
  const { env, run } = stepNamed('Run');
  const values: Record<string, string> = {};
  for (const [key, expression] of Object.entries(env)) {
    const [, input = ''] = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(expression) ?? [];
    values[key] = inputs[input] ?? action.inputs[input]?.default ?? '';
  }
  const file = (name: string): string => join(work, name);
  for (const name of ['output', 'summary', 'words']) await writeFile(file(name), '');
  const environment = {
    ...values,
    PATH: process.env['PATH'] ?? '',
    BINARY: file('program.cjs'),
    GITHUB_OUTPUT: file('output'),
    GITHUB_STEP_SUMMARY: file('summary'),
    WORDS: file('words'),
    ENDS_WITH: String(endsWith),
  };
  const ended = await new Promise<{ code: number; out: string }>((resolve) => {
    const words = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run];
    execFile('bash', words, { env: environment, cwd: work }, (error, out) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), out });
    });
  });
  const written = await readFile(file('words'), 'utf8');
  const words: readonly string[] | undefined = written === '' ? undefined : JSON.parse(written);
  return {
    ...ended,
    words,
    output: await readFile(file('output'), 'utf8'),
    summary: await readFile(file('summary'), 'utf8'),
  };
}

describe('the action', () => {
  it('puts no expression into the text of a script', () => {
    expect(action.runs.using).toBe('composite');
    for (const { run, shell } of action.runs.steps) {
      expect(shell).toBe('bash');
      expect(run).not.toContain('${{');
    }
  });

  it('maps every input, and gives only options that the program has', async () => {
    const mapped = action.runs.steps.flatMap(({ env }) => Object.values(env));
    for (const input of Object.keys(action.inputs)) expect(mapped).toContain(`\${{ inputs.${input} }}`);
    const program = createProgram();
    for (const name of ['wait', 'audit']) {
      const command = program.commands.find((one) => one.name() === name);
      const known = [...(command?.options ?? []), ...program.options].map(({ long }) => long);
      const all = Object.fromEntries(Object.keys(action.inputs).map((input) => [input, 'x']));
      const { words = [] } = await runWith({
        ...all,
        command: name,
        options: '--wait-for-push --keep-waiting --allow-uncovered',
      });
      const given = words.slice(1).flatMap((word) => (/^--[a-z]/.test(word) ? [word.split('=')[0]] : []));
      expect(given.length).toBeGreaterThan(4);
      for (const option of given) expect(known).toContain(option);
    }
  });

  it('waits for an image, and hands on how it ended', async () => {
    const ended = await runWith({ image: 'prod-api:1.4.2', destinations: 'eu-west-1,ap-southeast-2' }, 4);
    expect(ended.words).toEqual([
      'wait',
      '--timeout=30m',
      '--destination=eu-west-1,ap-southeast-2',
      '--',
      'prod-api:1.4.2',
    ]);
    expect(ended).toMatchObject({ code: 4, output: 'exit-code=4\n' });
    expect(ended.summary).toBe('````text\nthe table\n````\nExit code 4\n');
  });

  it('audits, with a report', async () => {
    const ended = await runWith({ command: 'audit', prefix: 'prod/', report: 'report.html' });
    expect(ended.words).toEqual(['audit', '--prefix=prod/', '--html=report.html']);
    expect(ended).toMatchObject({ code: 0, output: 'exit-code=0\n' });
  });

  it.each(['$(touch hurt)', '`touch hurt`', '"; touch hurt; "', "'; touch hurt; '", '--help', '* ? [a]'])(
    'hands on %s as it is',
    async (image) => {
      const { words, code } = await runWith({ image });
      expect(words?.at(-1)).toBe(image);
      expect(code).toBe(0);
      await expect(readFile(join(work, 'hurt'))).rejects.toThrow('ENOENT');
    },
  );

  it.each([
    ['another command', { command: 'rm' }, 'command: write wait or audit'],
    ['another option', { image: 'a:1', options: '--profile x' }, 'options: --profile is not one of'],
  ])('refuses %s in one line', async (_, inputs, says) => {
    const ended = await runWith(inputs);
    expect(ended).toMatchObject({ code: 2, words: undefined, output: 'exit-code=2\n' });
    expect(ended.out).toContain(`::error::${says}`);
  });
});
