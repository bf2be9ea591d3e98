/** The operations on how a registry is scanned; always the caller's own account. */

import * as v from 'valibot';
import { type Operations, parseInput } from './ecr-input.ts';
import { registryOf } from './ecr-state.ts';

const scanningRule = v.object({
  scanFrequency: v.picklist(['SCAN_ON_PUSH', 'CONTINUOUS_SCAN', 'MANUAL']),
  repositoryFilters: v.array(v.object({ filter: v.string(), filterType: v.picklist(['WILDCARD']) })),
});
const scanningInput = v.object({
  scanType: v.optional(v.picklist(['BASIC', 'ENHANCED']), 'BASIC'),
  rules: v.optional(v.array(scanningRule), []),
});

export const scanningOperations: Operations = {
  GetRegistryScanningConfiguration: (state, registry) => ({
    registryId: registry.account,
    scanningConfiguration: registryOf(state, registry).scanning,
  }),

  PutRegistryScanningConfiguration: (state, registry, input) => {
    const registryScanningConfiguration = parseInput(scanningInput, input);
    registryOf(state, registry).scanning = registryScanningConfiguration;
    return { registryScanningConfiguration };
  },
};
