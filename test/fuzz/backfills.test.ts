/** Backfills by an ECR that answers garbage: none is told as well that was not seen to be, none is started beside another. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ecrClients } from '../../lib/aws/clients.ts';
import { backfillReaders } from '../../lib/aws/ecr-backfills.ts';
import { readImages, readTags } from '../../lib/aws/ecr-images.ts';
import { readClaims, rulesReader } from '../../lib/aws/ecr-registry.ts';
import { repairCalls } from '../../lib/aws/ecr-repair.ts';
import { open } from '../../lib/incident/transition.ts';
import { memoryIncidentStore } from '../../lib/local/incident-store.ts';
import { watchBackfills } from '../../lib/monitor/backfills.ts';
import { repair } from '../../lib/monitor/repair.ts';
import { defaultPolicies } from '../../lib/policies.ts';
import type { Publication } from '../../lib/ports.ts';
import type { BackfillPorts } from '../../lib/sweep/backfill-ports.ts';
import { digestOf, finding, ireland, source, sydney } from '../samples.ts';
import { expectNoStumble, fewMishapsOf, isRecord, mishapsOf, useGarbageAws } from './against-garbage.ts';
import { documented } from './documented.ts';
import type { WellFormed } from './garbage-aws.ts';
import { runs, timeFor } from './runs.ts';

const garbageAws = useGarbageAws();

const hour = 3_600_000;
const now = Date.UTC(2026, 10, 24, 12);
const repository = 'prod-api';
const digests = [digestOf('one'), digestOf('two')];
const tagOf = (digest: string): string => `v${digests.indexOf(digest as (typeof digests)[number])}`;
const id = '7d0c7e0c-9a4e-4b3c-8f53-3f6f0f1b2a10';
const otherId = '2b1f4c7a-1111-4222-8333-944455556666';

type Fields = Readonly<Record<string, unknown>>;

interface Scene {
  readonly status: 'COMPLETE' | 'IN_PROGRESS';
  /** Whether what was copied is where it was copied to. */
  readonly isThere: boolean;
}

function answers({ status, isThere }: Scene): WellFormed {
  return ({ operation, input }) => {
    switch (operation) {
      case 'DescribeRegistry': {
        const to = [ireland, sydney].map(({ account, region }) => ({ registryId: account, region }));
        const rules = [{ destinations: to, repositoryFilters: [] }];
        return { registryId: source.account, replicationConfiguration: { rules } };
      }
      case 'ListReplicationBackfills':
        return {
          registryId: source.account,
          backfills: [
            {
              replicationBackfillId: id,
              destination: { region: ireland.region, registryId: ireland.account },
              status,
              progress: {
                totalReplicationCount: 2,
                completedReplicationCount: status === 'COMPLETE' ? 2 : 1,
                failedReplicationCount: 0,
                failureCodes: [],
              },
              startedAt: (now - hour) / 1000,
              ...(status === 'COMPLETE' ? { endedAt: (now - hour / 2) / 1000 } : {}),
            },
          ],
        };
      case 'DescribeReplicationBackfillResults':
        return {
          registryId: source.account,
          replicationBackfillId: id,
          results:
            input['resultStatusFilter'] === 'FAILED'
              ? []
              : digests.map((imageDigest) => ({
                  repositoryName: repository,
                  imageId: { imageDigest, imageTag: tagOf(imageDigest) },
                  status: 'COMPLETE',
                })),
        };
      case 'DescribeImages':
        return {
          imageDetails: (isThere ? digests : []).map((imageDigest) => ({
            imageDigest,
            imageTags: [tagOf(imageDigest)],
            imageStatus: 'ACTIVE',
          })),
        };
      case 'StartReplicationBackfill':
        return { replicationBackfillId: otherId, status: 'PREPARING', startedAt: now / 1000 };
      default:
        return {};
    }
  };
}

interface Lines {
  readonly log: (level: string, message: string, fields?: Fields) => void;
  readonly said: () => string;
}

function keepLines(): Lines {
  const lines: string[] = [];
  return {
    log: (_, message, fields = {}) => void lines.push(`${message} ${JSON.stringify(fields)}`),
    said: () => lines.join('\n'),
  };
}

const records: Pick<BackfillPorts, 'readBackfillRecords' | 'watchSince' | 'claimEnd' | 'confirmEnd'> = {
  readBackfillRecords: async () => ({ since: now - 2 * hour, records: new Map() }),
  watchSince: async () => {},
  claimEnd: async () => 'claimed',
  confirmEnd: async () => {},
};

describe('the end of a backfill, by an ECR that answers garbage,', () => {
  const operations = ['ListReplicationBackfills', 'DescribeReplicationBackfillResults', 'DescribeImages'].map(
    (name) => `ecr.${name}`,
  );

  async function watch(scene: Scene, mishaps: Parameters<ReturnType<typeof garbageAws>['begin']>[0]) {
    garbageAws().begin(mishaps, answers(scene));
    const ecr = ecrClients(source, undefined);
    const told: Publication[] = [];
    const { log, said } = keepLines();
    await watchBackfills(
      {
        ...memoryIncidentStore(),
        ...records,
        ...backfillReaders(ecr),
        now: () => now,
        log,
        readRules: rulesReader(ecr, () => now),
        readImages: (read) => readImages(ecr, read),
        readTags: (...asked) => readTags(ecr, ...asked),
        readClaims: (...asked) => readClaims(ecr, ...asked),
        publish: async (publication) => void told.push(publication),
        putMetrics: async (series) => expect(JSON.stringify(series)).not.toMatch(/null|NaN/),
      },
      defaultPolicies,
      [source],
    );
    expectNoStumble(said());
    return { told, said };
  }

  it('is told as it is when it answers well', async () => {
    const well = await watch({ status: 'COMPLETE', isThere: true }, new Map());
    expect(well.told.map(({ subject, attributes }) => [subject, attributes['severity']])).toEqual([
      ['[ended] Backfill to eu-west-1 (111122223333) complete: 2 of 2 copied, all seen there', 'info'],
    ]);
    const lost = await watch({ status: 'COMPLETE', isThere: false }, new Map());
    expect(lost.told.map(({ attributes }) => attributes['severity'])).toEqual(['warning']);
  });

  it(
    'is told as well only if ECR said so, and every image of it was seen',
    async () => {
      const scenes = fc.record({
        status: fc.constant('COMPLETE' as const),
        isThere: fc.boolean(),
      });
      const drawn = fc.oneof(fewMishapsOf(operations), mishapsOf(operations));
      await fc.assert(
        fc.asyncProperty(drawn, scenes, async (mishaps, scene) => {
          const { told } = await watch(scene, mishaps);
          for (const publication of told) {
            expect(JSON.stringify(publication.texts)).not.toMatch(/undefined|NaN|\[object/);
            if (publication.attributes['severity'] === 'info') expectSeenWell();
          }
        }),
        runs(120),
      );
    },
    timeFor(120),
  );
});

/** Some list had a backfill that was complete, and every replication of it is under its tag in what was seen. */
function expectSeenWell(): void {
  const exchanges = garbageAws().exchanges();
  const listed = documented(exchanges, 'ListReplicationBackfills').flatMap((one) => listIn(one, 'backfills'));
  const totals = listed.flatMap(({ status, progress }) =>
    status === 'COMPLETE' && isRecord(progress) && progress['failedReplicationCount'] === 0
      ? [Number(progress['totalReplicationCount'])]
      : [],
  );
  expect(totals, 'no answer had it complete').not.toEqual([]);
  const results = documented(exchanges, 'DescribeReplicationBackfillResults')
    .flatMap((one) => listIn(one, 'results'))
    .flatMap(({ imageId }) => (isRecord(imageId) ? [imageId] : []));
  const named = new Set(results.map(({ imageDigest, imageTag }) => `${imageDigest} ${imageTag}`));
  expect(named.size, 'fewer are named than were copied').toBeGreaterThanOrEqual(Math.min(...totals));
  const images = documented(exchanges, 'DescribeImages').flatMap((one) => listIn(one, 'imageDetails'));
  for (const { imageDigest, imageTag } of results) {
    const isSeen = images.some(
      ({ imageDigest: seen, imageTags, imageStatus = 'ACTIVE' }) =>
        seen === imageDigest &&
        [null, 'ACTIVE'].includes(imageStatus as string) &&
        (imageTag === undefined || imageTag === null || elementsOf(imageTags).includes(imageTag)),
    );
    expect(isSeen, `${imageDigest} ${imageTag} was not seen`).toBe(true);
  }
}

function listIn(answer: Fields, key: string): readonly Fields[] {
  return elementsOf(answer[key]).filter(isRecord);
}

function elementsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

describe('repair, by an ECR that answers garbage,', () => {
  const operations = ['ListReplicationBackfills', 'StartReplicationBackfill', 'DescribeRegistry'].map(
    (name) => `ecr.${name}`,
  );
  const overdue = open(finding({}), undefined, now - hour);

  async function mend(scene: Scene, mishaps: Parameters<ReturnType<typeof garbageAws>['begin']>[0]) {
    garbageAws().begin(mishaps, answers(scene));
    const ecr = ecrClients(source, undefined);
    const { log, said } = keepLines();
    const noted: unknown[] = [];
    const fault = await repair(
      {
        ...backfillReaders(ecr),
        ...repairCalls(ecr),
        readBackfillRecords: records.readBackfillRecords,
        now: () => now,
        log,
        readRules: rulesReader(ecr, () => now),
        readOpen: async ({ destination, kind }) =>
          destination.region === ireland.region && kind === 'overdue'
            ? { ids: new Set([overdue.id]), oldest: [overdue] }
            : { ids: new Set(), oldest: [] },
        readWatched: async () => [],
        noteStarted: async (backfill) => void noted.push(backfill.id),
      },
      { hub: source, repair: 'backfill' },
      [source],
    ).then(
      () => '',
      (error: unknown) => String(error),
    );
    expectNoStumble(`${said()}; ${fault}`);
    const started = garbageAws()
      .exchanges()
      .filter(({ operation }) => operation === 'StartReplicationBackfill');
    return { started, noted };
  }

  it('starts one where none runs, and none beside another, when it answers well', async () => {
    const running = await mend({ status: 'IN_PROGRESS', isThere: false }, new Map());
    expect(running.started).toEqual([]);
    // Started today, and over.
    expect((await mend({ status: 'COMPLETE', isThere: false }, new Map())).started).toEqual([]);
    const none = new Map([['ecr.ListReplicationBackfills', emptyList]]);
    const { started, noted } = await mend({ status: 'IN_PROGRESS', isThere: false }, none);
    expect([started.length, noted]).toEqual([1, [otherId]]);
  });

  const emptyList = {
    is: 'instead',
    status: 200,
    body: '{"backfills":[]}',
    type: 'application/json',
  } as const;

  it(
    'starts one only where a list said that none runs and none was begun today, and notes none without its id',
    async () => {
      const scenes = fc.record({
        status: fc.constantFrom('COMPLETE' as const, 'IN_PROGRESS' as const),
        isThere: fc.constant(false),
      });
      const drawn = fc.oneof(
        mishapsOf(operations),
        mishapsOf(['ecr.ListReplicationBackfills']),
        // None runs, and so one is started: what is answered to that goes wrong.
        mishapsOf(operations).map((all) => new Map([...all, ['ecr.ListReplicationBackfills', emptyList]])),
      );
      await fc.assert(
        fc.asyncProperty(drawn, scenes, async (mishaps, scene) => {
          const { started, noted } = await mend(scene, mishaps);
          if (started.length > 0) expectNoneInTheWay();
          for (const one of noted) {
            const named = documented(started, 'StartReplicationBackfill');
            expect(named.map(({ replicationBackfillId }) => replicationBackfillId)).toContain(one);
          }
        }),
        runs(150),
      );
    },
    timeFor(150),
  );

  function expectNoneInTheWay(): void {
    const lists = documented(garbageAws().exchanges(), 'ListReplicationBackfills');
    const isFree = lists.some((list) =>
      listIn(list, 'backfills').every(({ destination, startedAt }) => {
        const to = isRecord(destination) ? `${destination['registryId']} ${destination['region']}` : '';
        return to !== `${ireland.account} ${ireland.region}` || Number(startedAt) * 1000 <= now - 24 * hour;
      }),
    );
    expect(isFree, 'no answer said that none is in the way').toBe(true);
  }
});
