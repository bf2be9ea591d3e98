/** What to do about a finding about settings: steps with their commands, to see it first and to change it then. */

import type { SettingFinding } from '../sweep/setting-finding.ts';
import {
  describeCreationTemplates,
  describeRegistry,
  getLifecyclePolicy,
  getRegistryPolicy,
  startBackfill,
} from './commands.ts';
import type { Step } from './cure.ts';
import * as commands from './setting-commands.ts';

export function settingSteps(finding: SettingFinding): readonly Step[] {
  switch (finding.kind) {
    case 'tag-settings-differ': {
      const { destination, repository, atSource } = finding;
      return [
        {
          say: 'Set the tags there as they are at the source:',
          command: commands.putTagMutability(destination, repository, atSource),
        },
      ];
    }
    case 'encryption-differs':
      return [
        {
          say: 'See what creates repositories there; a repository keeps the encryption it was created with:',
          command: describeCreationTemplates(finding.destination),
        },
        {
          say: 'Put the encryption into the template, delete the repository there when nobody needs it, and copy its images again:',
          command: startBackfill(finding),
        },
      ];
    case 'scanning-differs': {
      const { destination, repository, atSource } = finding;
      return [
        {
          say: `In account ${destination.account}, see the scanning rules; where there are some, change those:`,
          command: commands.getRegistryScanning(destination),
        },
        {
          say: 'Where there are none, set the repository as at the source:',
          command: commands.putScanOnPush(destination, repository, atSource),
        },
      ];
    }
    case 'lifecycle-expires-untagged':
    case 'lifecycle-expires-unpulled':
    case 'lifecycle-archives':
    case 'lifecycle-unknown': {
      const { destination, repository } = finding;
      return [
        { say: 'See the policy:', command: getLifecyclePolicy(finding) },
        {
          say: 'See what it would take now:',
          command: commands.previewLifecyclePolicy(destination, repository),
        },
        {
          say: 'Put a policy there that keeps what the source keeps, or take it away:',
          command: commands.deleteLifecyclePolicy(destination, repository),
        },
      ];
    }
    case 'no-creation-template':
      return [
        { say: 'See the templates there:', command: describeCreationTemplates(finding.destination) },
        {
          say: `In account ${finding.destination.account}, make one, with the settings that your repositories have:`,
          command: commands.createTemplate(finding.destination, 'ROOT'),
        },
      ];
    case 'template-without-role':
      return [
        {
          say: `In account ${finding.destination.account}, give it a role of that account that ECR may take, which may create repositories, tag them and use the key:`,
          command: commands.giveTemplateRole(finding.destination, finding.prefix),
        },
        { say: 'Copy what did not arrive meanwhile:', command: startBackfill(finding) },
      ];
    case 'not-admitted':
      return [
        {
          say: `In account ${finding.destination.account}, see the registry policy, and grant what is missing:`,
          command: getRegistryPolicy(finding.destination),
        },
        { say: 'Copy what did not arrive meanwhile:', command: startBackfill(finding) },
      ];
    case 'uncovered':
    case 'prefix-too-wide':
      return [
        {
          say:
            finding.kind === 'uncovered'
              ? 'If they must be replicated, add a rule or a prefix; else ignore them in the parameter deadlinesByPrefix (PREFIX=ignore):'
              : `If they must not be replicated, end the prefix with its separator (${finding.prefix}/):`,
          command: describeRegistry(finding.source),
        },
      ];
    case 'rule-chain':
      return [
        {
          say: `If they must get there, name ${finding.destination.region} (${finding.destination.account}) in the source's own rules:`,
          command: describeRegistry(finding.source),
        },
      ];
    case 'settings-unreadable':
      return [
        {
          say: `Let the monitor read it in ${finding.registry.region} of account ${finding.registry.account}: ${permissions[finding.what]}.`,
        },
      ];
  }
}

/** The one permission that each reading needs. */
const permissions: {
  readonly [R in Extract<SettingFinding, { kind: 'settings-unreadable' }>['what']]: string;
} = {
  rules: 'ecr:DescribeRegistry',
  repositories: 'ecr:DescribeRepositories',
  'lifecycle policy': 'ecr:GetLifecyclePolicy',
  'creation templates': 'ecr:DescribeRepositoryCreationTemplates',
  scanning: 'ecr:GetRegistryScanningConfiguration',
  'registry policy': 'ecr:GetRegistryPolicy',
};
