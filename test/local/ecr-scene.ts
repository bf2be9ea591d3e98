/** A local ECR for each test of a file, on a clock that the test turns: asked as it is, or over HTTP by the real SDK. */

import { ECRClient, PutImageCommand } from '@aws-sdk/client-ecr';
import { afterEach, beforeEach } from 'vitest';
import type { Registry } from '../../lib/image/registry.ts';
import type { EcrEvent } from '../../lib/local/ecr-events.ts';
import { createEcr, type Ecr } from '../../lib/local/ecr-model.ts';
import { startEcrServer } from '../../lib/local/ecr-server.ts';
import type { Listening } from '../../lib/local/listen.ts';
import { sampleManifest } from '../../lib/local/manifest.ts';

export const account = '111122223333';
export const repository = 'team/api';
export const source: Registry = { account, region: 'us-east-1' };
export const ireland: Registry = { account, region: 'eu-west-1' };
export const tokyo: Registry = { account, region: 'ap-northeast-1' };
export const minute = 60_000;

const start = Date.parse('2026-11-20T08:00:00.250Z');

/** A rule without filters. */
export function ruleTo(...destinations: readonly Registry[]) {
  return { destinations: destinations.map((to) => ({ region: to.region, registryId: to.account })) };
}

/** Everything is replicated to Ireland and Tokyo, and the events are kept. */
export function useEcr() {
  let clock = start;
  let ecr: Ecr = createEcr({ now: () => clock });
  let events: EcrEvent[] = [];
  const ask = (operation: string, input: object, registry = source): object => {
    const answer = ecr.call(registry, operation, input);
    if (answer.is !== 'ok') throw new Error(JSON.stringify(answer));
    return answer.body;
  };
  beforeEach(() => {
    clock = start;
    events = [];
    ecr = createEcr({ now: () => clock, emit: (event) => events.push(event) });
    ask('PutReplicationConfiguration', { replicationConfiguration: { rules: [ruleTo(ireland, tokyo)] } });
  });
  return {
    get ecr(): Ecr {
      return ecr;
    },
    now: () => clock,
    /** The answer of an operation. */
    ask,
    push: (name: string, tag?: string): string =>
      ecr.pushImage(source, { repository, manifest: sampleManifest(name), tag }),
    turn: (ms: number): void => {
      clock += ms;
      ecr.tick();
    },
    claims: (imageDigest: string): object =>
      ask('DescribeImageReplicationStatus', { repositoryName: repository, imageId: { imageDigest } }),
    /** What destinations reported, such as `SUCCESS eu-west-1`. */
    arrivals: (): string[] =>
      events
        .filter((event) => event['detail-type'] === 'ECR Replication Action')
        .map((event) => `${event.detail['result']} ${event.region}`),
  };
}

/** One that is spoken to by the SDK; `client` is the source's own. */
export function useEcrServer() {
  let clock = start;
  let ecr: Ecr | undefined;
  let server: Listening | undefined;
  let client: ECRClient | undefined;
  const running = <T>(one: T | undefined): T => {
    if (one === undefined) throw new Error('it is started before each test, and not before');
    return one;
  };
  const clientOf = (region: string, accessKeyId: string): ECRClient => {
    const credentials = { accessKeyId, secretAccessKey: 'local' };
    return new ECRClient({ endpoint: running(server).url, region, credentials, maxAttempts: 1 });
  };
  beforeEach(async () => {
    clock = start;
    ecr = createEcr({ now: () => clock });
    server = await startEcrServer({ ecr });
    client = clientOf(source.region, account);
  });
  afterEach(async () => {
    client?.destroy();
    await server?.stop();
  });
  return {
    get ecr(): Ecr {
      return running(ecr);
    },
    get url(): string {
      return running(server).url;
    },
    get client(): ECRClient {
      return running(client);
    },
    clientOf,
    now: () => clock,
    turn: (ms: number): void => {
      clock += ms;
    },
    /** Answers the digest. */
    push: async (name: string, imageTag?: string): Promise<string> => {
      const imageManifest = sampleManifest(name);
      const put = new PutImageCommand({ repositoryName: repository, imageManifest, imageTag });
      const { image } = await running(client).send(put);
      return image?.imageId?.imageDigest ?? '';
    },
  };
}
