/** The page is checked by axe as it opens and with everything in it opened: in light, in dark, and on a phone. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { audit, noCounts, route, row } from '../report/documents.ts';
import { hostileAudit } from '../report/hostile.ts';
import { reports } from './open-report.ts';
import { sampleAudit } from './sample.ts';

const open = reports();
const axe = readFileSync(fileURLToPath(import.meta.resolve('axe-core/axe.min.js')), 'utf8');
const document = sampleAudit({ repositories: 120, destinations: 3, findings: 400 });

/** Every fault, whatever its weight, each in a line. */
async function faultsOn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const result = await page.evaluate<AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  expect(result.passes.length).toBeGreaterThan(10);
  return result.violations.flatMap(({ id, impact, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${impact} ${id} ${target.join(' ')} ${failureSummary}`),
  );
}

async function openEverything(page: Page): Promise<void> {
  await page.locator('.open').nth(0).click();
  await page.locator('.open').nth(1).click();
  await page.locator('[data-kind="missing"]').click();
  await page.locator('.open').nth(0).click();
  for (const summary of await page.locator('summary').all()) await summary.click();
  await page.locator('.map button.cell.absent').first().click();
  await page.locator('.open').first().click();
}

const light = { colorScheme: 'light' } as const;
const dark = { colorScheme: 'dark' } as const;
const phone = { viewport: { width: 360, height: 740 } };

describe('axe finds nothing', () => {
  it.each([
    ['in light', light],
    ['in dark', dark],
    ['on a phone, in light', { ...light, ...phone }],
    ['on a phone, in dark', { ...dark, ...phone }],
  ])('%s', async (_, options) => {
    const { page } = await open(document, options);
    expect(await faultsOn(page)).toEqual([]);
    await openEverything(page);
    expect(await faultsOn(page)).toEqual([]);
  });

  it.each([
    ['an audit in which all is well', audit()],
    [
      'an audit that was stopped',
      audit({ interrupted: true, outcome: 'incomplete', routes: [], repositories: [] }),
    ],
    [
      'every kind of cell',
      audit({
        repositories: [
          row('a', { expected: 1000, inSync: 999, missing: 1 }),
          row('b', { expected: 100, inSync: 95, missing: 5 }),
          row('c', { expected: 10, inSync: 5, archived: 5 }),
          row('d', { expected: 10, inSync: 1, tagMismatch: 9 }),
          row('e', { expected: 3, missing: 3, repositoryAbsent: true }),
          row('f', { unreadable: 'throttled' }),
          row('g', {}),
          row('h', { expected: 3, inSync: 3 }),
          row('i'),
        ],
        routes: [route(), route({ ...noCounts, destination: '444455556666/eu-central-1' })],
      }),
    ],
    ['hostile texts', hostileAudit],
  ])('in %s', async (_, it) => {
    for (const options of [light, dark]) {
      const { page } = await open(it, options);
      expect(await faultsOn(page)).toEqual([]);
    }
  });
});
