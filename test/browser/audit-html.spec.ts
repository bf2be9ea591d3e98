/** The page that the built binary writes, from a real audit of the local AWS, opened in the browser. */

import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { type Binary, buildBinary } from '../cli/binary.ts';
import { digestOf, ireland, source, sydney } from '../samples.ts';
import { reports } from './open-report.ts';

const open = reports();
let aws: LocalAws;
let binary: Binary;

/** Three repositories of twenty images from two days ago: one is not whole in Ireland, one is not there at all. */
beforeAll(async () => {
  [aws, binary] = await Promise.all([startLocalAws({ delayMs: 0 }), buildBinary()]);
  aws.ecr.call(source, 'PutReplicationConfiguration', {
    replicationConfiguration: {
      rules: [
        {
          destinations: [ireland, sydney].map(({ account, region }) => ({ registryId: account, region })),
          repositoryFilters: [{ filter: 'prod/', filterType: 'PREFIX_MATCH' }],
        },
      ],
    },
  });
  const twoDaysAgo = Date.now() - 2 * 24 * 60 * 60 * 1000;
  for (const [repository, missing] of [
    ['prod/api', 2],
    ['prod/web', 20],
    ['prod/worker', 0],
  ] as const) {
    const images = Array.from({ length: 20 }, (_, n) => ({
      digest: digestOf(`${repository} ${n}`),
      tags: [`v${n}`],
      pushedAt: twoDaysAgo + n * 1000,
    }));
    const arrived = images.map((image) => ({ ...image, pushedAt: image.pushedAt + 3000 }));
    aws.ecr.seed(source, repository, images);
    if (missing < images.length) aws.ecr.seed(ireland, repository, arrived.slice(missing));
    aws.ecr.seed(sydney, repository, arrived);
  }
});
afterAll(() => aws?.stop());

it('says where it is not safe to fail over to, which images are missing, and how to cure it', async () => {
  const file = join(dirname(binary.path), 'report.html');
  const ended = await binary.run(['audit', '--html', file], aws.environment());
  expect(ended.code).toBe(1);
  const { page } = await open(await readFile(file, 'utf8'));
  expect(await page.locator('h1').innerText()).toContain('eu-west-1 is not ready for a failover');
  expect(await page.locator('.card', { hasText: 'eu-west-1' }).innerText()).toContain(
    '22 of 60 images would not pull.',
  );
  expect(await page.locator('.card', { hasText: 'ap-southeast-2' }).innerText()).toContain(
    'All 60 images are there',
  );
  expect(await page.locator('.map tbody tr').allInnerTexts()).toEqual([
    expect.stringMatching(/^prod\/web.*none\s*✓$/s),
    expect.stringMatching(/^prod\/api.*90 %\s*✓$/s),
    expect.stringMatching(/^prod\/worker.*✓\s*✓$/s),
  ]);
  await page.getByRole('button', { name: 'prod/api in eu-west-1' }).click();
  await expect
    .poll(() => page.locator('.finding .is-subject code').allTextContents())
    .toEqual(['prod/api:v0', 'prod/api:v1']);
  await page.locator('.open').first().click();
  expect(await page.locator('.details pre').allTextContents()).toContainEqual(
    expect.stringContaining('aws ecr start-replication-backfill'),
  );
  expect(await page.locator('svg[role="img"]').count()).toBe(2);
});
