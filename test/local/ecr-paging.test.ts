/** Paging: pages put together are everything, once; and a large repository is read fast. */

import { ECRClient, paginateDescribeImages, paginateListImages } from '@aws-sdk/client-ecr';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../lib/local/answer.ts';
import { createEcr, type Ecr } from '../../lib/local/ecr-model.ts';
import { startEcrServer } from '../../lib/local/ecr-server.ts';
import type { Listening } from '../../lib/local/listen.ts';
import { createShelf, firstPosition } from '../../lib/local/shelf.ts';

const registry = { account: '111122223333', region: 'us-east-1' };
const repositoryName = 'team/api';

/** All pages of an operation, as one list of entries of `member`. */
function readAll(ecr: Ecr, operation: string, input: object, member: string): unknown[] {
  const entries: unknown[] = [];
  let nextToken: unknown;
  do {
    const body = new Map(
      Object.entries(bodyOf(ecr.call(registry, operation, { repositoryName, ...input, nextToken }))),
    );
    const page = body.get(member);
    if (!Array.isArray(page)) throw new Error(`no ${member}`);
    entries.push(...page);
    nextToken = body.get('nextToken');
  } while (nextToken !== undefined);
  return entries;
}

function bodyOf(answer: Answer): object {
  if (answer.is !== 'ok') throw new Error(JSON.stringify(answer));
  return answer.body;
}

/** Images with some tags each, some of them archived. */
const images = fc
  .array(fc.record({ tags: fc.nat({ max: 4 }), isArchived: fc.boolean() }), { maxLength: 40 })
  .map((list) =>
    list.map(({ tags, isArchived }, at) => ({
      digest: `sha256:${at}`,
      tags: Array.from({ length: tags }, (_, tag) => `v${at}.${tag}`),
      status: isArchived ? ('ARCHIVED' as const) : ('ACTIVE' as const),
    })),
  );
const pageSize = fc.integer({ min: 1, max: 50 });

describe('pages put together', () => {
  it('are every image once', () => {
    fc.assert(
      fc.property(images, pageSize, (seeded, maxResults) => {
        const ecr = createEcr({ now: () => 0 });
        ecr.seed(registry, repositoryName, seeded);
        const filter = { imageStatus: 'ANY' };
        const details = readAll(ecr, 'DescribeImages', { maxResults, filter }, 'imageDetails');
        expect(details).toMatchObject(seeded.map(({ digest }) => ({ imageDigest: digest })));
        expect(details).toHaveLength(seeded.length);
      }),
    );
  });

  it('are every pair of digest and tag once, however a page cuts through an image', () => {
    fc.assert(
      fc.property(images, pageSize, (seeded, maxResults) => {
        const ecr = createEcr({ now: () => 0 });
        ecr.seed(registry, repositoryName, seeded);
        const expected = seeded
          .filter(({ status }) => status === 'ACTIVE')
          .flatMap(({ digest, tags }) =>
            tags.length === 0
              ? [{ imageDigest: digest }]
              : tags.map((imageTag) => ({ imageDigest: digest, imageTag })),
          );
        expect(readAll(ecr, 'ListImages', { maxResults }, 'imageIds')).toEqual(expected);
      }),
    );
  });

  it('are what stays, when something goes between two pages', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), pageSize, fc.nat({ max: 30 }), (size, limit, removed) => {
        const shelf = createShelf<number>();
        for (let item = 0; item < size; item++) shelf.put(String(item), item);
        const first = shelf.page(firstPosition, limit, (item) => [item]);
        shelf.remove(String(removed));
        const rest = first.next === undefined ? [] : shelf.page(first.next, size, (item) => [item]).entries;
        const everything = Array.from({ length: size }, (_, item) => item);
        expect([...first.entries, ...rest]).toEqual(
          everything.filter((item) => item !== removed || first.entries.includes(item)),
        );
      }),
    );
  });
});

describe('a token', () => {
  it('is of no use for another listing, repository or registry', () => {
    const ecr = createEcr({ now: () => 0 });
    const seeded = Array.from({ length: 3 }, (_, at) => ({ digest: `sha256:${at}` }));
    ecr.seed(registry, repositoryName, seeded);
    ecr.seed(registry, 'other', seeded);
    const answer = ecr.call(registry, 'ListImages', { repositoryName, maxResults: 1 });
    const nextToken = new Map(Object.entries(bodyOf(answer))).get('nextToken');
    const refused = [
      ecr.call(registry, 'DescribeImages', { repositoryName, nextToken }),
      ecr.call(registry, 'ListImages', { repositoryName: 'other', nextToken }),
      ecr.call(registry, 'ListImages', { repositoryName, nextToken: `${nextToken}x` }),
    ];
    for (const each of refused) expect(each).toMatchObject({ name: 'InvalidParameterException' });
  });
});

describe('100,000 images', () => {
  let server: Listening;
  let client: ECRClient;

  beforeAll(async () => {
    const ecr = createEcr({ now: () => 0 });
    const many = function* () {
      for (let at = 0; at < 100_000; at++) yield { digest: `sha256:${at}`, tags: [`v${at}`] };
    };
    ecr.seed(registry, repositoryName, many());
    server = await startEcrServer({ ecr });
    const credentials = { accessKeyId: registry.account, secretAccessKey: 'local' };
    client = new ECRClient({ endpoint: server.url, region: registry.region, credentials });
  });
  afterAll(async () => {
    client.destroy();
    await server.stop();
  });

  it('are listed by the paginators of the SDK', async () => {
    const seen = new Set<string | undefined>();
    let pages = 0;
    for await (const { imageIds = [] } of paginateListImages(
      { client, pageSize: 1000 },
      { repositoryName },
    )) {
      pages += 1;
      for (const { imageTag } of imageIds) seen.add(imageTag);
    }
    expect({ pages, seen: seen.size }).toEqual({ pages: 100, seen: 100_000 });
  });

  it('are described, by pages of the usual 100, from anywhere in the repository', async () => {
    let described = 0;
    for await (const { imageDetails = [] } of paginateDescribeImages({ client }, { repositoryName })) {
      described += imageDetails.length;
      if (described >= 5_000) break;
    }
    expect(described).toBe(5_000);
  });
});
