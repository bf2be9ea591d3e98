/** What the functions of the slow passes do once: all ports, a share of ECR's budget, and what each has of its own. */

import { dynamoDbClient, ecrClients } from '../aws/clients.ts';
import { cycleTable } from '../aws/cycle-table.ts';
import { manifestPorts } from '../aws/ecr-manifests.ts';
import { settingPorts } from '../aws/ecr-settings.ts';
import { awsPorts, type PacedEcr, pacedEcr, slowPassShare } from '../aws/ports.ts';
import type { Config } from '../config.ts';
import type { Ports } from '../ports.ts';
import type { CyclePorts } from '../sweep/cycle-ports.ts';
import type { ManifestPorts } from '../sweep/manifest-ports.ts';
import type { SettingPorts } from '../sweep/setting-ports.ts';
import { begin } from './start-up.ts';

type Started<More> = { readonly ports: Ports & CyclePorts & More; readonly config: Config };

export function settingsStartUp(): Started<SettingPorts> {
  const { config, ports, paced } = start('settings');
  return { config, ports: { ...ports, ...settingPorts(paced.ecr) } };
}

export function manifestsStartUp(): Started<ManifestPorts> {
  const { config, ports, paced } = start('manifests');
  const unpaced = ecrClients(config.hub, config.readRole);
  return { config, ports: { ...ports, ...manifestPorts(paced.ecr, unpaced, config.manifestsRoleArn ?? '') } };
}

function start(functionName: string): {
  readonly config: Config;
  readonly ports: Ports & CyclePorts;
  readonly paced: PacedEcr;
} {
  const { config, own } = begin(functionName);
  const paced = pacedEcr(config, slowPassShare);
  const table = { client: dynamoDbClient(), name: config.incidentsTable };
  return { config, paced, ports: { ...awsPorts(config, own, paced), ...cycleTable(table) } };
}
