/** The sample events of `events/`, and how to change one in one place. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = join(import.meta.dirname, '../../events');

export function sampleEvent(name: string): unknown {
  return JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
}

/** The event with the value at `path` (`detail.image-tag`) replaced; `undefined` takes the key away. */
export function changed(event: unknown, path: string, value: unknown): unknown {
  const [key = '', ...rest] = path.split('.');
  const { [key]: old, ...others } = event as Record<string, unknown>;
  const next = rest.length === 0 ? value : changed(old, rest.join('.'), value);
  return next === undefined ? others : { ...others, [key]: next };
}
