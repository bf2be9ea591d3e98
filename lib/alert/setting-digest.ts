/** Findings about settings, gathered: what many repositories have in common is one line, with their number and one cure. */

import { registryKey } from '../image/registry.ts';
import type { SettingFinding, SettingKind } from '../sweep/setting-finding.ts';
import type { Step } from './cure.ts';
import { settingSteps } from './setting-cure.ts';
import { settingSentence, settingSeverities } from './setting-words.ts';
import { count } from './words.ts';

/** What is kept and told of one finding, or of many that differ in their repository alone. */
export interface SettingLine {
  /** The same for findings that are one line. */
  readonly key: string;
  readonly kind: SettingKind;
  /** Of the first of them. */
  readonly sentence: string;
  readonly steps: readonly Step[];
  readonly findings: number;
}

export function linesOf(findings: readonly SettingFinding[]): readonly SettingLine[] {
  return merged(
    findings.map((finding) => ({
      key: keyOf(finding),
      kind: finding.kind,
      sentence: settingSentence(finding),
      steps: settingSteps(finding),
      findings: 1,
    })),
  );
}

/** The first of each key, with the number of all of them; what matters more comes first. */
export function merged(lines: Iterable<SettingLine>): readonly SettingLine[] {
  const byKey = new Map<string, SettingLine>();
  for (const line of lines) {
    const known = byKey.get(line.key);
    byKey.set(line.key, known === undefined ? line : { ...known, findings: known.findings + line.findings });
  }
  const rank = ({ kind }: SettingLine): number => (settingSeverities[kind] === 'warning' ? 0 : 1);
  return [...byKey.values()].sort((a, b) => rank(a) - rank(b));
}

/** Each line as people read it: what is so, and below it what to do. */
export function aboutLines(lines: readonly SettingLine[]): readonly string[] {
  return lines.flatMap(({ sentence, steps, findings }) => {
    const others = findings - 1;
    const more = others > 0 ? ` So it is with ${count(others, 'other', 'others')}.` : '';
    const commands = steps.map(({ say, command }) => `  ${say}${command === undefined ? '' : ` ${command}`}`);
    return [`${sentence}${more}`, ...commands];
  });
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
