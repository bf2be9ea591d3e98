// `npm run screenshots`: the report of a realistic audit, as the README shows it: light, dark, and on a phone.
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from 'playwright-core';
import { renderReport } from '../lib/report/report.ts';
import { findChromium, howToInstall, launch, noBrowser } from '../test/browser/chromium.ts';
import { sampleAudit } from '../test/browser/sample.ts';

const root = join(import.meta.dirname, '..');
const mostBytes = 300_000;

interface Shot {
  readonly name: string;
  readonly options: Parameters<Awaited<ReturnType<typeof launch>>['newPage']>[0];
  /** What the picture begins with, and how much of the page it shows. */
  readonly from: string;
  readonly height: number;
  readonly prepare: (page: Page) => Promise<void>;
}

const wide = { width: 1240, height: 900 };
const shots: readonly Shot[] = [
  {
    name: 'report-light',
    options: { viewport: wide, colorScheme: 'light' },
    from: 'body',
    height: 1790,
    prepare: stay,
  },
  {
    name: 'report-dark',
    options: { viewport: wide, colorScheme: 'dark' },
    from: '#findings',
    height: 1150,
    prepare: openFinding,
  },
  {
    name: 'report-narrow',
    options: { viewport: { width: 390, height: 844 }, colorScheme: 'light', deviceScaleFactor: 1.5 },
    from: '#map',
    height: 1500,
    prepare: findRepositories,
  },
];

async function stay(): Promise<void> {}

/** A cell chosen and its finding opened. */
async function openFinding(page: Page): Promise<void> {
  await page.locator('.map button.cell.half').first().click();
  await page.locator('.open').first().click();
}

async function findRepositories(page: Page): Promise<void> {
  await page.locator('#rows').fill('checkout/s');
  await page.waitForURL(/rows=/);
  await page.locator('#text').fill('checkout/s');
  await page.waitForURL(/q=/);
}

async function takeAll(executable: string, folder: string): Promise<void> {
  const file = join(folder, 'report.html');
  await writeFile(file, renderReport(sampleAudit({ repositories: 512, destinations: 3, findings: 5000 })));
  const browser = await launch(executable);
  try {
    for (const { name, options, from, height, prepare } of shots) {
      const page = await browser.newPage(options);
      await page.goto(pathToFileURL(file).href);
      await prepare(page);
      const path = join(root, 'docs', `${name}.png`);
      const width = page.viewportSize()?.width ?? wide.width;
      const box = `document.querySelector('${from}').getBoundingClientRect().top + scrollY`;
      const y = Math.max(0, Number(await page.evaluate(box)) - 20);
      await page.screenshot({
        path,
        fullPage: true,
        clip: { x: 0, y, width, height },
        animations: 'disabled',
      });
      const { size } = await stat(path);
      process.stdout.write(`docs/${name}.png  ${Math.round(size / 1000)} KB\n`);
      if (size > mostBytes) throw new Error(`docs/${name}.png is larger than ${mostBytes / 1000} KB`);
    }
  } finally {
    await browser.close();
  }
}

const executable = findChromium(process.env['PATH'] ?? '');
if (executable === undefined) {
  process.stderr.write(`screenshots: ${howToInstall}\n`);
  process.exitCode = noBrowser;
} else {
  const folder = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-screenshots-'));
  await takeAll(executable, folder).finally(() => rm(folder, { recursive: true, force: true }));
}
