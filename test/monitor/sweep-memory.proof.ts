/** The largest repository that ECR allows, and three destinations: memory and calls. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';
import { startLocalAws } from '../../lib/local/local-aws.ts';
import { ireland, source, sydney } from '../samples.ts';
import { digestOfNumber } from './many-incidents.ts';
import type { MemoryReport } from './sweep-memory-run.ts';

const many = 100_000;

/** As Lambda starts Node in 512 MB. */
const heapOfLambda = ['--expose-gc', '--max-old-space-size=460', '--max-semi-space-size=24'];

it('100,000 images and 3 destinations take less than 150 MB, in as few calls as there can be', {
  timeout: 60_000,
}, async () => {
  const aws = await startLocalAws({ keepCalls: 10 });
  onTestFinished(() => aws.stop());
  for (const registry of [source, ireland, sydney, { ...source, region: 'us-west-2' }]) {
    aws.ecr.seed(registry, 'prod-small', [{ digest: digestOfNumber(0) }]);
    const images = Array.from({ length: many }, (_, n) => ({
      digest: digestOfNumber(n),
      tags: [`build-${n}`],
      pushedAt: 1_700_000_000_000 + n,
    }));
    aws.ecr.seed(registry, 'prod-large', images);
  }
  aws.ecr.calls.reset();
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...heapOfLambda, join(import.meta.dirname, 'sweep-memory-run.ts')],
    {
      env: {
        ...aws.environment(),
        INCIDENTS_TABLE: 'none',
        ALERT_TOPIC_ARN: `arn:aws:sns:${source.region}:${source.account}:none`,
      },
    },
  );
  const report = JSON.parse(stdout) as MemoryReport;
  expect(report.inSync).toEqual([many, many, many]);
  expect(report.megabytesAboveIdle).toBeLessThan(150);
  // Four of the small one; a hundred pages each side.
  expect(aws.ecr.calls.count() - 4).toBeLessThanOrEqual(400 * 1.02);
});
