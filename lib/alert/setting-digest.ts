/** Findings about settings in lines that are kept and told: what is so, and what to do; alike ones have one key. */

import { type Registry, registryKey } from '../image/registry.ts';
import { type KeptLine, mostNames } from '../sweep/cycle.ts';
import type { SettingFinding } from '../sweep/setting-finding.ts';
import { indented } from './indent.ts';
import { settingSteps } from './setting-cure.ts';
import { settingSentence, settingSeverities } from './setting-words.ts';
import { grouped } from './words.ts';

/** Findings that differ in their repository alone are alike: the first is told, with their number. */
export function keptLines(source: Registry, findings: readonly SettingFinding[]): readonly KeptLine[] {
  return findings.map((finding) => ({
    key: keyOf(finding),
    about: source,
    rank: settingSeverities[finding.kind] === 'warning' ? 0 : 1,
    text: [settingSentence(finding), ...settingSteps(finding).flatMap(indented)],
    count: 1,
    ...repositoriesOf(finding),
  }));
}

function repositoriesOf(finding: SettingFinding): Pick<KeptLine, 'names' | 'repositories'> {
  if ('repositories' in finding) {
    const { repositories } = finding;
    return { names: repositories.slice(0, mostNames), repositories: repositories.length };
  }
  const repository = 'repository' in finding ? finding.repository : undefined;
  return repository === undefined ? { names: [], repositories: 0 } : { names: [repository], repositories: 1 };
}

/** Repositories that a sentence names by itself. */
const inSentence = 3;

/** A line as people read it: what is so, where else it is so, and what to do. */
export function digestLines({ text, count, names, repositories }: KeptLine): readonly string[] {
  const [sentence = '', ...steps] = text;
  const alike = count > 1 ? ` So it is with ${grouped(count - 1)} more.` : '';
  const left = repositories - names.length;
  const rest = left > 0 ? ` … and ${grouped(left)} more` : '';
  const list = count > 1 || repositories > inSentence ? indented({ say: `${names.join(', ')}${rest}` }) : [];
  return [`${sentence}${alike}`, ...(names.length > 0 ? list : []), ...steps];
}

function keyOf(finding: SettingFinding): string {
  switch (finding.kind) {
    case 'tag-settings-differ':
    case 'encryption-differs':
    case 'scanning-differs': {
      const { kind, destination, atSource, there } = finding;
      return [kind, registryKey(destination), JSON.stringify([atSource, there])].join(' ');
    }
    case 'lifecycle-expires-untagged':
    case 'lifecycle-expires-unpulled':
    case 'lifecycle-archives':
      return [finding.kind, registryKey(finding.destination), JSON.stringify(finding.rule)].join(' ');
    case 'lifecycle-unknown':
      return [finding.kind, registryKey(finding.destination), finding.what].join(' ');
    case 'no-creation-template':
    case 'not-admitted':
      return [finding.kind, registryKey(finding.destination)].join(' ');
    case 'template-without-role':
      return [finding.kind, registryKey(finding.destination), finding.prefix].join(' ');
    case 'uncovered':
      return finding.kind;
    case 'rule-chain':
      return [finding.kind, registryKey(finding.via), registryKey(finding.destination)].join(' ');
    case 'prefix-too-wide':
      return [finding.kind, finding.prefix].join(' ');
    case 'settings-unreadable':
      return [finding.kind, registryKey(finding.registry), finding.what, finding.why].join(' ');
  }
}
