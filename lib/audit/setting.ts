/** Findings about settings as findings of an audit. */

import { settingSteps } from '../alert/setting-cure.ts';
import { settingSentence, settingSeverities } from '../alert/setting-words.ts';
import { registryKey } from '../image/registry.ts';
import type { SettingFinding } from '../sweep/setting-finding.ts';
import type { AuditFinding } from './document.ts';

export function settingFinding(finding: SettingFinding): AuditFinding {
  const { kind, source } = finding;
  return {
    kind,
    severity: settingSeverities[kind],
    source: registryKey(source),
    ...('destination' in finding ? { destination: registryKey(finding.destination) } : {}),
    ...('repository' in finding && finding.repository !== undefined
      ? { repository: finding.repository }
      : {}),
    ...('repositories' in finding ? { count: finding.repositories.length } : {}),
    cause: kind,
    explanation: settingSentence(finding),
    cures: settingSteps(finding).map(({ say, command }) => ({
      text: say,
      ...(command === undefined ? {} : { command }),
    })),
  };
}
