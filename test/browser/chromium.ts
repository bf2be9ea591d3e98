/** The browser that the tests and the screenshots use: the system's Chromium, with nothing of its own to say to the network. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Where Chromium is, or undefined when there is none. */
export function findChromium(path: string): string | undefined {
  return path
    .split(delimiter)
    .flatMap((folder) => ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join(folder, name)))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export const howToInstall =
  'no Chromium found: install it (Debian: apt-get install chromium) or put chromium or google-chrome in PATH';
/** Exit code: it could not be told whether the page works. */
export const noBrowser = 3;

/** Playwright starts it with a new, empty profile. */
export function launch(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
      ...['--no-first-run', '--disable-component-update', '--disable-sync'],
    ],
  });
}
