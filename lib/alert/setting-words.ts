/** A finding about settings in words: how much it matters, what is so, and what it will do. */

import type { Registry } from '../image/registry.ts';
import type { TagSettings } from '../replication/tag-mutability.ts';
import type { LifecycleRule } from '../sweep/lifecycle.ts';
import type { Scanning } from '../sweep/scanning.ts';
import type { SettingFinding, SettingKind } from '../sweep/setting-finding.ts';
import { count, grouped } from './words.ts';

/** None is critical: nothing has been lost yet. `warning`: sooner or later an image, or its tag, is not there. */
export const settingSeverities: { readonly [K in SettingKind]: 'warning' | 'info' } = {
  'tag-settings-differ': 'warning',
  'encryption-differs': 'info',
  'scanning-differs': 'info',
  'lifecycle-expires-untagged': 'warning',
  'lifecycle-expires-unpulled': 'warning',
  'lifecycle-archives': 'warning',
  'lifecycle-unknown': 'info',
  'no-creation-template': 'info',
  'template-without-role': 'warning',
  'not-admitted': 'warning',
  uncovered: 'info',
  'rule-chain': 'warning',
  'prefix-too-wide': 'info',
  'settings-unreadable': 'info',
};

/** What each kind means, for a table of all of them. */
export const settingMeanings: { readonly [K in SettingKind]: string } = {
  'tag-settings-differ':
    'Tags can move at the source and not at the destination, or the other way round: where they cannot, an image arrives without its tag.',
  'encryption-differs': 'The destination encrypts with another type of key than the source.',
  'scanning-differs': 'Images are scanned at one side, and not, or less often, at the other.',
  'lifecycle-expires-untagged':
    'The destination deletes untagged images that the source keeps; children of an index and images whose tag could not move are untagged.',
  'lifecycle-expires-unpulled':
    'The destination deletes images that nobody pulls; nobody pulls replicas until the day they are needed.',
  'lifecycle-archives': 'The destination archives replicas; a pull of an archived image fails.',
  'lifecycle-unknown':
    'The destination has a lifecycle policy with a part that is not known here: it may do anything.',
  'no-creation-template':
    "Repositories that replication creates get ECR's defaults: tags that move, AES256, no scan, no lifecycle policy.",
  'template-without-role':
    'The template asks for a KMS key or tags and names no customRoleArn: ECR cannot create the repository, and replication fails.',
  'not-admitted':
    "The destination's registry policy does not let the source's account in: replication fails, or cannot create repositories.",
  uncovered: 'No replication rule covers these repositories; told once a week.',
  'rule-chain': 'Replication never chains: what arrived from elsewhere is not sent on.',
  'prefix-too-wide':
    'A filter is a plain string prefix: it also replicates repositories outside the path that it seems to name.',
  'settings-unreadable': 'A setting could not be read: whether it is as it must be is unknown.',
};

/** One sentence that names everything. */
export function settingSentence(finding: SettingFinding): string {
  switch (finding.kind) {
    case 'tag-settings-differ': {
      const { repository, destination, atSource, there } = finding;
      return `${repository}: tags are ${tagsInWords(there)} in ${place(destination)}, and ${tagsInWords(atSource)} at the source.`;
    }
    case 'encryption-differs': {
      const { repository, destination, atSource, there } = finding;
      return `${repository}: encrypted by ${there} in ${place(destination)}, by ${atSource} at the source.`;
    }
    case 'scanning-differs': {
      const { repository, destination, atSource, there } = finding;
      return `${repository}: ${scanningInWords(there)} in ${place(destination)}, ${scanningInWords(atSource)} at the source.`;
    }
    case 'lifecycle-expires-untagged':
    case 'lifecycle-expires-unpulled':
    case 'lifecycle-archives': {
      const { repository, destination, rule } = finding;
      return `${repository}: rule ${rule.priority} of its lifecycle policy in ${place(destination)} ${ruleInWords(rule)}.`;
    }
    case 'lifecycle-unknown':
      return `${finding.repository}: its lifecycle policy in ${place(finding.destination)} has a part that is not known here (${finding.what}).`;
    case 'no-creation-template':
      return `${place(finding.destination)} has no repository creation template for ${some(finding.repositories)}.`;
    case 'template-without-role': {
      const { prefix, destination, because, repositories } = finding;
      return `The repository creation template ${prefix} in ${place(destination)} asks for ${because.join(' and ')} and names no customRoleArn: ECR cannot create ${some(repositories)} there.`;
    }
    case 'not-admitted': {
      const { source, destination, missing } = finding;
      return `The registry policy of ${place(destination)} does not grant ${missing.join(' and ')} to account ${source.account}.`;
    }
    case 'uncovered':
      return `No replication rule of ${place(finding.source)} covers ${some(finding.repositories)}.`;
    case 'rule-chain': {
      const { source, via, destination, repositories } = finding;
      return `${some(repositories)}: what goes from ${place(source)} to ${place(via)} does not go on to ${place(destination)}, though the rules there name it.`;
    }
    case 'prefix-too-wide':
      return `The prefix ${finding.prefix} of ${place(finding.source)} also replicates ${some(finding.repositories)}.`;
    case 'settings-unreadable': {
      const { what, registry, why, repository } = finding;
      const whose = repository === undefined ? '' : ` of ${repository}`;
      return `The ${what}${whose} in ${place(registry)} could not be read (${why}): nothing is known of it.`;
    }
  }
}

function tagsInWords({ mutability, exceptions }: TagSettings): string {
  const excepted = exceptions.length === 0 ? 'none' : exceptions.join(', ');
  switch (mutability) {
    case 'MUTABLE':
      return 'mutable';
    case 'IMMUTABLE':
      return 'immutable';
    case 'MUTABLE_WITH_EXCLUSION':
      return `mutable (but for ${excepted})`;
    case 'IMMUTABLE_WITH_EXCLUSION':
      return `immutable (but for ${excepted})`;
  }
}

function scanningInWords({ type, frequency }: Scanning): string {
  const how = type === 'BASIC' ? 'basic' : 'enhanced';
  switch (frequency) {
    case 'MANUAL':
      return 'not scanned by itself';
    case 'SCAN_ON_PUSH':
      return `scanned at each push (${how})`;
    case 'CONTINUOUS_SCAN':
      return `scanned continuously (${how})`;
  }
}

function ruleInWords({ action, tagStatus, countType, countNumber }: LifecycleRule): string {
  const does = action === 'expire' ? 'deletes' : 'archives';
  const which = tagStatus === 'any' ? 'images' : `${tagStatus} images`;
  const days = count(countNumber, 'day');
  switch (countType) {
    case 'imageCountMoreThan':
      return `${does} ${which} beyond the newest ${grouped(countNumber)}`;
    case 'sinceImagePushed':
      return `${does} ${which} ${days} after they arrived`;
    case 'sinceImagePulled':
      return `${does} ${which} that nobody has pulled for ${days}`;
    case 'sinceImageTransitioned':
      return `${does} ${which} ${days} after they were archived`;
  }
}

/** Names three, and says how many more. */
function some(repositories: readonly string[]): string {
  const more = repositories.length - 3;
  const named = repositories.slice(0, 3).join(', ');
  return more > 0 ? `${named} and ${count(more, 'more repository', 'more repositories')}` : named;
}

function place({ account, region }: Registry): string {
  return `${region} (${account})`;
}
