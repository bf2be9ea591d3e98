/** Months of the monitor in a second: the use cases on registries and a table in memory, all by a clock that is turned. */

import { awsPorts } from '../../lib/aws/ports.ts';
import { type Config, loadConfig } from '../../lib/config.ts';
import type { Digest } from '../../lib/image/digest.ts';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import { type IncidentStore, memoryIncidentStore } from '../../lib/local/incident-store.ts';
import { defaultFollowUpLimits, type FollowUpLimits, followUp } from '../../lib/monitor/follow-up.ts';
import { settleImageActions } from '../../lib/monitor/image-actions.ts';
import { settleReplicationActions } from '../../lib/monitor/replication-actions.ts';
import type { Ports, Publication } from '../../lib/ports.ts';
import type { ClaimEntry, ClaimsReading } from '../../lib/replication/claim.ts';
import { placeKey } from '../../lib/replication/reads.ts';
import type { ReplicationRule } from '../../lib/replication/rules.ts';
import type { ReadFault, Sighting } from '../../lib/replication/verdict.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import {
  type Clock,
  createClock,
  createMailbox,
  type Mailbox,
  pushEvent,
  reportEvent,
  type Told,
  toldOf,
} from '../world.ts';

/** A notice, and when people had it (epoch ms). */
interface ToldAt extends Told {
  readonly at: number;
  readonly id: string;
}

interface Shelved {
  readonly tags: readonly string[];
  readonly arrivedAt: number;
}

export interface Simulation {
  readonly clock: Clock;
  readonly config: Config;
  readonly ports: Ports;
  readonly store: IncidentStore;
  readonly pushes: Mailbox;
  readonly reports: Mailbox;
  /** Everything that was published, oldest first. */
  readonly told: readonly ToldAt[];
  /** The last value of a gauge, by Region. */
  readonly gauge: (name: string, region: string) => number | undefined;
  readonly sum: (name: string) => number;
  readonly rules: Map<string, readonly ReplicationRule[]>;
  /** Registries that cannot be read. */
  readonly blind: Map<string, ReadFault>;
  /** Pushes an image, and has its event in the queue; where it arrives is for the test to say. */
  readonly push: (repository: string, tag?: string) => Image;
  readonly arrive: (image: Image, ...registries: readonly Registry[]) => void;
  /** Puts an image on a registry's shelf without a word. */
  readonly shelve: (registry: Registry, image: Image) => void;
  readonly remove: (image: Image, registry: Registry) => void;
  readonly claim: (image: Image, ...entries: readonly ClaimEntry[]) => void;
  readonly report: (image: Image, destination: Registry, result: string) => void;
  /** Something that happens after so many seconds. */
  readonly later: (seconds: number, what: () => void) => void;
  /** Turns the clock; what is due happens at its time, the follow-up each minute. */
  readonly pass: (seconds: number, run?: Partial<Run>) => Promise<void>;
}

export interface Image {
  readonly repository: string;
  readonly tag: string | undefined;
  readonly digest: Digest;
}

/** How the functions are run; kill tests have them die. */
export interface Run {
  readonly pushes: (
    ports: Ports,
    records: Parameters<typeof settleImageActions>[2],
  ) => Promise<ReadonlySet<string>>;
  readonly reports: (
    ports: Ports,
    records: Parameters<typeof settleImageActions>[2],
  ) => Promise<ReadonlySet<string>>;
  readonly followUp: (ports: Ports, limits: FollowUpLimits) => Promise<void>;
}

const topic = `arn:aws:sns:${source.region}:${source.account}:alerts`;

function configOf(environment: Readonly<Record<string, string>>): Config {
  const keys = {
    INCIDENTS_TABLE: 'incidents',
    ALERT_TOPIC_ARN: topic,
    IMAGE_ACTION_QUEUE_URL: 'http://queue',
  };
  const loaded = loadConfig({ ...keys, ...environment }, 'image-action');
  if (!loaded.ok) throw new Error(loaded.fault);
  return loaded.value;
}

/** Of a listing; few, so that stories have many pages. */
const imagesPerPage = 10;

interface SimulationOptions {
  /** The functions' own keys. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly store?: IncidentStore;
  /** After which a message of a function that died comes again. */
  readonly visibilitySeconds?: number;
}

/** The rules of the source are those of most stories: prod- goes to Ireland and Sydney. */
export function createSimulation(options: SimulationOptions = {}): Simulation {
  const { environment = {}, store = memoryIncidentStore(), visibilitySeconds } = options;
  const clock = createClock();
  const config = configOf(environment);
  const pushes = createMailbox(clock, 'push', visibilitySeconds);
  const reports = createMailbox(clock, 'report', visibilitySeconds);
  const rules = new Map([[registryKey(source), [{ destinations: [ireland, sydney], prefixes: ['prod-'] }]]]);
  const blind = new Map<string, ReadFault>();
  const shelves = new Map<string, Map<string, Shelved>>();
  const claims = new Map<string, readonly ClaimEntry[]>();
  const told: ToldAt[] = [];
  const gauges = new Map<string, number>();
  const sums = new Map<string, number>();
  const agenda: { at: number; what: () => void }[] = [];
  let nextFollowUp = clock.now() + 60_000;

  function shelve(registry: Registry, { repository, digest, tag }: Image): void {
    const key = placeKey(registry, repository);
    const shelf = shelves.get(key) ?? new Map<string, Shelved>();
    shelves.set(key, shelf);
    shelf.set(digest, { tags: tag === undefined ? [] : [tag], arrivedAt: clock.now() });
  }

  function sightingOf(shelf: ReadonlyMap<string, Shelved>, digest: Digest): Sighting {
    const found = shelf.get(digest);
    if (found === undefined) return { is: 'absent' };
    return { is: 'present', image: { ...found, storage: 'ACTIVE' } };
  }

  function claimsOf(registry: Registry, repository: string, digest: Digest): ClaimsReading {
    const why = blind.get(registryKey(registry));
    if (why !== undefined) return { is: 'unreadable', why };
    if (shelves.get(placeKey(registry, repository))?.has(digest) !== true) return { is: 'source-gone' };
    return { is: 'read', entries: claims.get(`${repository} ${digest}`) ?? [] };
  }

  const base = awsPorts(config, { now: clock.now, chance: () => 0.5, log: () => {} });
  const ports: Ports = {
    ...base,
    ...store,
    readRules: async (registry) => {
      const why = blind.get(registryKey(registry));
      if (why !== undefined) return { is: 'unreadable', why };
      return { is: 'read', rules: rules.get(registryKey(registry)) ?? [] };
    },
    readImages: async ({ registry, repository, batches }) => {
      const shelf = shelves.get(placeKey(registry, repository));
      const why =
        blind.get(registryKey(registry)) ?? (shelf === undefined ? 'repository-not-found' : undefined);
      const sighting = (digest: Digest): Sighting =>
        why === undefined ? sightingOf(shelf ?? new Map(), digest) : { is: 'unreadable', why };
      return new Map(batches.flat().map((digest) => [digest, sighting(digest)]));
    },
    readRepositories: async (registry) => {
      const prefix = `${registryKey(registry)} `;
      return [...shelves.keys()]
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length));
    },
    readInventory: async (registry, repository, from = '0') => {
      const shelf = shelves.get(placeKey(registry, repository));
      const why =
        blind.get(registryKey(registry)) ?? (shelf === undefined ? 'repository-not-found' : undefined);
      if (why !== undefined) return { is: 'unreadable', why };
      const end = Number(from) + imagesPerPage;
      const images = [...(shelf ?? [])].slice(Number(from), end).map(([digest, { tags, arrivedAt }]) => ({
        digest: digest as Digest,
        tags,
        storage: 'ACTIVE' as const,
        pushedAt: arrivedAt,
      }));
      return { is: 'read', images, ...(end < (shelf?.size ?? 0) ? { next: String(end) } : {}) };
    },
    readTags: async (registry, repository, tags) => {
      const shelf = shelves.get(placeKey(registry, repository)) ?? new Map<string, Shelved>();
      const holders = [...shelf].flatMap(([digest, image]) =>
        image.tags.filter((tag) => tags.includes(tag)).map((tag) => [tag, digest as Digest] as const),
      );
      return { is: 'read', holders: new Map(holders) };
    },
    readTagSettings: async () => undefined,
    readClaims: async (registry, repository, digest) => claimsOf(registry, repository, digest),
    sendAgain: pushes.sendAgain,
    publish: async (publication: Publication) => {
      told.push({ ...toldOf(publication.texts), at: clock.now(), id: publication.id ?? '' });
    },
    putMetrics: async (series) => {
      for (const { name, dimensions, values, counts } of series) {
        const region = dimensions.find((dimension) => dimension.name === 'DestinationRegion')?.value ?? '';
        gauges.set(`${name} ${region}`, values.at(-1) ?? 0);
        const total = values.reduce((sum, value, n) => sum + value * (counts[n] ?? 1), 0);
        sums.set(name, (sums.get(name) ?? 0) + total);
      }
    },
  };

  const usual: Run = {
    pushes: (own, records) => settleImageActions(own, config.policies, records),
    reports: (own, records) => settleReplicationActions(own, config.policies, records),
    followUp: (own, limits) => followUp(own, config, limits),
  };

  async function pass(seconds: number, changed: Partial<Run> = {}): Promise<void> {
    const run = { ...usual, ...changed };
    const end = clock.now() + seconds * 1000;
    for (;;) {
      for (const entry of agenda.filter(({ at }) => at <= clock.now())) {
        agenda.splice(agenda.indexOf(entry), 1);
        entry.what();
      }
      await reports.take((records) => run.reports({ ...ports, sendAgain: reports.sendAgain }, records));
      await pushes.take((records) => run.pushes(ports, records));
      if (nextFollowUp <= clock.now()) {
        nextFollowUp += 60_000;
        await run.followUp(ports, defaultFollowUpLimits).catch(() => {});
      }
      const times = [pushes.nextDueAt(), reports.nextDueAt(), nextFollowUp, ...agenda.map(({ at }) => at)];
      const next = Math.min(...times.map((time) => time ?? Number.POSITIVE_INFINITY));
      if (next <= clock.now()) continue;
      clock.turn((Math.min(next, end) - clock.now()) / 1000);
      if (next > end) return;
    }
  }

  return {
    clock,
    config,
    ports,
    store,
    pushes,
    reports,
    told,
    gauge: (name, region) => gauges.get(`${name} ${region}`),
    sum: (name) => sums.get(name) ?? 0,
    rules,
    blind,
    push: (repository, tag) => {
      const image = { repository, tag, digest: digestOf(`${repository}:${tag}`) };
      shelve(source, image);
      pushes.put(pushEvent({ ...image, at: clock.now() }), 15);
      return image;
    },
    shelve,
    arrive: (image, ...registries) => {
      for (const registry of registries) shelve(registry, image);
    },
    remove: ({ repository, digest }, registry) => {
      shelves.get(placeKey(registry, repository))?.delete(digest);
    },
    claim: ({ repository, digest }, ...entries) => {
      claims.set(`${repository} ${digest}`, entries);
    },
    report: (image, destination, result) => {
      reports.put(reportEvent({ ...image, from: source, to: destination, result, at: clock.now() }), 0);
    },
    later: (seconds, what) => agenda.push({ at: clock.now() + seconds * 1000, what }),
    pass,
  };
}

/** Every incident that there is, open or not. */
export async function incidentsOf({ store }: Pick<Simulation, 'store'>) {
  const incidents = [];
  for (const group of await store.readGroups()) {
    for await (const page of store.readChanges(group, 0)) incidents.push(...page);
  }
  return incidents;
}

/** When a group was told of, in minutes since the beginning, and how: `20 firing`. */
export function minutesOf(
  { told }: Pick<Simulation, 'told'>,
  begin: number,
  of: Partial<Told> = {},
): readonly string[] {
  return told
    .filter(
      ({ kind, destination }) =>
        (of.kind ?? kind) === kind && (of.destination ?? destination).region === destination.region,
    )
    .map(({ at, notice }) => `${Math.round((at - begin) / 60_000)} ${notice}`);
}
