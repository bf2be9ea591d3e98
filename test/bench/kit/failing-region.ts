/** A Region in which every replication fails: what reaches the table and the topic, and how many people are mailed. */

import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { awsPorts } from '../../../lib/aws/ports.ts';
import { tableDefinition } from '../../../lib/aws/table-definition.ts';
import type { EcrEvent } from '../../../lib/local/ecr-events.ts';
import { createEcr } from '../../../lib/local/ecr-model.ts';
import { sampleManifest } from '../../../lib/local/manifest.ts';
import { settleImageActions } from '../../../lib/monitor/image-actions.ts';
import { inBatches } from '../../../lib/replication/reads.ts';
import { createSimulation } from '../../monitor/simulation.ts';
import { ireland, source, sydney } from '../../samples.ts';
import { createClock } from '../../world.ts';
import { mailOf } from '../peers/event-mail.ts';
import { startCountedServices } from './counted-services.ts';
import { batchSizeOf } from './deployed.ts';
import { imagesUpTo, pushRecords } from './images.ts';
import { environmentOf, replicate } from './local-ecr.ts';
import { createMonitor } from './monitor.ts';

/** Calls by operation while `count` incidents are opened at once; ECR is answered for, table and topic are not. */
export async function openAtOnce(count: number): Promise<ReadonlyMap<string, number>> {
  const services = await startCountedServices();
  Object.assign(process.env, environmentOf('http://127.0.0.1:9'), services.environment);
  const client = new DynamoDBClient({});
  const { now, turn } = createClock();
  const { config, ports } = createMonitor(now);
  await client.send(new CreateTableCommand(tableDefinition(config.incidentsTable)));
  client.destroy();
  const real = awsPorts(config, { now, chance: () => 0.5, log: ports.log });
  const failing = {
    ...real,
    readRules: async () => ({
      is: 'read' as const,
      rules: [{ destinations: [ireland], prefixes: ['prod-'] }],
    }),
    readImages: async ({ batches }: Parameters<typeof real.readImages>[0]) =>
      new Map(batches.flat().map((digest) => [digest, { is: 'absent' as const }])),
    readClaims: async () => ({
      is: 'read' as const,
      entries: [{ destination: ireland, status: 'FAILED' as const, failureCode: 'ReplicationFailed' }],
    }),
    sendAgain: ports.sendAgain,
    putMetrics: ports.putMetrics,
  };
  const before = new Map(services.calls());
  const records = pushRecords('prod-web', imagesUpTo(count), now());
  turn(40 * 60);
  for (const batch of inBatches(records, batchSizeOf('image-action'))) {
    const unfinished = await settleImageActions(failing, config.policies, batch);
    if (unfinished.size > 0) throw new Error(`${unfinished.size} incidents were not opened`);
    turn(10);
  }
  const calls = [...services.calls()].map(([name, all]) => [name, all - (before.get(name) ?? 0)] as const);
  await services.stop();
  return new Map(calls.filter(([, made]) => made > 0));
}

export interface Hour {
  readonly incidents: number;
  /** Within the hour in which they open. */
  readonly notices: number;
  /** Incidents written again because somebody looked. */
  readonly looks: number;
}

/** The same number over an hour, with the follow-up each minute; all in memory, by a clock that is turned. */
export async function openInAnHour(count: number): Promise<Hour> {
  const sim = createSimulation();
  let incidents = 0;
  let looks = 0;
  const { saveIncident } = sim.store;
  const counting: typeof saveIncident = async (incident) => {
    const saved = await saveIncident(incident);
    if (saved === 'saved' && incident.revision === 1) incidents += 1;
    else if (saved === 'saved') looks += 1;
    return saved;
  };
  Object.assign(sim.ports, { saveIncident: counting });
  const steps = 20;
  for (let step = 0; step < steps; step += 1) {
    sim.later(step * 180, () => {
      for (let n = 0; n < count / steps; n += 1) {
        const image = sim.push(`prod-${n % 50}`, `${step}-${n}`);
        sim.arrive(image, sydney);
        sim.claim(image, { destination: ireland, status: 'FAILED', failureCode: 'ReplicationFailed' });
      }
    });
  }
  await sim.pass(3_600 + 15);
  const notices = sim.told.filter(({ destination }) => destination.region === ireland.region).length;
  return { incidents, notices, looks };
}

/** Peer (d): e-mails for the same. */
export function mailsFor(count: number): number {
  let mails = 0;
  const { now, turn } = createClock();
  const emit = (event: EcrEvent): void => {
    if (mailOf(event) !== undefined) mails += 1;
  };
  const ecr = createEcr({ now, emit });
  replicate(ecr, source, 'prod-', [ireland]);
  ecr.orders.replication({ region: ireland.region, outcome: { is: 'fail', code: 'ReplicationFailed' } });
  for (let n = 0; n < count; n += 1) {
    ecr.pushImage(source, { repository: 'prod-web', tag: `build-${n}`, manifest: sampleManifest(`${n}`) });
  }
  turn(60);
  ecr.tick();
  return mails;
}
