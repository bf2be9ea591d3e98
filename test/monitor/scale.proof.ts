/** 100,000 open incidents: a run of the follow-up stays within its time and memory, and nobody waits for ever. */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sameRegistry } from '../../lib/image/registry.ts';
import { startLocalAws } from '../../lib/local/local-aws.ts';
import { followUp } from '../../lib/monitor/follow-up.ts';
import type { Ports } from '../../lib/ports.ts';
import type { Sighting } from '../../lib/replication/verdict.ts';
import { ireland, source } from '../samples.ts';
import { morning } from '../world.ts';
import type { RunReport } from './follow-up-run.ts';
import { digestOfNumber, manyIncidents, repositoryOfNumber } from './many-incidents.ts';
import { createSimulation } from './simulation.ts';

const many = 100_000;

/** As Lambda starts Node in 256 MB. */
const heapOfLambda = ['--max-old-space-size=230', '--max-semi-space-size=12'];

describe('a follow-up with 100,000 open incidents', () => {
  /** The real run against the local ECR, in a process of its own. */
  async function run(runSeconds: number, arrived: (n: number) => boolean): Promise<RunReport> {
    const aws = await startLocalAws();
    onTestFinished(() => aws.stop());
    const rules = [{ destinations: [{ region: ireland.region, registryId: ireland.account }] }];
    aws.ecr.call(source, 'PutReplicationConfiguration', { replicationConfiguration: { rules } });
    for (const registry of [source, ireland]) {
      for (let n = 0; n < many; n += 1) {
        if (registry === ireland && !arrived(n)) continue;
        const image = { digest: digestOfNumber(n), tags: [`build-${n}`] };
        aws.ecr.seed(registry, repositoryOfNumber(n), [image]);
      }
    }
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...heapOfLambda, join(import.meta.dirname, 'follow-up-run.ts')],
      {
        env: {
          ...aws.environment(),
          INCIDENTS_TABLE: 'none',
          ALERT_TOPIC_ARN: `arn:aws:sns:${source.region}:${source.account}:none`,
          RUN_SECONDS: String(runSeconds),
        },
      },
    );
    return JSON.parse(stdout) as RunReport;
  }

  it('stops in time with most still missing, and stays below 256 MB', async () => {
    const report = await run(2, (n) => n % 7 === 0);
    expect(report.looks).toBeGreaterThanOrEqual(2_000);
    expect(report.processorSeconds).toBeLessThan(30);
    expect(report.mostMegabytes).toBeLessThan(256);
    expect(report.published).toBe(1);
    expect(report.open).toBe(many - Math.ceil(report.looks / 7));
  });
});

describe('minute after minute', () => {
  it('each of 100,000 is looked at within its due time, and each run ends within its limit', {
    timeout: 300_000,
  }, async () => {
    const incidents = manyIncidents(many, morning);
    const sim = createSimulation({ store: incidents.store });
    const { now, turn } = sim.clock;
    const lastLooks = Float64Array.from({ length: many }, () => morning);
    const pauses: number[] = [];
    // ECR takes 40 ms a call, eight calls a batch that is missing, eight side by side; a write 8 ms, 32 side by side.
    const ports: Ports = {
      ...sim.ports,
      readImages: async ({ registry, batches }) => {
        const isSource = sameRegistry(registry, source);
        turn((0.04 * batches.length) / (isSource ? 8 : 1));
        const image = { tags: [], storage: 'ACTIVE' } as const;
        const sighting: Sighting = isSource ? { is: 'present', image } : { is: 'absent' };
        return new Map(batches.flat().map((digest) => [digest, sighting]));
      },
      readClaims: async () => {
        turn(0.04 / 8);
        return { is: 'read', entries: [{ destination: ireland, status: 'IN_PROGRESS' }] };
      },
      saveIncident: (incident) => {
        turn(0.008 / 32);
        const n = Number(incident.replica.tag?.slice('build-'.length));
        pauses.push((now() - (lastLooks[n] ?? 0)) / 1000);
        lastLooks[n] = now();
        return incidents.store.saveIncident(incident);
      },
    };
    const runs: number[] = [];
    for (let minute = 1; minute <= 54; minute += 1) {
      turn((morning + minute * 60_000 - now()) / 1000);
      await followUp(ports, sim.config);
      runs.push((now() - morning) / 1000 - minute * 60);
    }
    expect(Math.max(...runs)).toBeGreaterThan(20);
    expect(Math.max(...runs)).toBeLessThan(30);
    expect(lastLooks.every((at) => at > morning)).toBe(true);
    // 2,000 looks a minute are promised: with 100,000 open, each is due again after 50 minutes.
    expect(pauses.reduce((most, pause) => Math.max(most, pause), 0)).toBeLessThan(50 * 60 + 5 * 60);
    expect(pauses.length).toBeGreaterThan(many * 1.2);
  });
});
