/** Writes lib/report/assets.ts, the report's script and style, from lib/page; with `--check` only says whether it is as written. */

import { readFileSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';

const root = new URL('..', import.meta.url);
/** Whatever understands `light-dark()` in a style sheet: all since the middle of 2024. */
const browsers = ['chrome123', 'firefox120', 'safari17.5'];

async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: root.pathname,
    entryPoints: [entry],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: browsers,
    minify: true,
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  });
  const text = outputFiles[0]?.text.trim() ?? '';
  // HTML, "Restrictions for contents of script elements".
  if (/<\/(?:script|style)|<!--/i.test(text)) throw new Error(`${entry} holds what would end its element`);
  return text;
}

async function assets(): Promise<string> {
  const [script, style] = await Promise.all(['lib/page/main.ts', 'lib/page/page.css'].map(bundled));
  return `/** The report's script and style, written by scripts/page.ts from lib/page: do not edit. */

export const pageScript = ${JSON.stringify(script)};

export const pageStyle = ${JSON.stringify(style)};
`;
}

const path = new URL('lib/report/assets.ts', root);
const after = await assets();
const before = readFileSync(path, { encoding: 'utf8', flag: 'a+' });
if (after !== before && process.argv.includes('--check')) {
  process.stderr.write('lib/report/assets.ts is not as lib/page says; run `node scripts/page.ts`\n');
  process.exitCode = 1;
} else if (after !== before) {
  writeFileSync(path, after);
}
