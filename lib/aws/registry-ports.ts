/** The ports that only read registries: all that the command line needs to look for itself. */

import type { Registry } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import type { ReadRole } from '../setting.ts';
import type { SettingPorts } from '../sweep/setting-ports.ts';
import { ecrClients, type Pace } from './clients.ts';
import { readImages, readTags } from './ecr-images.ts';
import { readInventory } from './ecr-inventory.ts';
import { readClaims, readRepositories, readTagSettings, rulesReader } from './ecr-registry.ts';
import { settingPorts } from './ecr-settings.ts';

export type RegistryPorts = SettingPorts &
  Pick<
    Ports,
    | 'readRules'
    | 'readRepositories'
    | 'readInventory'
    | 'readImages'
    | 'readTags'
    | 'readTagSettings'
    | 'readClaims'
  >;

/** To be made once a process: the clients in them keep their connections. `home`: whose credentials these are. */
export function registryPorts(
  home: Registry,
  readRole: ReadRole | undefined,
  now: Ports['now'],
  pace?: Pace,
): RegistryPorts {
  const ecr = ecrClients(home, readRole, pace);
  return {
    ...settingPorts(ecr),
    readRules: rulesReader(ecr, now),
    readRepositories: (registry) => readRepositories(ecr, registry),
    readInventory: (registry, repository, from) => readInventory(ecr, registry, repository, from),
    readImages: (read) => readImages(ecr, read),
    readTags: (registry, repository, tags) => readTags(ecr, registry, repository, tags),
    readTagSettings: (registry, repository) => readTagSettings(ecr, registry, repository),
    readClaims: (source, repository, digest) => readClaims(ecr, source, repository, digest),
  };
}
