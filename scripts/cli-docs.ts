/** Writes the commands and options into docs/cli.md from the program itself; with `--check` only says whether they are as written. */

import { readFileSync, writeFileSync } from 'node:fs';
import type { Command, Option } from 'commander';
import { createProgram } from '../lib/cli/program.ts';

const program = createProgram();

function optionRow({
  flags,
  description,
  defaultValueDescription,
  defaultValue,
  envVar,
  argChoices,
  hidden,
}: Option): string {
  if (hidden) return '';
  const written = defaultValueDescription ?? (typeof defaultValue === 'boolean' ? undefined : defaultValue);
  const more = [
    ...(argChoices === undefined ? [] : [argChoices.join(', ')]),
    ...(written === undefined || flags.startsWith('--author') ? [] : [`default ${String(written)}`]),
    ...(envVar === undefined ? [] : [`or \`${envVar}\``]),
  ];
  return `| \`${flags.replaceAll('|', '\\|')}\` | ${description}${more.length === 0 ? '' : ` (${more.join('; ')})`} |\n`;
}

function section(command: Command, path: string): string {
  const usage = command.registeredArguments
    .map(
      (argument) =>
        ` ${argument.required ? '<' : '['}${argument.name()}${argument.variadic ? '...' : ''}${argument.required ? '>' : ']'}`,
    )
    .join('');
  const rows = command.options.map(optionRow).join('');
  const table = rows === '' ? '' : `\n| option | meaning |\n|---|---|\n${rows}`;
  const own = `### \`${path}${usage}\`\n\n${command.description()}\n${table}`;
  return [own, ...command.commands.map((child) => section(child, `${path} ${child.name()}`))].join('\n');
}

const global = `| option | meaning |\n|---|---|\n${program.options.map(optionRow).join('')}`;
const commands = program.commands.map((command) => section(command, command.name())).join('\n');

const path = new URL('../docs/cli.md', import.meta.url);
const before = readFileSync(path, 'utf8');
let after = before;
for (const [name, text] of [
  ['global', global],
  ['commands', commands],
] as const) {
  const marked = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
  if (!marked.test(after)) throw new Error(`docs/cli.md has no marks of "${name}"`);
  after = after.replace(marked, (_, head: string, end: string) => `${head}\n${text}\n${end}`);
}
if (after !== before && process.argv.includes('--check')) {
  process.stderr.write('docs/cli.md is not as the program says; run `node scripts/cli-docs.ts`\n');
  process.exitCode = 1;
} else if (after !== before) {
  writeFileSync(path, after);
}
