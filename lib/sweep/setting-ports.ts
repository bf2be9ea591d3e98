/** What judging settings asks of the world, besides lib/ports.ts: only functions that judge them have these. */

import type { Registry } from '../image/registry.ts';
import type { CreationTemplate } from './creation-template.ts';
import type { LifecyclePolicy } from './lifecycle.ts';
import type { PolicyStatement } from './registry-policy.ts';
import type { RepositorySettings } from './repository-settings.ts';
import type { RegistryScanning } from './scanning.ts';
import type { SettingReading } from './setting-finding.ts';

/** How registries and repositories are set up. */
export interface SettingPorts {
  /** ECR DescribeRepositories: of every repository, a thousand a call. */
  readonly readRepositorySettings: (
    registry: Registry,
  ) => Promise<SettingReading<ReadonlyMap<string, RepositorySettings>>>;
  /** ECR GetLifecyclePolicy: one repository a call. */
  readonly readLifecyclePolicy: (
    registry: Registry,
    repository: string,
  ) => Promise<SettingReading<LifecyclePolicy | 'none'>>;
  /** ECR DescribeRepositoryCreationTemplates. */
  readonly readCreationTemplates: (
    registry: Registry,
  ) => Promise<SettingReading<readonly CreationTemplate[]>>;
  /** ECR GetRegistryScanningConfiguration. */
  readonly readScanning: (registry: Registry) => Promise<SettingReading<RegistryScanning>>;
  /** ECR GetRegistryPolicy: no statements where there is no policy. */
  readonly readRegistryPolicy: (registry: Registry) => Promise<SettingReading<readonly PolicyStatement[]>>;
}
