/** What the lifecycle policies at a repository's destinations would do to its replicas. One call a destination. */

import type { Registry } from '../image/registry.ts';
import { type LifecyclePolicy, lifecycleFindings, needsSourcePolicy } from '../sweep/lifecycle.ts';
import type { SettingFinding } from '../sweep/setting-finding.ts';
import type { SettingPorts } from '../sweep/setting-ports.ts';

export async function lifecycleOf(
  ports: Pick<SettingPorts, 'readLifecyclePolicy'>,
  source: Registry,
  repository: string,
  destinations: readonly Registry[],
): Promise<readonly SettingFinding[]> {
  const findings: SettingFinding[] = [];
  let atSource: LifecyclePolicy | 'none' | undefined;
  for (const destination of destinations) {
    const reading = await ports.readLifecyclePolicy(destination, repository);
    if (reading.is === 'unreadable') {
      const { why } = reading;
      findings.push({
        kind: 'settings-unreadable',
        source,
        registry: destination,
        what: 'lifecycle policy',
        why,
        repository,
      });
      continue;
    }
    if (reading.value === 'none') continue;
    if (atSource === undefined && needsSourcePolicy(reading.value)) {
      // One that cannot be read excuses nothing at the destination.
      const own = await ports.readLifecyclePolicy(source, repository);
      atSource = own.is === 'read' ? own.value : 'none';
    }
    const known = atSource === 'none' ? undefined : atSource;
    findings.push(...lifecycleFindings({ source, destination, repository }, reading.value, known));
  }
  return findings;
}
