/** The ports that only read registries: what functions and command line have in common. */

import type { Ports } from '../ports.ts';
import type { EcrClientFor } from './clients.ts';
import { readImages, readTags } from './ecr-images.ts';
import { readInventory } from './ecr-inventory.ts';
import { readClaims, readRepositories, readTagSettings, rulesReader } from './ecr-registry.ts';

export type RegistryPorts = Pick<
  Ports,
  | 'readRules'
  | 'readRepositories'
  | 'readInventory'
  | 'readImages'
  | 'readTags'
  | 'readTagSettings'
  | 'readClaims'
>;

export function registryPorts(ecr: EcrClientFor, now: Ports['now']): RegistryPorts {
  return {
    readRules: rulesReader(ecr, now),
    readRepositories: (registry) => readRepositories(ecr, registry),
    readInventory: (registry, repository, from) => readInventory(ecr, registry, repository, from),
    readImages: (read) => readImages(ecr, read),
    readTags: (registry, repository, tags) => readTags(ecr, registry, repository, tags),
    readTagSettings: (registry, repository) => readTagSettings(ecr, registry, repository),
    readClaims: (source, repository, digest) => readClaims(ecr, source, repository, digest),
  };
}
