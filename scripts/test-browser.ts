// `npm run test:browser`: the report in a real browser; exit code 3 where there is none, since then nothing is known.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findChromium, howToInstall, noBrowser } from '../test/browser/chromium.ts';

const root = join(import.meta.dirname, '..');
if (findChromium(process.env['PATH'] ?? '') === undefined) {
  process.stderr.write(`test:browser: ${howToInstall}\n`);
  process.exitCode = noBrowser;
} else {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const options = ['run', '--config', 'test/browser/vitest.config.ts', ...process.argv.slice(2)];
  const child = spawn(process.execPath, [vitest, ...options], { cwd: root, stdio: 'inherit' });
  child.on('close', (code) => {
    process.exitCode = code ?? 1;
  });
}
