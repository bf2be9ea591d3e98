/** Writes the README's tables from the code that they describe; with `--check` only says whether they are as written. */

import { readFileSync, writeFileSync } from 'node:fs';
import { causes } from '../lib/alert/cause.ts';
import { environmentKeys } from '../lib/config.ts';
import { metricCatalogue } from '../lib/metric/catalogue.ts';

const parameters: Readonly<Record<string, string>> = {
  DEADLINE_MINUTES: '`deadlineMinutes`',
  DEADLINES_BY_PREFIX: '`deadlinesByPrefix`',
  ALERT_TOPICS: '`alertTopics`',
  READ_ROLE_NAME: '`readRoleName`',
  READ_ROLE_EXTERNAL_ID: '`readRoleExternalId`',
  METRICS_BY_REPOSITORY: '`metricsByRepository`',
  ALLOWED_DESTINATIONS: '`allowedDestinations`',
  SLACK_WEBHOOK_PARAMETER: '`slackWebhookParameter`',
};

const tables = {
  causes: Object.entries(causes).map(([id, sentence]) => [`\`${id}\``, sentence]),
  settings: Object.entries(environmentKeys).map(([key, entry]) => [
    `\`${key}\``,
    parameters[key] ?? 'set by the stack',
    'fallback' in entry ? (entry.fallback === '' ? 'none' : `\`${entry.fallback}\``) : 'required',
    entry.meaning,
  ]),
  metrics: Object.entries(metricCatalogue).map(([name, { unit, dimensions, meaning }]) => [
    `\`${name}\``,
    unit,
    dimensions.length === 0 ? 'none' : dimensions.map((dimension) => `\`${dimension}\``).join(', '),
    meaning,
  ]),
};

function withTable(text: string, name: string, rows: readonly (readonly string[])[]): string {
  const marked = new RegExp(`(<!-- ${name} -->\\n\\|[^\\n]*\\n\\|[^\\n]*\\n)[^]*?(<!-- /${name} -->)`);
  if (!marked.test(text)) throw new Error(`README.md has no table between the marks of "${name}"`);
  const body = rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
  return text.replace(marked, (_, head: string, end: string) => `${head}${body}${end}`);
}

const path = new URL('../README.md', import.meta.url);
const before = readFileSync(path, 'utf8');
let after = before;
for (const [name, rows] of Object.entries(tables)) after = withTable(after, name, rows);
if (after !== before && process.argv.includes('--check')) {
  process.stderr.write('README.md: a table is not as the code says; run `node scripts/readme.ts`\n');
  process.exitCode = 1;
} else if (after !== before) {
  writeFileSync(path, after);
}
