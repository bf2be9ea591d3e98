/** The ports of one run of a function, on the model: each call takes its time and meets the faults of its service. */

import type { PublishCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { EcrClientFor } from '../../lib/aws/clients.ts';
import { rulesReader } from '../../lib/aws/ecr-registry.ts';
import { publisher } from '../../lib/aws/topic.ts';
import type { Digest } from '../../lib/image/digest.ts';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import type { Incident } from '../../lib/incident/incident.ts';
import type { Notice } from '../../lib/incident/notice.ts';
import type { Series } from '../../lib/metric/series.ts';
import { slackPoster } from '../../lib/monitor/slack.ts';
import type { DelayedMessage, InventoryReading, Ports, SlackAnswer, TagsReading } from '../../lib/ports.ts';
import { placeKey } from '../../lib/replication/reads.ts';
import type { Sighting } from '../../lib/replication/verdict.ts';
import { type EcrReads, imageKey } from './ecr.ts';
import { readFaults, readsOf, refusedBy } from './fault-answers.ts';
import type { Faults } from './faults.ts';
import type { Invocation, Process } from './invocation.ts';
import { type PassPorts, type PassWorld, passPortsOf } from './pass-ports.ts';
import type { Random } from './random.ts';
import type { ChangesPage, Cursor, TableModel } from './table.ts';

/** A function's environment, with what the adapters keep in it between its runs. */
export interface Environment extends Process {
  /** Whose run it is now. */
  current: Invocation<Environment> | undefined;
  readonly readRules: Ports['readRules'];
  readonly publish: Ports['publish'];
  /** What `slack` does with an event. */
  readonly postNotices: (event: unknown, endsAt: number) => Promise<void>;
}

export interface World extends PassWorld<Environment> {
  readonly now: () => number;
  readonly ecr: EcrReads;
  readonly table: TableModel;
  readonly faults: Faults;
  readonly chance: Random;
  /** Which half of an answer comes. */
  readonly halves: Random;
  readonly sendAgain: (invocation: Invocation<Environment>, message: DelayedMessage) => void;
  /** What the rest of the world sees of a run. */
  readonly saved: (incident: Incident, before: Incident | undefined, run: Invocation<Environment>) => void;
  readonly claimed: (notice: Notice, run: Invocation<Environment>) => void;
  readonly confirmed: (notice: Notice) => void;
  readonly taken: (document: string, run: Invocation<Environment>) => void;
  readonly measured: (series: readonly Series[], run: Invocation<Environment>) => void;
  readonly posted: (run: Invocation<Environment>) => void;
  readonly pause: (milliseconds: number) => Promise<void>;
  readonly log: Ports['log'];
}

/** Few, so that repositories of a story have several. */
const imagesPerPage = 10;

export function environmentOf(world: World, process: Process): Environment {
  const now = (): number => world.now() + process.clockAheadMs;
  const running = (): Invocation<Environment> => {
    if (environment.current === undefined) throw new Error('nothing runs here');
    return environment.current;
  };

  // The SDK's clients, as far as the adapters use them here: what they keep and repeat is part of what is tried.
  const ecrClientFor = ((registry: Registry) => ({
    send: () =>
      world.runner.call<object>(running(), {
        name: `DescribeRegistry ${registryKey(registry)}`,
        where: registryKey(registry),
        perform: () => ({
          registryId: registry.account,
          replicationConfiguration: {
            rules: world.ecr.rulesOf(registry).map(({ destinations, prefixes }) => ({
              destinations: destinations.map(({ account, region }) => ({ registryId: account, region })),
              repositoryFilters: prefixes.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })),
            })),
          },
        }),
        faults: readFaults.map(([fault, , name]) => ({
          fault,
          answer: () => Object.assign(new Error(fault), { name }),
        })),
      }),
  })) as unknown as EcrClientFor;
  const topic = {
    send: ({ input }: { input: PublishCommandInput }) =>
      world.runner.call(running(), {
        name: 'Publish',
        writes: true,
        perform: () => {
          world.taken(JSON.parse(input.Message ?? '').default, running());
          return { MessageId: 'taken' };
        },
        faults: refusedBy('topic-refused'),
        answerLost: 'topic-answer-lost',
      }),
  } as unknown as Pick<SNSClient, 'send'>;

  const environment: Environment = {
    ...process,
    current: undefined,
    readRules: rulesReader(ecrClientFor, now),
    publish: publisher(
      () => topic,
      () => ['alerts'],
    ),
    postNotices: slackPoster({
      now,
      log: world.log,
      pause: world.pause,
      readWebhook: async () => 'https://hooks',
      postToSlack: () =>
        world.runner.call<SlackAnswer>(running(), {
          name: 'postToSlack',
          writes: true,
          perform: () => {
            world.posted(running());
            return { status: 200, word: 'ok' };
          },
          faults: [
            { fault: 'slack-refused', answer: () => ({ status: 500 }) },
            { fault: 'slack-busy', answer: () => ({ status: 429, retryAfterSeconds: 5 }) },
          ],
          answerLost: 'slack-answer-lost',
        }),
    }),
  };
  return environment;
}

/** What any function may ask of the world. */
export type AllPorts = Ports & PassPorts & Pick<Environment, 'postNotices'>;

export function portsOf(world: World, run: Invocation<Environment>): AllPorts {
  const { ecr, table, faults } = world;
  const { call } = world.runner;
  const now = (): number => world.now() + run.process.clockAheadMs;

  function write<T>(name: string, perform: () => T): Promise<T> {
    return call(run, {
      name,
      writes: true,
      perform,
      faults: refusedBy('table-refused'),
      answerLost: 'table-answer-lost',
    });
  }

  function read<T>(name: string, perform: () => T): Promise<T> {
    return call(run, { name, perform, faults: refusedBy('table-refused') });
  }

  return {
    ...passPortsOf(world, run),
    now,
    chance: world.chance.next,
    log: world.log,
    readRules: run.process.readRules,
    publish: run.process.publish,
    postNotices: run.process.postNotices,
    readRepositories: (registry) =>
      call<readonly string[]>(run, {
        name: `readRepositories ${registryKey(registry)}`,
        where: registryKey(registry),
        perform: () => ecr.repositoriesOf(registry),
        faults: readFaults.map(([fault]) => ({ fault, answer: () => new Error(fault) })),
      }),
    readImages: ({ registry, repository, batches }) => {
      const digests = batches.flat();
      const all = (sighting: Sighting) => new Map(digests.map((digest) => [digest, sighting]));
      return call(run, {
        name: `readImages ${placeKey(registry, repository)} ×${digests.length}`,
        where: registryKey(registry),
        perform: () => {
          const shelf = ecr.shelfOf(registry, repository);
          if (shelf === undefined) return all({ is: 'unreadable', why: 'repository-not-found' });
          return new Map(
            digests.map((digest): [typeof digest, Sighting] => {
              const image = shelf.get(digest);
              return [digest, image === undefined ? { is: 'absent' } : { is: 'present', image }];
            }),
          );
        },
        faults: [
          ...readsOf((why) => all({ is: 'unreadable', why })),
          {
            fault: 'half-answer',
            answer: () => {
              const shelf = ecr.shelfOf(registry, repository);
              const seen = digests.flatMap((digest): [Digest, Sighting][] => {
                const image = shelf?.get(digest);
                return image !== undefined && world.halves.happens(0.5)
                  ? [[digest, { is: 'present', image }]]
                  : [];
              });
              return new Map(seen);
            },
          },
        ],
      });
    },
    readInventory: (registry, repository, from = '') => {
      const page = (most: number): InventoryReading => {
        const shelf = ecr.shelfOf(registry, repository);
        if (shelf === undefined) return { is: 'unreadable', why: 'repository-not-found' };
        const rest = [...shelf.entries()]
          .filter(([digest]) => digest > from)
          .sort(([a], [b]) => (a < b ? -1 : 1));
        const images = rest.slice(0, most).map(([digest, { tags, storage, arrivedAt }]) => ({
          digest,
          tags,
          storage,
          ...(arrivedAt === undefined ? {} : { pushedAt: arrivedAt }),
        }));
        const last = images.at(-1)?.digest;
        return { is: 'read', images, ...(rest.length > most && last !== undefined ? { next: last } : {}) };
      };
      return call<InventoryReading>(run, {
        name: `readInventory ${placeKey(registry, repository)}`,
        where: registryKey(registry),
        perform: () => page(imagesPerPage),
        // A page may be as short as ECR likes, as long as it says that there is more.
        faults: [
          ...readsOf<InventoryReading>((why) => ({ is: 'unreadable', why })),
          { fault: 'half-answer', answer: () => page(1) },
        ],
      });
    },
    readTags: (registry, repository, tags) =>
      call<TagsReading>(run, {
        name: `readTags ${placeKey(registry, repository)}`,
        where: registryKey(registry),
        perform: () => {
          const holders = new Map<string, Digest>();
          for (const [digest, image] of ecr.shelfOf(registry, repository)?.entries() ?? []) {
            for (const tag of image.tags) if (tags.includes(tag)) holders.set(tag, digest);
          }
          return { is: 'read', holders };
        },
        faults: readsOf((why) => ({ is: 'unreadable', why })),
      }),
    readTagSettings: async () => undefined,
    readClaims: (source, repository, digest) =>
      call(run, {
        name: `readClaims ${imageKey(source, repository, digest)}`,
        where: registryKey(source),
        perform: () => ecr.claimsOf(source, repository, digest),
        faults: readsOf((why) => ({ is: 'unreadable', why })),
      }),

    sendAgain: async (messages) => {
      const unsent = new Set<string>();
      // As the adapter: what was not sent is an answer, not an error.
      await call(run, {
        name: `sendAgain ×${messages.length}`,
        writes: true,
        perform: () => {
          for (const message of messages) {
            if (faults.strikes('send-refused')) unsent.add(message.id);
            else {
              world.sendAgain(run, message);
              if (faults.strikes('send-answer-lost')) unsent.add(message.id);
            }
          }
        },
        faults: [],
      });
      return unsent;
    },

    findIncidents: (ids) => read(`findIncidents ×${ids.length}`, () => table.findIncidents(ids)),
    saveIncident: async (incident) => {
      const save = (): 'saved' | 'conflict' => {
        const before = table.incidents.get(incident.id);
        const answer = table.saveIncident(incident);
        if (answer === 'saved') world.saved(incident, before, run);
        return answer;
      };
      return write(`saveIncident ${incident.id} ${incident.state}`, () => {
        const answer = save();
        // The SDK hears nothing, asks again, and meets what it has written itself.
        if (answer !== 'saved' || !faults.strikes('table-answer-lost')) return answer;
        run.faults.add('table-answer-lost');
        return save();
      });
    },
    readOpen: (group, most) => read('readOpen', () => table.readOpen(group, most)),
    readDue: (group, before, most) => read('readDue', () => table.readDue(group, before, most)),
    readChanges: async function* (group, after) {
      let cursor: Cursor | undefined = { changedAt: after, id: '\uffff' };
      while (cursor !== undefined) {
        const from: Cursor = cursor;
        const { page, next }: ChangesPage = await read('readChanges', () =>
          table.readChangesPage(group, from),
        );
        yield page;
        cursor = next;
      }
    },
    latestNotice: (group) => read('latestNotice', () => table.latestNotice(group)),
    claimNotice: (notice, over) =>
      write(`claimNotice ${notice.group.kind} ${notice.sequence}`, () => {
        const answer = table.claimNotice(notice, over);
        if (answer === 'claimed') world.claimed(notice, run);
        return answer;
      }),
    confirmNotice: (notice, at) =>
      write(`confirmNotice ${notice.group.kind} ${notice.sequence}`, () => {
        table.confirmNotice(notice, at);
        world.confirmed(notice);
      }),
    noteGroups: (groups) => write('noteGroups', () => table.noteGroups(groups)),
    readGroups: () => read('readGroups', () => table.readGroups()),
    readSilences: () => read('readSilences', () => table.readSilences()),
    saveSilence: (silence) => write('saveSilence', () => table.saveSilence(silence)),
    readKnownRules: (registry) => read('readKnownRules', () => table.readKnownRules(registry)),
    readKnownRegistries: () => read('readKnownRegistries', () => table.readKnownRegistries()),
    noteRegistry: (registry) => write('noteRegistry', () => table.noteRegistry(registry)),
    readWatched: () => read('readWatched', () => table.readWatched()),
    saveWatched: (registry) => write('saveWatched', () => table.saveWatched(registry)),
    beginRun: (one) => write('beginRun', () => table.beginRun(one)),
    endRun: (one) => write('endRun', () => table.endRun(one)),
    readRuns: () => read('readRuns', () => table.readRuns()),
    saveResult: (one, result) =>
      write(`saveResult ${result.repository} ${registryKey(result.destination)} ${result.reading}`, () =>
        table.saveResult(one, result),
      ),
    countResults: (one) => read('countResults', () => table.countResults(one)),
    readResults: async function* (one) {
      yield await read('readResults', () => table.resultsOf(one));
    },
    takeCalls: () => new Map(),
    saveKnownRules: (registry, rules, over) =>
      write('saveKnownRules', () => table.saveKnownRules(registry, rules, over)),

    putMetrics: (series) =>
      call(run, {
        name: 'putMetrics',
        writes: true,
        perform: () => world.measured(series, run),
        faults: refusedBy('metrics-refused'),
        answerLost: 'metrics-answer-lost',
      }),
  };
}
