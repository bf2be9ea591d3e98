/** Repository creation templates at a destination: what a repository gets that replication creates there, and whether it can. */

import type { Registry } from '../image/registry.ts';
import type { SettingFinding } from './setting-finding.ts';

/** One template as DescribeRepositoryCreationTemplates shows it, as far as replication is concerned. */
export interface CreationTemplate {
  /** A path without its last `/`; `ROOT` stands for every repository that no other template matches. */
  readonly prefix: string;
  readonly forReplication: boolean;
  /** `AES256`, `KMS` or `KMS_DSSE`. */
  readonly encryption: string;
  readonly tags: number;
  readonly customRoleArn?: string;
}

/** ECR API Reference, CreateRepositoryCreationTemplate: `prod` is for `prod/…`; the longest prefix that matches wins. */
function templateFor(
  templates: readonly CreationTemplate[],
  repository: string,
): CreationTemplate | undefined {
  let best: CreationTemplate | undefined;
  for (const template of templates) {
    if (!template.forReplication || !isFor(template, repository)) continue;
    if (best === undefined || weight(template) > weight(best)) best = template;
  }
  return best;
}

/** `repositories`: those that the source's rules send to the destination. At most one finding a template, and one for none. */
export function templateFindings(
  source: Registry,
  destination: Registry,
  templates: readonly CreationTemplate[],
  repositories: readonly string[],
): readonly SettingFinding[] {
  const without: string[] = [];
  const broken = new Map<CreationTemplate, string[]>();
  for (const repository of repositories) {
    const template = templateFor(templates, repository);
    if (template === undefined) {
      without.push(repository);
    } else if (needsRoleFor(template).length > 0 && template.customRoleArn === undefined) {
      broken.set(template, [...(broken.get(template) ?? []), repository]);
    }
  }
  const route = { source, destination };
  return [
    ...[...broken].map(([template, its]) => ({
      kind: 'template-without-role' as const,
      ...route,
      prefix: template.prefix,
      because: needsRoleFor(template),
      repositories: its,
    })),
    ...(without.length === 0
      ? []
      : [{ kind: 'no-creation-template' as const, ...route, repositories: without }]),
  ];
}

/** ECR User Guide, "IAM permissions for creating repository creation templates": these need a role of one's own. */
function needsRoleFor({ encryption, tags }: CreationTemplate): readonly ('a KMS key' | 'tags')[] {
  return [
    ...(encryption === 'AES256' ? [] : ['a KMS key' as const]),
    ...(tags === 0 ? [] : ['tags' as const]),
  ];
}

function isFor({ prefix }: CreationTemplate, repository: string): boolean {
  return prefix === 'ROOT' || repository.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`);
}

function weight({ prefix }: CreationTemplate): number {
  return prefix === 'ROOT' ? 0 : prefix.length;
}
