/** Bench `audit`: every image of whole repositories compared with three destinations, against asking image by image. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { source } from '../samples.ts';
import { createClock } from '../world.ts';
import type { AuditReport } from './kit/audit-run.ts';
import { functionEnvironment } from './kit/function-environment.ts';
import { imagesUpTo, missingEvery } from './kit/images.ts';
import {
  type LocalEcr,
  replicate,
  startLocalEcr,
  usualCallsPerSecond,
  usualLatencyMs,
} from './kit/local-ecr.ts';
import { inDigits, inSpread } from './kit/numbers.ts';
import { threeDestinations } from './kit/registries.ts';
import type { Bench } from './kit/report.ts';
import { exponentOf, type Spread, spreadOf } from './kit/statistics.ts';
import { checkRecentImages } from './peers/scheduled-checker.ts';
import { statusApiOfModel } from './peers/status-api.ts';

const perRepository = 10_000;
const pageSize = 1_000;
/** As Lambda starts Node in 512 MB. */
const heapOfLambda = ['--max-old-space-size=460', '--max-semi-space-size=16'];
const dayMs = 24 * 3_600_000;

async function runAudit(url: string, mode: 'aws' | 'made', repositories: number): Promise<AuditReport> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...heapOfLambda,
      ...(mode === 'made' ? ['--expose-gc'] : []),
      join(import.meta.dirname, 'kit/audit-run.ts'),
      mode,
      String(repositories),
      String(perRepository),
    ],
    { env: functionEnvironment(url) },
  );
  const report = JSON.parse(stdout) as AuditReport;
  const images = repositories * perRepository;
  const missing = (images / missingEvery) * threeDestinations.length;
  if (report.images !== images || report.missing !== missing) {
    throw new Error(
      `the audit saw ${report.images} images and ${report.missing} missing: its time means nothing`,
    );
  }
  return report;
}

async function stage(repositories: number, options: Parameters<typeof startLocalEcr>[0]): Promise<LocalEcr> {
  const local = await startLocalEcr(options);
  const images = imagesUpTo(perRepository).map((image) => ({ ...image, pushedAt: options.now() - dayMs }));
  const arrived = images.filter((_, n) => n % missingEvery > 0);
  for (let n = 0; n < repositories; n += 1) {
    local.ecr.seed(source, `prod-${n}`, images);
    for (const registry of threeDestinations) local.ecr.seed(registry, `prod-${n}`, arrived);
  }
  replicate(local.ecr, source, 'prod-', threeDestinations);
  return local;
}

interface Row {
  readonly images: number;
  readonly seconds: Spread;
  /** Of processor time and of waiting for ECR: what it takes where nobody else wants the processor. */
  readonly undisturbed: Spread;
  readonly calls: number;
  readonly least: number;
  readonly megabytes: Spread;
  readonly checkerSeconds: number;
  readonly checkerCalls: number;
}

async function measure(repositories: number, runs: number): Promise<Row> {
  const local = await stage(repositories, {
    now: Date.now,
    latencyMs: usualLatencyMs,
    callsPerSecond: usualCallsPerSecond,
  });
  const reports: AuditReport[] = [];
  let calls = 0;
  for (let run = 0; run < runs; run += 1) {
    local.ecr.calls.reset();
    reports.push(await runAudit(local.url, 'aws', repositories));
    calls = Math.max(calls, local.ecr.calls.count());
  }
  await local.stop();
  const pages = (perRepository / pageSize) * (1 + threeDestinations.length) * repositories;
  // The source page by page, then the destinations side by side, page by page.
  const waiting = (repositories * 2 * (perRepository / pageSize) * usualLatencyMs) / 1_000;
  return {
    images: repositories * perRepository,
    seconds: spreadOf(reports.map(({ seconds }) => seconds)),
    undisturbed: spreadOf(reports.map(({ processorSeconds }) => processorSeconds + waiting)),
    megabytes: spreadOf(reports.map(({ mostMegabytes }) => mostMegabytes)),
    calls,
    // The rules, the names of the repositories, and each inventory a page a call.
    least: 1 + Math.ceil(repositories / 1_000) + pages,
    ...(await checker(repositories)),
  };
}

/** In virtual time, and so without any of its own: hours would go by. */
async function checker(repositories: number): Promise<Pick<Row, 'checkerSeconds' | 'checkerCalls'>> {
  const clock = createClock();
  const local = await stage(repositories, { now: clock.now });
  const time = { ...clock, latencyMs: usualLatencyMs, callsPerSecond: usualCallsPerSecond };
  const begin = clock.now();
  for (let n = 0; n < repositories; n += 1) {
    await checkRecentImages(statusApiOfModel(local.ecr, source, time), `prod-${n}`, 0);
  }
  const checkerCalls = local.ecr.calls.count();
  await local.stop();
  return { checkerSeconds: (clock.now() - begin) / 1000, checkerCalls };
}

export const bench: Bench = {
  about: 'whole repositories compared with three destinations: time, calls, memory',
  run: async ({ quick }) => {
    const rows: Row[] = [];
    for (const repositories of quick ? [1, 2, 4] : [1, 3, 10]) {
      rows.push(await measure(repositories, quick ? 2 : 5));
    }
    const memory: { readonly images: number; readonly live: number; readonly most: number }[] = [];
    for (const repositories of quick ? [1, 5, 20] : [1, 10, 100]) {
      const { mostLiveMegabytes, mostMegabytes } = await runAudit('http://127.0.0.1:9', 'made', repositories);
      const images = repositories * perRepository;
      memory.push({ images, live: mostLiveMegabytes, most: mostMegabytes });
    }
    const memoryPoints = memory.map(({ images, live }) => [images, live] as const);
    const timePoints = rows.map(({ images, seconds }) => [images, seconds.median] as const);
    const callPoints = rows.map(({ images, calls }) => [images, calls] as const);
    const sizesOf = (points: readonly (readonly [number, number])[]): readonly number[] =>
      points.map(([size]) => size);
    const faster = ({ undisturbed: { least, median, most }, checkerSeconds }: Row): Spread =>
      spreadOf([least, median, most].map((own) => checkerSeconds / own));
    return {
      tables: [
        {
          title: `Repositories of ${inDigits(perRepository)} images × ${threeDestinations.length} destinations, 1 % missing`,
          columns: [
            'images',
            'seconds by the clock',
            'undisturbed',
            'ECR calls',
            'least possible',
            'MB',
            '(a) seconds',
            '(a) calls',
            'times faster',
          ],
          rows: rows.map((row) => [
            inDigits(row.images),
            inSpread(row.seconds),
            inSpread(row.undisturbed),
            inDigits(row.calls),
            inDigits(row.least),
            inSpread(row.megabytes),
            inDigits(row.checkerSeconds),
            inDigits(row.checkerCalls),
            inSpread(faster(row)),
          ]),
        },
        {
          title: 'Memory of the process, inventories made up page by page',
          columns: ['images', 'MB needed', 'MB of the process'],
          rows: memory.map(({ images, live, most }) => [images, live, most].map(inDigits)),
        },
      ],
      figures: [
        ...rows
          .filter((_, n) => n !== 1)
          .map((row) => ({
            what: `times faster than (a), ${inDigits(row.images)} images`,
            must: 'at least' as const,
            limit: 50,
            seen: faster(row),
          })),
        {
          what: 'ECR calls, to the least possible, the worst of all sizes',
          must: 'at most',
          limit: 1.02,
          seen: spreadOf([Math.max(...rows.map(({ calls, least }) => calls / least))]),
        },
        {
          what: `growth of memory, ${inDigits(memory[0]?.images ?? 0)} to ${inDigits(memory.at(-1)?.images ?? 0)} images (0 is flat)`,
          must: 'at most',
          limit: 0.05,
          seen: spreadOf([exponentOf(memoryPoints)]),
        },
      ],
      growth: [
        { what: 'time', over: 'images', sizes: sizesOf(timePoints), exponent: exponentOf(timePoints) },
        { what: 'ECR calls', over: 'images', sizes: sizesOf(callPoints), exponent: exponentOf(callPoints) },
        { what: 'memory', over: 'images', sizes: sizesOf(memoryPoints), exponent: exponentOf(memoryPoints) },
      ],
      notes: [
        `${usualLatencyMs} ms a call, throttled above ${usualCallsPerSecond} calls a second and registry; the audit by the real clock in a process of its own, repository after repository, its destinations side by side.`,
        'Undisturbed is its processor time and its waiting for ECR: what it takes where nobody else wants the processor. The ratio is made of that.',
        '(a) goes by a clock that is turned, and is charged for its calls alone. It asks the source what it thinks; the audit looks at every destination.',
        'Memory needed is what is left after a collection, asked for whenever a destination is through. The process holds more, since V8 collects late where it has room: it is given as much as Lambda gives it in 512 MB.',
      ],
    };
  },
};
