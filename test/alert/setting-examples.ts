/** A finding about settings of each kind, and the sentence that people read. */

import type { Registry } from '../../lib/image/registry.ts';
import type { SettingFinding } from '../../lib/sweep/setting-finding.ts';
import { ireland, source, sydney } from '../samples.ts';

export const other: Registry = { account: '444455556666', region: 'eu-west-1' };
export const replica = { source, destination: ireland, repository: 'prod/api' };
export const rule = {
  priority: 2,
  tagStatus: 'untagged',
  countType: 'sinceImagePushed',
  countNumber: 14,
  action: 'expire',
} as const;

export const examples: readonly (readonly [SettingFinding, string])[] = [
  [
    {
      kind: 'tag-settings-differ',
      ...replica,
      atSource: { mutability: 'IMMUTABLE_WITH_EXCLUSION', exceptions: ['latest'] },
      there: { mutability: 'MUTABLE', exceptions: [] },
    },
    'prod/api: tags are mutable in eu-west-1 (111122223333), and immutable (but for latest) at the source.',
  ],
  [
    { kind: 'encryption-differs', ...replica, atSource: 'KMS', there: 'AES256' },
    'prod/api: encrypted by AES256 in eu-west-1 (111122223333), by KMS at the source.',
  ],
  [
    {
      kind: 'scanning-differs',
      ...replica,
      atSource: { type: 'BASIC', frequency: 'SCAN_ON_PUSH' },
      there: { type: 'BASIC', frequency: 'MANUAL' },
    },
    'prod/api: not scanned by itself in eu-west-1 (111122223333), scanned at each push (basic) at the source.',
  ],
  [
    { kind: 'lifecycle-expires-untagged', ...replica, rule },
    'prod/api: rule 2 of its lifecycle policy in eu-west-1 (111122223333) deletes untagged images 14 days after they arrived.',
  ],
  [
    {
      kind: 'lifecycle-expires-unpulled',
      ...replica,
      rule: { ...rule, tagStatus: 'any', countType: 'sinceImagePulled', countNumber: 90 },
    },
    'prod/api: rule 2 of its lifecycle policy in eu-west-1 (111122223333) deletes images that nobody has pulled for 90 days.',
  ],
  [
    {
      kind: 'lifecycle-archives',
      ...replica,
      rule: {
        ...rule,
        tagStatus: 'any',
        countType: 'imageCountMoreThan',
        countNumber: 1_000,
        action: 'transition',
      },
    },
    'prod/api: rule 2 of its lifecycle policy in eu-west-1 (111122223333) archives images beyond the newest 1,000.',
  ],
  [
    { kind: 'lifecycle-unknown', ...replica, what: 'rule 1: action.type is "move"' },
    'prod/api: its lifecycle policy in eu-west-1 (111122223333) has a part that is not known here (rule 1: action.type is "move").',
  ],
  [
    { kind: 'no-creation-template', source, destination: ireland, repositories: ['a', 'b', 'c', 'd', 'e'] },
    'eu-west-1 (111122223333) has no repository creation template for a, b, c and 2 more repositories.',
  ],
  [
    {
      kind: 'template-without-role',
      source,
      destination: ireland,
      prefix: 'prod',
      because: ['a KMS key', 'tags'],
      repositories: ['prod/api'],
    },
    'The repository creation template prod in eu-west-1 (111122223333) asks for a KMS key and tags and names no customRoleArn: ECR cannot create prod/api there.',
  ],
  [
    {
      kind: 'not-admitted',
      source,
      destination: other,
      missing: ['ecr:ReplicateImage', 'ecr:CreateRepository'],
    },
    'The registry policy of eu-west-1 (444455556666) does not grant ecr:ReplicateImage and ecr:CreateRepository to account 111122223333.',
  ],
  [
    { kind: 'uncovered', source, repositories: ['web'] },
    'No replication rule of us-east-1 (111122223333) covers web.',
  ],
  [
    { kind: 'rule-chain', source, via: ireland, destination: sydney, repositories: ['prod/api'] },
    'prod/api: what goes from us-east-1 (111122223333) to eu-west-1 (111122223333) does not go on to ap-southeast-2 (111122223333), though the rules there name it.',
  ],
  [
    { kind: 'prefix-too-wide', source, prefix: 'prod', repositories: ['production-x'] },
    'The prefix prod of us-east-1 (111122223333) also replicates production-x.',
  ],
  [
    {
      kind: 'settings-unreadable',
      source,
      registry: other,
      what: 'lifecycle policy',
      why: 'access-denied',
      repository: 'prod/api',
    },
    'The lifecycle policy of prod/api in eu-west-1 (444455556666) could not be read (access-denied): nothing is known of it.',
  ],
];
