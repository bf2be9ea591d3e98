/** The further ports of those that watch and start backfills, and of those that go through settings and manifests. */

import type { Digest } from '../../lib/image/digest.ts';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import { placeKey } from '../../lib/replication/reads.ts';
import type { BackfillPorts, RepairPorts } from '../../lib/sweep/backfill-ports.ts';
import type { CyclePorts } from '../../lib/sweep/cycle-ports.ts';
import type { ManifestPorts } from '../../lib/sweep/manifest-ports.ts';
import type { RepositorySettings } from '../../lib/sweep/repository-settings.ts';
import type { SettingReading } from '../../lib/sweep/setting-finding.ts';
import type { SettingPorts } from '../../lib/sweep/setting-ports.ts';
import type { LayerState, Manifest, TopImage } from '../../lib/sweep/wholeness.ts';
import type { BackfillModel } from './backfills.ts';
import { type EcrModel, layerOf } from './ecr.ts';
import { readFaults, readsOf, refusedBy } from './fault-answers.ts';
import type { Call, Invocation, Process, Runner } from './invocation.ts';
import type { PassTable } from './pass-table.ts';

export type PassPorts = BackfillPorts & RepairPorts & SettingPorts & ManifestPorts & CyclePorts;

export interface PassWorld<P extends Process> {
  readonly runner: Pick<Runner<P>, 'call'>;
  readonly model: EcrModel;
  readonly backfills: BackfillModel;
  readonly passTable: PassTable;
  /** What the rest of the world sees of a run. */
  readonly backfillStarted: (source: Registry, destination: Registry, run: Invocation<P>) => void;
  readonly endConfirmed: (backfill: string) => void;
  readonly pulled: (registry: Registry, run: Invocation<P>) => void;
}

/** Few, so that a repository of a story has several. */
const topsPerPage = 3;
const resultsPerPage = 5;
const asCreated: RepositorySettings = {
  tags: { mutability: 'MUTABLE', exceptions: [] },
  encryption: 'AES256',
  scanOnPush: false,
};

export function passPortsOf<P extends Process>(world: PassWorld<P>, run: Invocation<P>): PassPorts {
  const { model, backfills, passTable } = world;
  const { call } = world.runner;

  function read<T>(name: string, perform: () => T): Promise<T> {
    return call(run, { name, perform, faults: refusedBy('table-refused') });
  }
  function write<T>(name: string, perform: () => T): Promise<T> {
    const faults = refusedBy('table-refused');
    return call(run, { name, writes: true, perform, faults, answerLost: 'table-answer-lost' });
  }
  /** What cannot be read is a value, and a finding. */
  function setting<T>(name: string, registry: Registry, value: () => T): Promise<SettingReading<T>> {
    return call<SettingReading<T>>(run, {
      name: `${name} ${registryKey(registry)}`,
      where: registryKey(registry),
      perform: () => ({ is: 'read', value: value() }),
      faults: readsOf<SettingReading<T>>((why) => ({ is: 'unreadable', why })),
    });
  }
  /** What cannot be read, or done, is thrown. */
  function asked<T>(
    name: string,
    registry: Registry,
    perform: () => T,
    more: Partial<Pick<Call<T>, 'writes'>> = {},
  ): Promise<T> {
    return call<T>(run, {
      name: `${name} ${registryKey(registry)}`,
      where: registryKey(registry),
      perform,
      faults: readFaults.map(([fault]) => ({ fault, answer: () => new Error(fault) })),
      ...more,
    });
  }

  return {
    readBackfills: (source) => setting('ListReplicationBackfills', source, () => backfills.of(source)),
    readBackfillResults: async function* ({ source, id }, status) {
      for (let start = 0; ; start += resultsPerPage) {
        const page = await asked('DescribeReplicationBackfillResults', source, () =>
          backfills.results(id, status).slice(start, start + resultsPerPage + 1),
        );
        yield page.slice(0, resultsPerPage);
        if (page.length <= resultsPerPage) return;
      }
    },
    readBackfillRecords: (source) => read('readBackfillRecords', () => passTable.readBackfillRecords(source)),
    watchSince: (source, at) => write('watchSince', () => passTable.watchSince(source, at)),
    claimEnd: (backfill, at, over) =>
      write(`claimEnd ${backfill.id}`, () => passTable.claimEnd(backfill, at, over)),
    confirmEnd: (backfill, at) =>
      write(`confirmEnd ${backfill.id}`, () => {
        passTable.confirmEnd(backfill, at);
        world.endConfirmed(backfill.id);
      }),
    startBackfill: (source, destination) =>
      asked(
        'StartReplicationBackfill',
        source,
        () => {
          const answer = backfills.start(source, destination);
          if (answer.is === 'started') world.backfillStarted(source, destination, run);
          return answer;
        },
        { writes: true },
      ),
    stopBackfill: ({ source, id }) =>
      asked('StopReplicationBackfill', source, () => backfills.stop(id), { writes: true }),
    noteStarted: (backfill, at) =>
      write(`noteStarted ${backfill.id}`, () => passTable.noteStarted(backfill, at)),

    readCycle: (name, registry) => read(`readCycle ${name}`, () => passTable.readCycle(name, registry)),
    saveCycle: (name, registry, cycle) =>
      write(`saveCycle ${name}`, () => passTable.saveCycle(name, registry, cycle)),

    readRepositorySettings: (registry) =>
      setting(
        'readRepositorySettings',
        registry,
        () => new Map(model.repositoriesOf(registry).map((name) => [name, asCreated])),
      ),
    readLifecyclePolicy: (registry, repository) =>
      setting(
        'GetLifecyclePolicy',
        registry,
        () => model.lifecycleOf(registry, repository) ?? ('none' as const),
      ),
    readCreationTemplates: (registry) => setting('readCreationTemplates', registry, () => []),
    readScanning: (registry) => setting('readScanning', registry, () => ({ type: 'BASIC', rules: [] })),
    readRegistryPolicy: (registry) => setting('readRegistryPolicy', registry, () => []),

    excludePulls: (registry) =>
      asked('RegisterPullTimeUpdateExclusion', registry, () => model.excludePulls(registry), {
        writes: true,
      }),
    readTops: (registry, repository, from = '') =>
      asked(`readTops ${repository}`, registry, () => {
        const shelf = model.shelfOf(registry, repository);
        if (shelf === undefined) return 'gone' as const;
        const all = [...shelf.entries()]
          .filter(([digest, { tags }]) => tags.length > 0 && digest > from)
          .sort(([a], [b]) => (a < b ? -1 : 1));
        const images = all.slice(0, topsPerPage).map(([digest, { tags }]): TopImage => ({ digest, tags }));
        const last = images.at(-1)?.digest;
        return { images, ...(all.length > topsPerPage && last !== undefined ? { next: last } : {}) };
      }),
    readManifests: (registry, repository, digests) =>
      asked(`BatchGetImage ${repository}`, registry, () => {
        if (digests.length > 0) world.pulled(registry, run);
        const there = digests.filter(
          (digest) => model.shelfOf(registry, repository)?.get(digest) !== undefined,
        );
        return new Map(
          there.map((digest): [Digest, Manifest] => [digest, { children: [], layers: [layerOf(digest)] }]),
        );
      }),
    readLayers: (registry, repository, digests) =>
      asked(`BatchCheckLayerAvailability ${repository}`, registry, () => {
        const lost = model.lostLayers(placeKey(registry, repository));
        return new Map(
          digests.map((digest): [Digest, LayerState] => [digest, lost.has(digest) ? 'missing' : 'available']),
        );
      }),
  };
}
