/** The report in a real browser: read, filtered, sorted, walked through, shared and printed by people. */

import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { chosen, everything, type Query, sorted } from '../../lib/report/query.ts';
import { subjectOf } from '../../lib/report/words.ts';
import { audit, finding, noCounts, route, row } from '../report/documents.ts';
import { numberOn, reports } from './open-report.ts';
import { sampleAudit } from './sample.ts';

const open = reports();
const document = sampleAudit({ repositories: 120, destinations: 3, findings: 2000 });

/** What the page must show first when this is chosen. */
function expected(query: Partial<Query>): { readonly subjects: readonly string[]; readonly count: number } {
  const whole = { ...everything, ...query };
  const all = sorted(chosen(document.findings, whole), whole);
  return { subjects: all.slice(0, 25).map(subjectOf), count: all.length };
}

async function shown(page: Page): Promise<readonly string[]> {
  return page.locator('.finding .is-subject code').allTextContents();
}

async function expectShown(page: Page, query: Partial<Query>): Promise<void> {
  const { subjects, count } = expected(query);
  expect(count).toBeGreaterThan(0);
  await expect
    .poll(() => page.locator('#findings-state').textContent())
    .toContain(count.toLocaleString('en-US'));
  await expect.poll(() => shown(page)).toEqual(subjects);
}

describe('the report', () => {
  it('opens from a file, answers its question, and asks nothing of the network', async () => {
    const { page } = await open(document);
    expect(await page.locator('h1').innerText()).toContain(
      '2 of 3 destinations are not ready for a failover',
    );
    expect(await page.locator('.card').count()).toBe(3);
    expect(await page.locator('.card').first().locator('.badge').innerText()).toContain('No');
    expect(await page.locator('.card').last().locator('.badge').innerText()).toContain('Yes');
    expect(await page.title()).toContain('not ready');
    await expectShown(page, {});
  });

  it('filters by kind, severity, destination and text, together', async () => {
    const { page } = await open(document);
    await page.locator('[data-kind="missing"]').click();
    await expectShown(page, { kinds: ['missing'] });
    await page.locator('[data-kind="tag-mismatch"]').click();
    await expectShown(page, { kinds: ['missing', 'tag-mismatch'] });
    expect(await page.locator('.chip[aria-pressed="true"]').count()).toBe(2);
    await page.locator('#destination').selectOption({ label: 'ap-southeast-2' });
    const destination = '111122223333/ap-southeast-2';
    await expectShown(page, { kinds: ['missing', 'tag-mismatch'], destination });
    await page.locator('#severity').selectOption('warning');
    await expectShown(page, { kinds: ['missing', 'tag-mismatch'], destination, severity: 'warning' });
    await page.locator('#reset').click();
    await expectShown(page, {});
    await page.locator('#text').fill('MEDIA copying');
    await expectShown(page, { text: 'media copying' });
    await page.locator('#text').fill('nothing has this');
    await expect.poll(() => page.locator('#findings-state').textContent()).toContain('None of');
  });

  it('loses nothing that is typed when something else is clicked at once', async () => {
    const { page } = await open(document);
    await page.evaluate(`globalThis.setTimeout = () => 1`);
    await page.locator('#text').pressSequentially('media');
    await page.locator('th[data-sort="repository"] button').click();
    await expectShown(page, { text: 'media', sort: 'repository' });
    await page.locator('#rows').pressSequentially('media');
    await page.locator('[data-kind="missing"]').click();
    expect(await page.locator('#rows').inputValue()).toBe('media');
    expect(await page.locator('.map tbody b').first().innerText()).toContain('media');
  });

  it('counts on each kind what choosing it would show', async () => {
    const { page } = await open(document);
    await page.locator('#severity').selectOption('warning');
    const chip = page.locator('[data-kind="archived"]');
    const told = await chip.locator('.n').textContent();
    expect(told).toBe(String(expected({ kinds: ['archived'], severity: 'warning' }).count));
  });

  it('sorts by a column, up and down, and says so', async () => {
    const { page } = await open(document);
    const head = page.locator('th[data-sort="pushed"]');
    await head.locator('button').click();
    await expectShown(page, { sort: 'pushed' });
    expect(await head.getAttribute('aria-sort')).toBe('ascending');
    await head.locator('button').click();
    await expectShown(page, { sort: 'pushed', descending: true });
    expect(await head.getAttribute('aria-sort')).toBe('descending');
    expect(await page.locator('th[aria-sort]:not([aria-sort="none"])').count()).toBe(1);
  });

  it('chooses the findings of a cell of the heat map, and all of them again', async () => {
    const { page } = await open(document);
    const cell = page.locator('.map button.cell.absent').first();
    await cell.click();
    const name = await cell.getAttribute('aria-label');
    const [, repository = ''] = /^(\S+) in /.exec(name ?? '') ?? [];
    await expectShown(page, { repository, destination: '111122223333/ap-southeast-2' });
    expect(await cell.getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('#chosen').innerText()).toContain(repository);
    await cell.click();
    await expectShown(page, {});
    expect(await cell.getAttribute('aria-pressed')).toBe('false');
  });

  it('finds and orders repositories in the heat map', async () => {
    const { page } = await open(document);
    const names = (): Promise<readonly string[]> => page.locator('.map tbody b').allTextContents();
    await page.locator('#row-order').selectOption('name');
    const all = document.repositories.map(({ repository }) => repository).sort();
    expect(await names()).toEqual(all.slice(0, 25));
    await page.locator('#map-pager button').last().click();
    expect(await names()).toEqual(all.slice(25, 50));
    await page.locator('#rows').fill('payments/');
    const some = all.filter((repository) => repository.includes('payments/'));
    await expect.poll(names).toEqual(some.slice(0, 25));
    await page.locator('#rows').fill('no such');
    await expect
      .poll(() => page.locator('#map-state').textContent())
      .toContain('No repository has “no such”');
  });

  it('leads from the count on a card to its findings', async () => {
    const { page } = await open(document);
    await page.locator('.card', { hasText: 'eu-west-1' }).locator('dd a').first().click();
    await expectShown(page, {
      kinds: ['missing'],
      source: '111122223333/us-east-1',
      destination: '111122223333/eu-west-1',
    });
    expect(await page.locator('.card dd a').count()).toBeGreaterThan(3);
  });

  it('shows cause, facts and cures of a finding, and copies a command', async () => {
    const { page } = await open(document);
    await page.locator('.open').first().click();
    const { subjects } = expected({});
    const first = sorted(document.findings, everything)[0];
    expect(first === undefined ? '' : subjectOf(first)).toBe(subjects[0]);
    const details = page.locator('.details:not([hidden])');
    const text = `${await page.locator('.finding').first().innerText()} ${await details.innerText()}`;
    for (const part of [first?.explanation, first?.digest, first?.cause, first?.cures[0]?.text]) {
      expect(text).toContain(part);
    }
    const copy = details.locator('.copy').first();
    await copy.click();
    await expect.poll(() => copy.innerText()).toBe('Copied');
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(first?.cures[0]?.command);
    expect(await page.locator('#copied').textContent()).toBe('Command copied.');
  });

  it('selects the command where the browser refuses the clipboard', async () => {
    const before = `Object.defineProperty(navigator, 'clipboard', { value: undefined })`;
    const { page } = await open(document, { before });
    await page.locator('.open').first().click();
    const box = page.locator('.details:not([hidden]) .command').first();
    await box.locator('.copy').click();
    await expect.poll(() => box.locator('.copy').innerText()).toBe('Selected');
    expect(await page.evaluate('String(getSelection())')).toBe(await box.locator('pre').textContent());
  });
});

describe('a shared link', () => {
  it('brings back what was chosen, in another browser and after a reload', async () => {
    const { page, url } = await open(document);
    await page.locator('[data-kind="missing"]').click();
    await page.locator('#text').fill('payments');
    await page.locator('th[data-sort="repository"] button').click();
    const query = { kinds: ['missing'], text: 'payments', sort: 'repository' } as const;
    await expectShown(page, query);
    const hash = page.url().slice(url.length);
    expect(hash).toContain('kind=missing');

    const other = await open(document, { hash });
    await expectShown(other.page, query);
    expect(await other.page.locator('#text').inputValue()).toBe('payments');
    await page.reload();
    await expectShown(page, query);
  });

  it('is followed when the address is changed by hand', async () => {
    const { page } = await open(document);
    await page.evaluate(`location.hash = '#severity=critical&sort=-repository&page=2'`);
    const all = sorted(chosen(document.findings, { ...everything, severity: 'critical' }), {
      ...everything,
      sort: 'repository',
      descending: true,
    });
    await expect.poll(() => shown(page)).toEqual(all.slice(25, 50).map(subjectOf));
  });

  it('is not lost on a place in the page', async () => {
    const { page } = await open(document, { hash: '#kind=archived' });
    await expectShown(page, { kinds: ['archived'] });
    await page.locator('.skip').focus();
    await page.keyboard.press('Enter');
    await expectShown(page, { kinds: ['archived'] });
  });
});

describe('where the browser gives a file no address to write to', () => {
  it('what is chosen is shown all the same', async () => {
    const before = `history.replaceState = () => { throw new DOMException('refused', 'SecurityError'); }`;
    const { page } = await open(document, { before });
    await page.locator('[data-kind="missing"]').click();
    await expectShown(page, { kinds: ['missing'] });
  });
});

describe('with the keyboard alone', () => {
  it('everything can be reached: from the heat map to the command that cures', async () => {
    const { page } = await open(document);
    const focused = (): Promise<unknown> =>
      page.evaluate(`document.activeElement?.closest('table, section, header, body')?.className`);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the findings');
    for (let i = 0; i < 40 && (await focused()) !== 'map'; i++) await page.keyboard.press('Tab');
    expect(await focused()).toBe('map');
    expect(
      await page.evaluate('document.activeElement === document.querySelector(".map tbody button")'),
    ).toBe(true);
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');

    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    const label = (): Promise<unknown> => page.evaluate('document.activeElement.getAttribute("aria-label")');
    const at = await label();
    expect(at).toContain('in ap-southeast-2');
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    expect(await label()).toBe(at);
    await page.keyboard.press('Enter');
    const [, repository = ''] = /^(\S+) in /.exec(String(at)) ?? [];
    await expectShown(page, { repository, destination: '111122223333/ap-southeast-2' });

    // The map is one stop: the next one lies outside of it.
    await page.keyboard.press('Tab');
    expect(await focused()).not.toBe('map');
    const opener = (): Promise<unknown> => page.evaluate('document.activeElement.className');
    for (let i = 0; i < 40 && (await opener()) !== 'open'; i++) await page.keyboard.press('Tab');
    expect(await opener()).toBe('open');
    await page.keyboard.press('Enter');
    for (let i = 0; i < 3 && (await opener()) !== 'copy'; i++) await page.keyboard.press('Tab');
    expect(await opener()).toBe('copy');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#copied').textContent()).toBe('Command copied.');
    expect(await page.evaluate('navigator.clipboard.readText()')).toContain('aws ecr');
  });

  it('the focus stays on the pager while pages are turned', async () => {
    const { page } = await open(document);
    const next = page.locator('#findings-pager button').last();
    await next.focus();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#findings-pager').innerText()).toContain('Page 2 of');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Next');
  });
});

describe('light and dark', () => {
  const background = 'getComputedStyle(document.body).backgroundColor';

  it('follow the system until the reader chooses, and the choice is kept', async () => {
    const { page } = await open(document, { colorScheme: 'dark' });
    const dark = await page.evaluate(background);
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await page.evaluate(background);
    expect(light).not.toBe(dark);
    await page.locator('#theme').click();
    expect(await page.evaluate(background)).toBe(dark);
    await page.reload();
    expect(await page.evaluate(background)).toBe(dark);
    await page.locator('#theme').click();
    expect(await page.evaluate(background)).toBe(light);
  });

  it('can be changed where the browser gives a file no storage', async () => {
    const before = `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('refused', 'SecurityError'); } })`;
    const { page } = await open(document, { before });
    const light = await page.evaluate(background);
    await page.locator('#theme').click();
    expect(await page.evaluate(background)).not.toBe(light);
  });
});

describe('in a narrow window', () => {
  it.each([320, 360, 768])('of %d px nothing has to be scrolled sideways', async (width) => {
    const { page } = await open(sampleAudit({ repositories: 60, destinations: 5, findings: 500 }), {
      viewport: { width, height: 740 },
    });
    for (const opener of await page.locator('.open').all()) await opener.click();
    for (const table of await page.locator('summary').all()) await table.click();
    expect(await numberOn(page, 'document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
    const last = await page.locator('.map tbody tr').first().locator('button').last().boundingBox();
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(width);
  });
});

describe('thousands of repositories', () => {
  it('leave the page with a bounded number of elements, whatever is chosen', async () => {
    const large = sampleAudit({ repositories: 5000, destinations: 5, findings: 8000 });
    const { page } = await open(large);
    const elements = 'document.querySelectorAll("*").length';
    expect(await numberOn(page, elements)).toBeLessThan(2500);
    expect(await page.locator('#map-state').textContent()).toBe('Repositories 1–25 of 5,000');
    await page.locator('#row-order').selectOption('name');
    await page.locator('#map-pager button').last().click();
    await page.locator('[data-kind="missing"]').click();
    await page.locator('#text').fill('media');
    await page.waitForURL(/q=media/);
    await expect.poll(() => page.locator('#findings-state').textContent()).toContain('chosen from 8,002');
    for (let i = 0; i < 5; i++) await page.locator('#findings-pager button').last().click();
    expect(await page.locator('#findings-pager').innerText()).toContain('Page 6 of');
    expect(await numberOn(page, elements)).toBeLessThan(2500);
  });
});

describe('on paper', () => {
  it('more rows are shown, and nothing that only a hand could use', async () => {
    const { page } = await open(document);
    await page.emulateMedia({ media: 'print' });
    expect(await page.locator('.controls').first().isVisible()).toBe(false);
    expect(await page.locator('#findings-pager').isVisible()).toBe(false);
    await page.evaluate(`dispatchEvent(new Event('beforeprint'))`);
    expect(await page.locator('.finding').count()).toBe(60);
    await page.evaluate(`dispatchEvent(new Event('afterprint'))`);
    expect(await page.locator('.finding').count()).toBe(25);
  });
});

describe('without scripts', () => {
  it('the answers, the worst repositories and the worst findings can be read', async () => {
    const { page } = await open(document, { javaScriptEnabled: false });
    expect(await page.locator('.card').count()).toBe(3);
    expect(await page.locator('#map').isVisible()).toBe(false);
    expect(await page.locator('#theme').isVisible()).toBe(false);
    const plain = page.locator('noscript');
    expect(await plain.locator('table').isVisible()).toBe(true);
    expect(await plain.locator('.plain-findings li').count()).toBe(40);
    expect(await plain.locator('.plain-findings li').first().innerText()).toContain('aws ecr');
    expect(await page.locator('.card a').count()).toBe(0);
    expect(await page.locator('svg[role="img"]').count()).toBe(3);
  });
});

describe('when there is nothing to show', () => {
  it.each([
    ['all is in sync', audit(), 'All 10 replicas are in sync', 'All 10 replicas are in sync.'],
    [
      'nothing is expected',
      audit({ routes: [route(noCounts)], repositories: [] }),
      'Nothing is expected at any destination',
      'there is nothing to find',
    ],
    [
      'a destination is unreadable',
      audit({
        outcome: 'incomplete',
        routes: [route({ ...noCounts, repositoriesUnreadable: 1 })],
        repositories: [row('prod/api', { unreadable: 'access-denied' })],
        findings: [finding({ kind: 'unreadable' })],
      }),
      'cannot be told',
      'Findings 1–1 of 1',
    ],
    [
      'the audit was stopped',
      audit({ interrupted: true, outcome: 'incomplete' }),
      'cannot be told',
      'It was not all.',
    ],
  ])('the page says so: %s', async (_, document, headline, found) => {
    const { page } = await open(document);
    expect(await page.locator('h1').innerText()).toContain(headline);
    expect(await page.locator('#findings').innerText()).toContain(found);
    expect(await page.locator('#findings').isVisible()).toBe(true);
  });
});
