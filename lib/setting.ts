/** Settings as people write them → values; each fault names what is wrong and what would be right. */

import { topicArnPattern } from './alert/route.ts';
import { isRepositoryName } from './image/reference.ts';
import { parseRegistry, type Registry, regionPattern, sameRegistry } from './image/registry.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import type { PrefixPolicy } from './replication/policy.ts';
import { type RepairMode, repairModes } from './sweep/repair.ts';

/** Minutes → seconds. A week is more than any deadline means. */
export function parseMinutes(text: string): Parsed<number> {
  const minutes = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (minutes > 0 && minutes <= 7 * 24 * 60) return parsed(minutes * 60);
  return fault(`${quoted(text)} is not a number of minutes above 0 and at most 10080`);
}

/** `prefix=minutes` or `prefix=ignore`, comma-separated. */
export function parseDeadlines(text: string): Parsed<readonly PrefixPolicy[]> {
  const policies = new Map<string, PrefixPolicy>();
  for (const part of listOf(text)) {
    const [prefix = '', deadline = '', ...rest] = part.split('=').map((piece) => piece.trim());
    if (prefix === '' || rest.length > 0)
      return fault(`${quoted(part)} is not PREFIX=MINUTES or PREFIX=ignore`);
    const wrong = faultOfPrefix(prefix);
    if (wrong !== undefined) return fault(wrong);
    if (policies.has(prefix)) return fault(`${quoted(prefix)} is given twice`);
    const seconds = deadline === 'ignore' ? undefined : parseMinutes(deadline);
    if (seconds?.ok === false) return fault(`${quoted(part)}: ${seconds.fault}`);
    policies.set(prefix, { prefix, deadline: seconds === undefined ? 'ignore' : { seconds: seconds.value } });
  }
  return parsed([...policies.values()]);
}

/** Repository prefixes, comma-separated. */
export function parsePrefixes(text: string): Parsed<readonly string[]> {
  const prefixes = listOf(text);
  const wrong = prefixes.map(faultOfPrefix).find((one) => one !== undefined);
  return wrong === undefined ? parsed(prefixes) : fault(wrong);
}

/** A prefix that no name can begin with would be a setting that silently does nothing. */
function faultOfPrefix(prefix: string): string | undefined {
  return isRepositoryName(prefix) ? undefined : `${quoted(prefix)} begins no repository's name`;
}

/** Regions and registries, comma-separated. */
export function parseDestinations(text: string): Parsed<readonly string[]> {
  const destinations = listOf(text);
  const wrong = destinations.find((part) => !regionPattern.test(part) && !parseRegistry(part).ok);
  if (wrong !== undefined) return fault(`${quoted(wrong)} is neither a Region nor ACCOUNT/REGION`);
  return parsed(destinations);
}

/** `ACCOUNT/REGION`, comma-separated, each once. */
export function parseRegistries(text: string): Parsed<readonly Registry[]> {
  const registries: Registry[] = [];
  for (const part of listOf(text)) {
    const registry = parseRegistry(part);
    if (!registry.ok) return registry;
    if (registries.some((one) => sameRegistry(one, registry.value)))
      return fault(`${quoted(part)} is given twice`);
    registries.push(registry.value);
  }
  return parsed(registries);
}

/** Below one call in ten seconds nothing would ever be swept; above a thousand a second it is no budget. */
export function parseCallsPerSecond(text: string): Parsed<number> {
  const calls = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (calls >= 0.1 && calls <= 1_000) return parsed(calls);
  return fault(`${quoted(text)} is not a number of calls a second from 0.1 to 1000`);
}

export function parseRepair(text: string): Parsed<RepairMode> {
  const mode = repairModes.find((known) => known === text);
  return mode === undefined ? fault(`${quoted(text)} is none of ${repairModes.join(', ')}`) : parsed(mode);
}

export interface ReadRole {
  readonly name: string;
  readonly externalId?: string;
}

/** Undefined: the monitor reads with its own role only. */
export function parseReadRole(name: string, externalId: string): Parsed<ReadRole | undefined> {
  if (name === '' && externalId === '') return parsed(undefined);
  // IAM API Reference, CreateRole: a name, not an ARN; the role has the same name in every account.
  if (!/^[\w+=,.@-]{1,64}$/.test(name)) return fault(`${quoted(name)} is not the name of a role`);
  return parsed({ name, ...(externalId === '' ? {} : { externalId }) });
}

/** The account and Region of a topic. */
export function parseTopicArn(text: string): Parsed<Registry> {
  const [, region, account] = topicArnPattern.exec(text) ?? [];
  if (region === undefined || account === undefined)
    return fault(`${quoted(text)} is not the ARN of an SNS topic`);
  return parsed({ account, region });
}

/** Comma-separated; spaces around the parts, and empty parts, mean nothing. */
function listOf(text: string): readonly string[] {
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}
