/** Manifests and layers by an ECR that answers garbage: what lacks something is not called whole, nor its end told. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ecrClients } from '../../lib/aws/clients.ts';
import { readImages } from '../../lib/aws/ecr-images.ts';
import { manifestPorts } from '../../lib/aws/ecr-manifests.ts';
import { readRepositories, rulesReader } from '../../lib/aws/ecr-registry.ts';
import { memoryIncidentStore } from '../../lib/local/incident-store.ts';
import { digestOf, layersOf, sampleIndex, sampleManifest } from '../../lib/local/manifest.ts';
import { readAllManifests } from '../../lib/monitor/manifests.ts';
import { defaultPolicies } from '../../lib/policies.ts';
import type { Publication } from '../../lib/ports.ts';
import { ireland, source } from '../samples.ts';
import { expectNoStumble, fewMishapsOf, mishapsOf, useGarbageAws } from './against-garbage.ts';
import { documented, namesIn } from './documented.ts';
import type { Mishap } from './garbage.ts';
import type { WellFormed } from './garbage-aws.ts';
import { runs, timeFor } from './runs.ts';

const garbageAws = useGarbageAws();

const day = 24 * 3_600_000;
const start = Date.UTC(2026, 10, 24, 12);
const repository = 'prod-api';
const role = `arn:aws:iam::${source.account}:role/ecr-replication-monitor/manifests`;
const children = ['amd64', 'arm64'].map((name) => sampleManifest(name));
const manifests = new Map([...children, sampleIndex(children)].map((text) => [digestOf(text), text]));
const [lostLayer = ''] = layersOf(children[1] ?? '').slice(1);
const indexType = 'application/vnd.oci.image.index.v1+json';

/** An index, there with its children; of the second a layer is gone, in Ireland. */
const oneLayerIsGone: WellFormed = ({ operation, input }) => {
  switch (operation) {
    case 'DescribeRegistry': {
      const destinations = [{ registryId: ireland.account, region: ireland.region }];
      return {
        registryId: source.account,
        replicationConfiguration: { rules: [{ destinations, repositoryFilters: [] }] },
      };
    }
    case 'DescribeRepositories':
      return { repositories: [{ repositoryName: repository }] };
    case 'DescribeImages': {
      const isTop = (text: string): boolean => text.includes('"manifests"');
      return {
        imageDetails: [...manifests].map(([imageDigest, text]) => ({
          imageDigest,
          imageStatus: 'ACTIVE',
          ...(isTop(text) ? { imageTags: ['1.4.2'], imageManifestMediaType: indexType } : {}),
        })),
      };
    }
    case 'RegisterPullTimeUpdateExclusion':
      return { principalArn: role, createdAt: start / 1000 };
    case 'BatchGetImage':
      return {
        images: digestsIn(input['imageIds']).map((imageDigest) => ({
          imageId: { imageDigest },
          imageManifest: manifests.get(imageDigest) ?? '',
        })),
        failures: [],
      };
    case 'BatchCheckLayerAvailability':
      return {
        layers: listOf(input['layerDigests']).map((layerDigest) => ({
          layerDigest,
          layerAvailability: layerDigest === lostLayer ? 'UNAVAILABLE' : 'AVAILABLE',
        })),
        failures: [],
      };
    default:
      return {};
  }
};

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function digestsIn(value: unknown): readonly string[] {
  return listOf(value).map((id) => String((id as { imageDigest?: unknown }).imageDigest));
}

const operations = [
  'DescribeRegistry',
  'DescribeRepositories',
  'RegisterPullTimeUpdateExclusion',
  'DescribeImages',
  'BatchGetImage',
  'BatchCheckLayerAvailability',
];

/** A day on which all is answered well, and so the finding told; then one with these mishaps. What is told on the second. */
async function secondDay(mishaps: ReadonlyMap<string, Mishap>): Promise<readonly Publication[]> {
  const store = memoryIncidentStore();
  let told: Publication[] = [];
  let now = start;
  const read = async (): Promise<string> => {
    const ecr = ecrClients(source, undefined);
    const ports = {
      ...store,
      ...manifestPorts(ecr, role),
      now: () => now,
      log: () => {},
      readRules: rulesReader(ecr, () => now),
      readRepositories: (registry: typeof source) => readRepositories(ecr, registry),
      readImages: (asked: Parameters<typeof readImages>[1]) => readImages(ecr, asked),
      readCycle: async () => undefined,
      saveCycle: async () => {},
      takeCalls: () => new Map(),
      putMetrics: async () => {},
      publish: async (publication: Publication) => void told.push(publication),
    };
    return readAllManifests(ports, defaultPolicies, source, [source], now + 600_000).then(
      () => '',
      (error: unknown) => String(error),
    );
  };
  garbageAws().begin(new Map(), oneLayerIsGone);
  expect(await read()).toBe('');
  expect(told.map(({ attributes }) => `${attributes['kind']} ${attributes['status']}`)).toEqual([
    'incomplete firing',
  ]);
  told = [];
  now += day;
  garbageAws().begin(mishaps, oneLayerIsGone);
  expectNoStumble(await read());
  return told;
}

describe('an index that lacks a layer, by an ECR that answers garbage,', () => {
  it('is no news while it lasts, and over when the repository is gone', async () => {
    expect(await secondDay(new Map())).toEqual([]);
    const nothingListed = {
      is: 'instead',
      status: 200,
      body: '{"repositories":[]}',
      type: 'text/json',
    } as const;
    const told = await secondDay(new Map([['ecr.DescribeRepositories', nothingListed]]));
    expect(told.map(({ attributes }) => attributes['status'])).toEqual(['resolved']);
  });

  it(
    'is told to be over only if every answer that this rests on was one',
    async () => {
      const names = operations.map((name) => `ecr.${name}`);
      await fc.assert(
        fc.asyncProperty(fc.oneof(fewMishapsOf(names), mishapsOf(names)), async (mishaps) => {
          const told = await secondDay(mishaps);
          if (told.some(({ attributes }) => attributes['status'] === 'resolved')) expectAnswered();
        }),
        runs(60),
      );
    },
    timeFor(60),
  );
});

/** Each operation that was called had an answer as documented, or a refusal that says what is not there. */
function expectAnswered(): void {
  const exchanges = garbageAws().exchanges();
  const called = operations.filter((name) => exchanges.some(({ operation }) => operation === name));
  for (const operation of called) {
    const named = /(?:Image|Repository)NotFoundException|ExclusionAlreadyExistsException/;
    const isRefused = exchanges.some(
      (one) => one.operation === operation && named.test(one.answer?.body ?? ''),
    );
    const answers = documented(exchanges, operation);
    expect(isRefused || answers.length > 0, `${operation} had no answer`).toBe(true);
    if (isRefused) continue;
    for (const { input } of exchanges.filter((one) => one.operation === operation)) {
      const asked =
        operation === 'BatchGetImage' ? digestsIn(input['imageIds']) : listOf(input['layerDigests']);
      const isNamed = answers.some((answer) => asked.every((one) => namesIn(answer).has(one)));
      expect(asked.length === 0 || isNamed, `${operation} left out what it was asked for`).toBe(true);
    }
  }
}
