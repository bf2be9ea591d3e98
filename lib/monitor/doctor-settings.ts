/** Findings about settings as checks: one for each thing that can be wrong at a destination, and what is odd about the rules. */

import { settingSteps } from '../alert/setting-cure.ts';
import { settingSentence, settingSeverities } from '../alert/setting-words.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { SettingFinding, SettingKind, SettingRead } from '../sweep/setting-finding.ts';
import { type Check, failed, passed } from './checkup.ts';

interface Subject {
  readonly name: string;
  readonly kinds: readonly SettingKind[];
  /** What has to be read for it. */
  readonly reads: readonly SettingRead[];
  readonly fine: string;
}

const ofDestinations: readonly Subject[] = [
  {
    name: 'registry policy',
    kinds: ['not-admitted'],
    reads: ['registry policy'],
    fine: 'lets replication in',
  },
  {
    name: 'creation templates',
    kinds: ['template-without-role', 'no-creation-template'],
    reads: ['creation templates'],
    fine: 'each names a role where it needs one',
  },
  {
    name: 'tag immutability',
    kinds: ['tag-settings-differ'],
    reads: ['repositories'],
    fine: 'tags move as at the source',
  },
  {
    name: 'lifecycle policies',
    kinds: [
      'lifecycle-expires-untagged',
      'lifecycle-expires-unpulled',
      'lifecycle-archives',
      'lifecycle-unknown',
    ],
    reads: ['lifecycle policy'],
    fine: 'none takes what the source keeps',
  },
  {
    name: 'encryption and scanning',
    kinds: ['encryption-differs', 'scanning-differs'],
    reads: ['repositories', 'scanning'],
    fine: 'as at the source',
  },
];

const ofSource: readonly Subject[] = [
  {
    name: 'chains',
    kinds: ['rule-chain'],
    reads: ['rules'],
    fine: 'nobody counts on replication being passed on',
  },
  { name: 'prefixes', kinds: ['prefix-too-wide'], reads: [], fine: 'none matches more than it seems to say' },
  { name: 'coverage', kinds: ['uncovered'], reads: [], fine: 'every repository is covered by a rule' },
];

/** Findings that are named; all that are alike have one cure. */
const mostNamed = 3;

export function settingChecks(
  source: Registry,
  destinations: readonly Registry[],
  findings: readonly SettingFinding[],
): readonly Check[] {
  return [
    ...ofSource.map((subject) => checkOf(subject, source, findings)),
    ...destinations.flatMap((destination) =>
      ofDestinations.map((subject) =>
        checkOf(
          subject,
          destination,
          findings.filter((one) => concerns(one, destination)),
        ),
      ),
    ),
  ];
}

function concerns(finding: SettingFinding, destination: Registry): boolean {
  if (finding.kind === 'settings-unreadable')
    return registryKey(finding.registry) === registryKey(destination);
  return 'destination' in finding && registryKey(finding.destination) === registryKey(destination);
}

function checkOf(subject: Subject, about: Registry, findings: readonly SettingFinding[]): Check {
  const { name, kinds, reads, fine } = subject;
  const own = findings.filter(({ kind }) => kinds.includes(kind));
  const wrong = own.filter(({ kind }) => settingSeverities[kind] !== 'info');
  if (wrong.length > 0)
    return failed(about, name, sentencesOf(wrong), wrong[0] === undefined ? [] : settingSteps(wrong[0]));
  const unread = findings.find((one) => one.kind === 'settings-unreadable' && reads.includes(one.what));
  if (unread !== undefined) {
    const { text, ...rest } = failed(about, name, settingSentence(unread), settingSteps(unread));
    return { ...rest, text, result: 'could-not-tell' };
  }
  // What is only worth knowing does not fail.
  return passed(about, name, own.length === 0 ? fine : sentencesOf(own));
}

function sentencesOf(findings: readonly SettingFinding[]): string {
  const named = findings.slice(0, mostNamed).map(settingSentence).join(' ');
  const more = findings.length - mostNamed;
  return more > 0 ? `${named} And ${more.toLocaleString('en-US')} more like it.` : named;
}
