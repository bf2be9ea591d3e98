/** A report opened in the browser as a file, watched for whatever it asks of the network and for every error it makes. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { AuditDocument } from '../../lib/audit/document.ts';
import { renderReport } from '../../lib/report/report.ts';
import { findChromium, howToInstall, launch } from './chromium.ts';

export interface OpenReport {
  readonly page: Page;
  readonly url: string;
}

type Options = BrowserContextOptions & {
  readonly hash?: string;
  readonly before?: string;
  readonly expectedFault?: string;
};

/**
 * Registers the browser's life with the tests of a file; every page must end without a fault. What is opened is a
 * document, or the text of a page that was made elsewhere.
 */
export function reports(): (document: AuditDocument | string, options?: Options) => Promise<OpenReport> {
  const folder = mkdtempSync(join(tmpdir(), 'ecr-replication-monitor-browser-'));
  let browser: Browser;
  let faults: string[] = [];
  let files = 0;

  beforeAll(async () => {
    const chromium = findChromium(process.env['PATH'] ?? '');
    if (chromium === undefined) throw new Error(howToInstall);
    browser = await launch(chromium);
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    const seen = faults;
    faults = [];
    expect(seen).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  });

  return async (document, { hash = '', before, expectedFault, ...options } = {}) => {
    files += 1;
    const file = join(folder, `report-${files}.html`);
    writeFileSync(file, typeof document === 'string' ? document : renderReport(document));
    const url = pathToFileURL(file).href;
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    if (before !== undefined) await context.addInitScript(before);
    const page = await context.newPage();
    page.on('request', (request) => {
      if (request.url().split('#')[0] !== url) faults.push(`asks for ${request.url()}`);
    });
    page.on('console', (message) => {
      if (message.text() !== expectedFault) faults.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => faults.push(`throws ${error.message}`));
    page.on('dialog', (dialog) => faults.push(`opens a dialog: ${dialog.message()}`));
    await page.goto(`${url}${hash}`);
    return { page, url };
  };
}

/** A number that the page computes. */
export async function numberOn(page: Page, expression: string): Promise<number> {
  return Number(await page.evaluate(expression));
}
