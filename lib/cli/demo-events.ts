/** Event files for the demo: read, checked, and the local AWS made to be as the events say that it is. */

import { readFile } from 'node:fs/promises';
import { headOf } from '../event/envelope.ts';
import { type Push, parseImageAction } from '../event/image-action.ts';
import { parseReplicationAction, type Report } from '../event/replication-action.ts';
import { type Registry, registryKey, sameRegistry } from '../image/registry.ts';
import { type DemoSystem, home } from './demo-system.ts';
import { UserFault } from './fault.ts';

/** What the demo settles within its time on a slow machine; a registry's whole day is none of its business. */
const mostEvents = 10_000;

/** Every event of the files, in order: a file holds one event or a list of them. Throws a UserFault for bad input. */
export async function readEventFiles(files: readonly string[]): Promise<readonly object[]> {
  const events: object[] = [];
  for (const file of files) {
    const content: unknown = parseJson(file, await readText(file));
    const count = events.length + (Array.isArray(content) ? content.length : 1);
    if (count > mostEvents)
      throw new UserFault(
        `${file}: ${count} events are more than the ${mostEvents} that can be fed at a time`,
      );
    for (const [index, event] of (Array.isArray(content) ? content : [content]).entries()) {
      const where = Array.isArray(content) ? `${file}, event ${index + 1}` : file;
      events.push(checked(where, event));
    }
    if (Array.isArray(content) && content.length === 0)
      throw new UserFault(`${file}: the list holds no event`);
  }
  return events;
}

async function readText(file: string): Promise<string> {
  try {
    // Some editors begin a file with a byte order mark.
    return (await readFile(file, 'utf8')).replace(/^\ufeff/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT') throw new UserFault(`${file}: no such file`);
    if (code === 'EISDIR') throw new UserFault(`${file}: is a folder; name the files in it`);
    throw new UserFault(`${file}: cannot be read (${String(code ?? error)})`);
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserFault(`${file}: not JSON (${why.replace(/\s+/g, ' ')})`);
  }
}

function checked(where: string, event: unknown): object {
  const head = headOf(event);
  if (head.is === 'unparseable') throw new UserFault(`${where}: ${head.fault}`);
  if (head.is === 'ours' && head.value.source !== 'aws.ecr') {
    throw new UserFault(`${where}: not an ECR event (its source is ${JSON.stringify(head.value.source)})`);
  }
  for (const parsed of [parseImageAction(event), parseReplicationAction(event)]) {
    if (parsed.is === 'unparseable') throw new UserFault(`${where}: ${parsed.fault}`);
  }
  return event as object;
}

/** Why no rule on the bus routes the event to the monitor's queues; undefined when one does. */
export function foreign(event: object): string | undefined {
  const readings = [parseImageAction(event), parseReplicationAction(event)];
  if (readings.some(({ is }) => is === 'ours')) return undefined;
  // Of the two, the one whose kind of event it is says what is not ours about it; the other only names the kind.
  const whys = readings.flatMap((reading) => (reading.is === 'not-ours' ? [reading.why] : []));
  return whys.find((why) => !why.startsWith('aws.ecr')) ?? whys[0];
}

/** Where the monitor would run that gets these events: the registry that the first of them was pushed to. */
export function hubOf(events: readonly object[]): Registry {
  for (const event of events) {
    for (const parsed of [parseImageAction(event), parseReplicationAction(event)]) {
      if (parsed.is === 'ours') return parsed.value.source;
    }
  }
  return home;
}

/** The latest time that an event gives (epoch ms), or 0. */
export function latestTimeOf(events: readonly object[]): number {
  const pushes = events
    .map(parseImageAction)
    .map((event) => (event.is === 'ours' ? event.value.pushedAt : 0));
  const reports = events
    .map(parseReplicationAction)
    .map((event) => (event.is === 'ours' ? event.value.reportedAt : 0));
  return Math.max(0, ...pushes, ...reports);
}

/** The demo's own rule, for registries that the events speak of: what it covers goes to these two Regions. */
const usualPrefix = 'prod-';
const usualRegions = ['eu-west-1', 'ap-southeast-2'];
const usualLagMs = 2_000;

interface Rule {
  readonly destinations: readonly Registry[];
  readonly prefixes: readonly string[];
}

/**
 * Fills the local ECR: a pushed image is at its source and arrived wherever the rules say, unless an event says
 * that it failed there; a replication event shows that a rule names its repository and destination.
 */
export function arrange({ aws: { ecr } }: DemoSystem, events: readonly object[]): void {
  const pushes = events.map(parseImageAction).flatMap((event) => (event.is === 'ours' ? [event.value] : []));
  const reports = events
    .map(parseReplicationAction)
    .flatMap((event) => (event.is === 'ours' ? [event.value] : []));
  const rules = rulesOf(pushes, reports);
  for (const [key, { source, rules: own }] of rules) {
    const replicationConfiguration = {
      rules: own.map(({ destinations, prefixes }) => ({
        destinations: destinations.map(({ account, region }) => ({ region, registryId: account })),
        repositoryFilters: prefixes.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
      })),
    };
    const answer = ecr.call(source, 'PutReplicationConfiguration', { replicationConfiguration });
    if (answer.is !== 'ok')
      throw new UserFault(`the events of ${key} name more destinations than ECR allows`);
  }
  const seed = (registry: Registry, image: Push | Report, pushedAt: number): void =>
    ecr.seed(registry, image.repository, [
      { digest: image.digest, tags: image.tag === undefined ? [] : [image.tag], pushedAt },
    ]);
  for (const push of pushes) {
    seed(push.source, push, push.pushedAt);
    for (const rule of rules.get(registryKey(push.source))?.rules ?? []) {
      if (!rule.prefixes.some((prefix) => push.repository.startsWith(prefix))) continue;
      for (const destination of rule.destinations) {
        if (!hasFailed(reports, push, destination)) seed(destination, push, push.pushedAt + usualLagMs);
      }
    }
  }
  for (const report of reports) {
    seed(report.source, report, report.reportedAt - usualLagMs);
    if (report.says === 'arrived') seed(report.destination, report, report.reportedAt);
  }
}

function rulesOf(
  pushes: readonly Push[],
  reports: readonly Report[],
): ReadonlyMap<string, { source: Registry; rules: readonly Rule[] }> {
  const rules = new Map<string, { source: Registry; rules: Rule[] }>();
  for (const { source } of [...pushes, ...reports]) {
    const destinations = usualRegions
      .map((region) => ({ account: source.account, region }))
      .filter((registry) => !sameRegistry(registry, source));
    rules.set(registryKey(source), { source, rules: [{ destinations, prefixes: [usualPrefix] }] });
  }
  for (const { source, destination, repository } of reports) {
    const own = rules.get(registryKey(source))?.rules ?? [];
    const covered = own.some(
      (rule) =>
        rule.prefixes.some((prefix) => repository.startsWith(prefix)) &&
        rule.destinations.some((named) => sameRegistry(named, destination)),
    );
    if (!covered) own.push({ destinations: [destination], prefixes: [repository] });
  }
  return rules;
}

function hasFailed(reports: readonly Report[], push: Push, destination: Registry): boolean {
  return reports.some(
    (report) =>
      report.says === 'failed' &&
      report.digest === push.digest &&
      report.repository === push.repository &&
      sameRegistry(report.destination, destination),
  );
}
