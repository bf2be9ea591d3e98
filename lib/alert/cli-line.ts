/** One line for the AWS CLI about a registry: ECR's verb, whose registry, which Region, and the rest. */

import type { Registry } from '../image/registry.ts';

export function cliLine(verb: string, { account, region }: Registry, flags: readonly string[]): string {
  return [`aws ecr ${verb}`, `--registry-id ${account}`, `--region ${region}`, ...flags].join(' ');
}
