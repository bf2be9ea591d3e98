/** The built `image-action`, warm, in a process of its own: the SDK and the loopback to an ECR that answers at once included. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createCloudWatch } from '../../../lib/local/cloudwatch.ts';
import { createEcr } from '../../../lib/local/ecr-model.ts';
import { startEcrServer } from '../../../lib/local/ecr-server.ts';
import { build } from '../../../scripts/build.ts';
import { sqsEvent } from '../../functions/bundle.ts';
import { source } from '../../samples.ts';
import { functionEnvironment } from './function-environment.ts';
import { imagesUpTo, pushRecords } from './images.ts';
import { replicate } from './local-ecr.ts';
import { threeDestinations } from './registries.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');

/** As Lambda does, the event is parsed for each run. Microseconds of processor time, of the whole process. */
const child = `
  import { readFile } from 'node:fs/promises';
  const [bundle, file, rounds] = process.argv.slice(1);
  const { handler } = await import(bundle);
  const text = await readFile(file, 'utf8');
  const context = { getRemainingTimeInMillis: () => 60_000 };
  const times = async (count) => {
    for (let left = count; left > 0; left -= 1) {
      const { batchItemFailures } = await handler(JSON.parse(text), context);
      if (batchItemFailures.length > 0) throw new Error(batchItemFailures.length + ' messages failed');
    }
  };
  await times(Math.ceil(rounds / 3));
  const before = process.cpuUsage();
  await times(Number(rounds));
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(String(user + system), () => process.exit());
`;

/** Messages a second of processor time, for each of the settings, in turns. */
export async function throughputOfFunction(
  settings: readonly { readonly batch: number; readonly destinations: number }[],
  runs: number,
): Promise<readonly (readonly number[])[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-bench-'));
  try {
    await build(join(root, 'functions'), join(folder, 'functions'));
    const seen = settings.map((): number[] => []);
    for (let round = 0; round < runs; round += 1) {
      for (const [at, { batch, destinations }] of settings.entries()) {
        seen[at]?.push(await once(folder, batch, destinations));
      }
    }
    return seen;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function once(folder: string, batch: number, destinations: number): Promise<number> {
  const images = imagesUpTo(batch);
  const ecr = createEcr({ now: Date.now });
  for (const registry of [source, ...threeDestinations]) ecr.seed(registry, 'prod-web', images);
  replicate(ecr, source, 'prod-', threeDestinations.slice(0, destinations));
  const server = await startEcrServer({ ecr, cloudwatch: createCloudWatch(Date.now), ...source });
  const file = join(folder, 'event.json');
  const bodies = pushRecords('prod-web', images, Date.now() - 15_000).map(({ body }) => body);
  await writeFile(file, JSON.stringify(sqsEvent(...bodies)));
  const rounds = Math.max(6, Math.ceil(20_000 / batch));
  const bundle = join(folder, 'functions/image-action.mjs');
  const { stdout } = await run(
    process.execPath,
    ['--input-type=module', '--eval', child, bundle, file, String(rounds)],
    { env: functionEnvironment(server.url) },
  );
  await server.stop();
  return (rounds * batch) / (Number(stdout) / 1e6);
}
