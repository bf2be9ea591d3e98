/** Whether a repository at a destination is set up as it is at its source: tags, encryption, scanning. */

import type { Registry } from '../image/registry.ts';
import type { TagSettings } from '../replication/tag-mutability.ts';
import { type RegistryScanning, sameScanning, scanningOf } from './scanning.ts';
import type { SettingFinding } from './setting-finding.ts';

/** A repository as DescribeRepositories shows it. */
export interface RepositorySettings {
  readonly tags: TagSettings;
  /** `AES256`, `KMS` or `KMS_DSSE`. */
  readonly encryption: string;
  readonly scanOnPush: boolean;
}

/** What is known of one registry. Scanning is left out where it could not be read: then nothing is said of it. */
export interface RegistrySettings {
  readonly registry: Registry;
  readonly repositories: ReadonlyMap<string, RepositorySettings>;
  readonly scanning?: RegistryScanning;
}

/** Nothing where one of the two has no such repository: that is not a setting. */
export function compareSettings(
  source: RegistrySettings,
  destination: RegistrySettings,
  repository: string,
): readonly SettingFinding[] {
  const here = source.repositories.get(repository);
  const there = destination.repositories.get(repository);
  if (here === undefined || there === undefined) return [];
  const replica = { source: source.registry, destination: destination.registry, repository };
  const findings: SettingFinding[] = [];
  if (!sameTagSettings(here.tags, there.tags)) {
    findings.push({ kind: 'tag-settings-differ', ...replica, atSource: here.tags, there: there.tags });
  }
  if (here.encryption !== there.encryption) {
    const types = { atSource: here.encryption, there: there.encryption };
    findings.push({ kind: 'encryption-differs', ...replica, ...types });
  }
  if (source.scanning === undefined || destination.scanning === undefined) return findings;
  const scanning = {
    atSource: scanningOf(source.scanning, repository, here.scanOnPush),
    there: scanningOf(destination.scanning, repository, there.scanOnPush),
  };
  if (!sameScanning(scanning.atSource, scanning.there)) {
    findings.push({ kind: 'scanning-differs', ...replica, ...scanning });
  }
  return findings;
}

/** Exclusions without a filter exclude nothing, and their order does not matter. */
function sameTagSettings(a: TagSettings, b: TagSettings): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ mutability, exceptions }: TagSettings): string {
  const plain = mutability === 'IMMUTABLE' || mutability === 'IMMUTABLE_WITH_EXCLUSION' ? 'no' : 'yes';
  const excepted = mutability.endsWith('_WITH_EXCLUSION') ? exceptions : [];
  return [plain, ...new Set(excepted)].toSorted().join(' ');
}
