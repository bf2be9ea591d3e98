/** Writes the README's tables from the code that they describe; with `--check` only says whether they are as written. */

import { readFileSync, writeFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { causes } from '../lib/alert/cause.ts';
import { settingMeanings, settingSeverities } from '../lib/alert/setting-words.ts';
import { environmentKeys } from '../lib/config.ts';
import { type MetricDescription, metricCatalogue } from '../lib/metric/catalogue.ts';
import { settingKinds } from '../lib/sweep/setting-finding.ts';

function readYaml(name: string, ...path: readonly string[]): Readonly<Record<string, unknown>> {
  // CloudFormation's own tags (!Ref …) are no business of a table: they stand as plain values.
  const document = parseDocument(readFileSync(new URL(`../${name}`, import.meta.url), 'utf8'), {
    logLevel: 'silent',
  });
  return document.getIn(path, false) === undefined
    ? {}
    : (document.getIn(path) as { toJSON: () => Record<string, unknown> }).toJSON();
}

const described = readYaml('deploy/parameters.yml', 'template', 'Parameters');
const defaults = readYaml('serverless.yml', 'params', 'default');

/** `DeadlineMinutes` → `deadlineMinutes`, as --param takes it. */
function parameterName(logicalId: string): string {
  return logicalId.charAt(0).toLowerCase() + logicalId.slice(1);
}

function descriptionOf(logicalId: string): string {
  const { Description: text } = described[logicalId] as { Description?: unknown };
  return String(text).trim().replaceAll('|', '\\|').replace(/\s+/g, ' ');
}

/** `DEADLINE_MINUTES` is set by `deadlineMinutes`, if there is such a parameter. */
function parameterOf(key: string): string {
  const words = key.toLowerCase().split('_');
  const id = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return id in described ? `\`${parameterName(id)}\`` : 'set by the stack';
}

const tables = {
  causes: Object.entries(causes).map(([id, sentence]) => [`\`${id}\``, sentence]),
  settings: Object.entries(environmentKeys).map(([key, entry]) => [
    `\`${key}\``,
    parameterOf(key),
    'fallback' in entry ? (entry.fallback === '' ? 'none' : `\`${entry.fallback}\``) : 'required',
    entry.meaning,
  ]),
  parameters: Object.keys(described).map((id) => {
    const value = defaults[parameterName(id)];
    return [`\`${parameterName(id)}\``, value === '' ? 'none' : `\`${value}\``, descriptionOf(id)];
  }),
  metrics: Object.entries<MetricDescription>(metricCatalogue).map(
    ([name, { unit, dimensions, meaning, total }]) => [
      `\`${name}\``,
      unit,
      [
        dimensions.length === 0 ? 'none' : dimensions.map((dimension) => `\`${dimension}\``).join(', '),
        ...(total ? ['also none'] : []),
      ].join('; '),
      meaning,
    ],
  ),
};

function withTable(text: string, name: string, rows: readonly (readonly string[])[]): string {
  const marked = new RegExp(`(<!-- ${name} -->\\n\\|[^\\n]*\\n\\|[^\\n]*\\n)[^]*?(<!-- /${name} -->)`);
  if (!marked.test(text)) throw new Error(`there is no table between the marks of "${name}"`);
  const body = rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
  return text.replace(marked, (_, head: string, end: string) => `${head}${body}${end}`);
}

function write(name: string, tables: Readonly<Record<string, readonly (readonly string[])[]>>): void {
  const path = new URL(`../${name}`, import.meta.url);
  const before = readFileSync(path, 'utf8');
  let after = before;
  for (const [table, rows] of Object.entries(tables)) after = withTable(after, table, rows);
  if (after === before) return;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${name}: a table is not as the code says; run \`node scripts/readme.ts\`\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, after);
  }
}

write('README.md', tables);
write('docs/settings.md', {
  findings: settingKinds.map((kind) => [`\`${kind}\``, settingMeanings[kind], settingSeverities[kind]]),
});
