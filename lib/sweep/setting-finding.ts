/** What the settings of registries and repositories will do to replication later: one finding for each thing to change. */

import type { Registry } from '../image/registry.ts';
import type { TagSettings } from '../replication/tag-mutability.ts';
import type { ReadFault } from '../replication/verdict.ts';
import type { LifecycleRule } from './lifecycle.ts';
import type { Scanning } from './scanning.ts';

/** The closed list. `settings-unreadable`: nobody could tell, which is no clean bill. */
export const settingKinds = [
  'tag-settings-differ',
  'encryption-differs',
  'scanning-differs',
  'lifecycle-expires-untagged',
  'lifecycle-expires-unpulled',
  'lifecycle-archives',
  'lifecycle-unknown',
  'no-creation-template',
  'template-without-role',
  'not-admitted',
  'uncovered',
  'rule-chain',
  'prefix-too-wide',
  'settings-unreadable',
] as const;
export type SettingKind = (typeof settingKinds)[number];

/** What is read of a registry, or of a repository in it. */
export type SettingRead =
  | 'rules'
  | 'repositories'
  | 'lifecycle policy'
  | 'creation templates'
  | 'scanning'
  | 'registry policy';

/** One repository and one of its destinations. */
interface OfReplica {
  readonly source: Registry;
  readonly destination: Registry;
  readonly repository: string;
}

export type SettingFinding =
  | (OfReplica & {
      readonly kind: 'tag-settings-differ';
      readonly atSource: TagSettings;
      readonly there: TagSettings;
    })
  /** Encryption types as ECR writes them; keys belong to a Region and are never the same. */
  | (OfReplica & { readonly kind: 'encryption-differs'; readonly atSource: string; readonly there: string })
  | (OfReplica & {
      readonly kind: 'scanning-differs';
      readonly atSource: Scanning;
      readonly there: Scanning;
    })
  | (OfReplica & {
      readonly kind: 'lifecycle-expires-untagged' | 'lifecycle-expires-unpulled' | 'lifecycle-archives';
      readonly rule: LifecycleRule;
    })
  /** `what`: the part of the policy that is not known here. */
  | (OfReplica & { readonly kind: 'lifecycle-unknown'; readonly what: string })
  /** `repositories`: those that the rules cover and no template for replication matches. */
  | {
      readonly kind: 'no-creation-template';
      readonly source: Registry;
      readonly destination: Registry;
      readonly repositories: readonly string[];
    }
  /** `repositories`: those that the template would be used for. */
  | {
      readonly kind: 'template-without-role';
      readonly source: Registry;
      readonly destination: Registry;
      readonly prefix: string;
      readonly because: readonly ('a KMS key' | 'tags')[];
      readonly repositories: readonly string[];
    }
  /** `missing`: actions that the destination's registry policy does not grant to the source's account. */
  | {
      readonly kind: 'not-admitted';
      readonly source: Registry;
      readonly destination: Registry;
      readonly missing: readonly string[];
    }
  | { readonly kind: 'uncovered'; readonly source: Registry; readonly repositories: readonly string[] }
  /** Images of `source` reach `via`, whose rules name `destination` for the same repositories. */
  | {
      readonly kind: 'rule-chain';
      readonly source: Registry;
      readonly via: Registry;
      readonly destination: Registry;
      readonly repositories: readonly string[];
    }
  /** `repositories`: those that the prefix matches outside its path. */
  | {
      readonly kind: 'prefix-too-wide';
      readonly source: Registry;
      readonly prefix: string;
      readonly repositories: readonly string[];
    }
  | {
      readonly kind: 'settings-unreadable';
      readonly source: Registry;
      readonly registry: Registry;
      readonly what: SettingRead;
      readonly why: ReadFault;
      readonly repository?: string;
    };

/** A setting as it was read, or why it could not be. */
export type SettingReading<T> =
  | { readonly is: 'read'; readonly value: T }
  | { readonly is: 'unreadable'; readonly why: ReadFault };
