/** Nothing that an audit can hold runs in the page, or hides what the page has to say. */

import { expect, it } from 'vitest';
import { attacks, hostileAudit } from '../report/hostile.ts';
import { numberOn, reports } from './open-report.ts';

const open = reports();

it('shows every hostile text as it is written, and runs none', async () => {
  const { page } = await open(hostileAudit);
  expect(await page.locator('.map tbody b').allTextContents()).toEqual(expect.arrayContaining([...attacks]));
  expect(await page.locator('.finding').count()).toBe(attacks.length);
  for (const opener of await page.locator('.open').all()) await opener.click();
  for (const cell of await page.locator('.map button').all()) await cell.click();
  await page.locator('#reset').click();
  await page.locator('.open').first().click();
  expect(await page.evaluate('window.broken')).toBeUndefined();
  expect(await page.locator('script').count()).toBe(2);
  expect(await page.locator('img, iframe, object, embed').count()).toBe(0);
});

it('chooses a hostile repository, and brings it back from the address', async () => {
  const { page } = await open(hostileAudit);
  const [attack = ''] = attacks;
  await page.locator('#text').fill(attack);
  await expect.poll(() => page.locator('.finding').count()).toBe(1);
  await page.reload();
  expect(await page.locator('.finding').count()).toBe(1);
  expect(await page.locator('#text').inputValue()).toBe(attack);
  expect(await page.evaluate('window.broken')).toBeUndefined();
});

it.each(attacks.map((attack) => [attack]))('lets no address do harm: %s', async (attack) => {
  const { page } = await open(hostileAudit, {
    hash: `#q=${encodeURIComponent(attack)}&repository=${encodeURIComponent(attack)}&kind=${attack}&rows=${attack}`,
  });
  expect(await page.locator('h1').isVisible()).toBe(true);
  expect(await page.evaluate('window.broken')).toBeUndefined();
  expect(await page.locator('script').count()).toBe(2);
});

it('would not run a script that did break out: the policy stops it', async () => {
  const { page } = await open(hostileAudit, {
    before: `addEventListener('securitypolicyviolation', () => { window.stopped = true; });`,
    expectedFault: "This document requires 'TrustedScript' assignment. The action has been blocked.",
  });
  const run = `(() => {
    const script = document.createElement('script');
    try { script.text = 'window.broken = 9'; document.body.append(script); } catch { return 'refused'; }
    return 'appended';
  })()`;
  expect(await page.evaluate(run)).toBe('refused');
  expect(await page.evaluate('window.broken')).toBeUndefined();
  expect(await page.evaluate('window.stopped')).toBe(true);
});

it('fits a phone, however long the names', async () => {
  const { page } = await open(hostileAudit, { viewport: { width: 360, height: 740 } });
  for (const opener of await page.locator('.open').all()) await opener.click();
  expect(await numberOn(page, 'document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
});
