/** What a message that is sent again says beside its event: which destinations an earlier look left open. */

import { parseRegistry, type Registry, registryKey } from '../image/registry.ts';

/** The message attribute that a message sent again carries: `ACCOUNT/REGION` of each destination, comma-separated. */
export const waitingForAttribute = 'waitingFor';

export function writeWaitingFor(registries: readonly Registry[]): string {
  return registries.map(registryKey).join(',');
}

/** Undefined for anything that we did not write: then every destination is looked at, which is never wrong. */
export function readWaitingFor(text: string | undefined): readonly Registry[] | undefined {
  if (text === undefined || text === '') return undefined;
  const registries: Registry[] = [];
  for (const part of text.split(',')) {
    const registry = parseRegistry(part);
    if (!registry.ok) return undefined;
    registries.push(registry.value);
  }
  return registries;
}
