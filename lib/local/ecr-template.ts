/** Repository creation templates: what a repository gets that replication creates. */

import type { NewRepository } from './ecr-repository.ts';
import type { CreationTemplate, RegistryState } from './ecr-state.ts';

/** The repository as replication would create it, and whether it can. Defaults where no template matches. */
export function blueprintFor(
  registry: RegistryState,
  name: string,
): NewRepository & { readonly canBeCreated: boolean } {
  const template = templateFor(registry, name);
  if (template === undefined) return { name, canBeCreated: true };
  return {
    name,
    mutability: template.imageTagMutability,
    exclusions: template.exclusions,
    encryption: template.encryption,
    canBeCreated: canCreate(template),
  };
}

/** ECR User Guide, "Repository creation templates": the longest prefix that matches; `ROOT` stands for all. */
function templateFor(registry: RegistryState, name: string): CreationTemplate | undefined {
  const matching = [...registry.templates.items()].filter(
    ({ prefix, appliedFor }) =>
      appliedFor.includes('REPLICATION') && (prefix === 'ROOT' || name.startsWith(`${prefix}/`)),
  );
  const weight = ({ prefix }: CreationTemplate): number => (prefix === 'ROOT' ? 0 : prefix.length);
  return matching.toSorted((a, b) => weight(b) - weight(a))[0];
}

// ECR: a template with KMS or tags needs a role of its own, or creation fails, and replication with it.
function canCreate(template: CreationTemplate): boolean {
  const needsRole = template.encryption.encryptionType !== 'AES256' || template.resourceTags.length > 0;
  return !needsRole || template.customRoleArn !== undefined;
}
