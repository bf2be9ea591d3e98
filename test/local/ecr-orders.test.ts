/** Every kind of order for replications of the local ECR. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { Answer } from '../../lib/local/answer.ts';
import type { EcrEvent } from '../../lib/local/ecr-events.ts';
import { createEcr, type Ecr } from '../../lib/local/ecr-model.ts';
import type { ReplicationOrder } from '../../lib/local/ecr-orders.ts';
import { sampleManifest } from '../../lib/local/manifest.ts';

const account = '111122223333';
const source = { account, region: 'us-east-1' };
const ireland = { account, region: 'eu-west-1' };
const tokyo = { account, region: 'ap-northeast-1' };
const repository = 'team/api';
const minute = 60_000;

let clock = 0;
let ecr: Ecr;
let events: EcrEvent[] = [];

beforeEach(() => {
  clock = Date.parse('2026-11-20T08:00:00.250Z');
  events = [];
  ecr = createEcr({ now: () => clock, emit: (event) => events.push(event) });
  ask('PutReplicationConfiguration', { replicationConfiguration: { rules: [ruleTo(ireland, tokyo)] } });
});

function ruleTo(...destinations: { account: string; region: string }[]) {
  return { destinations: destinations.map((to) => ({ region: to.region, registryId: to.account })) };
}

function ask(operation: string, input: object, registry = source): object {
  const answer: Answer = ecr.call(registry, operation, input);
  if (answer.is !== 'ok') throw new Error(JSON.stringify(answer));
  return answer.body;
}

function push(name: string, tag?: string): string {
  return ecr.pushImage(source, { repository, manifest: sampleManifest(name), tag });
}

function turn(ms: number): void {
  clock += ms;
  ecr.tick();
}

function claims(digest: string): object {
  return ask('DescribeImageReplicationStatus', {
    repositoryName: repository,
    imageId: { imageDigest: digest },
  });
}

function arrivals(): string[] {
  return events
    .filter((event) => event['detail-type'] === 'ECR Replication Action')
    .map((event) => `${event.detail['result']} ${event.region}`);
}

describe('an order', () => {
  const toIreland = { region: 'eu-west-1' };

  it('delays', () => {
    ecr.orders.replication({ ...toIreland, delayMs: 40 * minute });
    const digest = push('one', 'v1');
    turn(39 * minute);
    expect(claims(digest)).toMatchObject({
      replicationStatuses: [{ status: 'IN_PROGRESS' }, { status: 'COMPLETE' }],
    });
    turn(minute);
    expect(ecr.imageAt(ireland, repository, digest)).toBeDefined();
  });

  it('fails, and says so', () => {
    ecr.orders.replication({ ...toIreland, outcome: { is: 'fail', code: 'AccessDenied' } });
    const digest = push('one', 'v1');
    turn(minute);
    expect(claims(digest)).toMatchObject({
      replicationStatuses: [{ status: 'FAILED', failureCode: 'AccessDenied' }, { status: 'COMPLETE' }],
    });
    expect(ecr.imageAt(ireland, repository, digest)).toBeUndefined();
    expect(arrivals()).toEqual(['FAILED eu-west-1', 'SUCCESS ap-northeast-1']);
  });

  it.each(['IN_PROGRESS', 'FAILED'] as const)('fails and retries, claiming %s meanwhile', (claim) => {
    const retry = { afterMs: 5 * minute, claim };
    ecr.orders.replication({
      ...toIreland,
      outcome: { is: 'fail', code: 'InternalError', result: 'FAILURE', retry },
    });
    const digest = push('one', 'v1');
    turn(minute);
    expect(claims(digest)).toMatchObject({
      replicationStatuses: [{ status: claim }, { status: 'COMPLETE' }],
    });
    turn(5 * minute);
    expect(claims(digest)).toMatchObject({
      replicationStatuses: [{ status: 'COMPLETE' }, { status: 'COMPLETE' }],
    });
    expect(arrivals()).toEqual(['FAILURE eu-west-1', 'SUCCESS ap-northeast-1', 'SUCCESS eu-west-1']);
  });

  it.each([
    { claim: 'IN_PROGRESS', shown: [{ status: 'IN_PROGRESS' }] },
    { claim: 'COMPLETE', shown: [{ status: 'COMPLETE' }] },
    { claim: 'NONE', shown: [] },
  ] as const)('loses a replica, claiming $claim', ({ claim, shown }) => {
    ecr.orders.replication({ ...toIreland, outcome: { is: 'lose', claim } });
    ask('PutReplicationConfiguration', { replicationConfiguration: { rules: [ruleTo(ireland)] } });
    const digest = push('one', 'v1');
    turn(24 * 60 * minute);
    expect(ecr.imageAt(ireland, repository, digest)).toBeUndefined();
    expect(claims(digest)).toMatchObject({ replicationStatuses: shown });
    expect(arrivals()).toEqual([]);
  });

  it('loses a replica that is reported as arrived', () => {
    ecr.orders.replication({ ...toIreland, outcome: { is: 'lose', claim: 'COMPLETE', announced: true } });
    const digest = push('one', 'v1');
    turn(minute);
    expect(ecr.imageAt(ireland, repository, digest)).toBeUndefined();
    expect(arrivals()).toContain('SUCCESS eu-west-1');
  });

  it('strips the tag', () => {
    ecr.orders.replication({ ...toIreland, stripTag: true });
    const digest = push('one', 'v1');
    turn(minute);
    expect(ecr.imageAt(ireland, repository, digest)).toMatchObject({ tags: [] });
    expect(ecr.imageAt(tokyo, repository, digest)).toMatchObject({ tags: ['v1'] });
  });

  it('keeps the destination repository from being made, until there is one', () => {
    ecr.orders.replication({
      ...toIreland,
      outcome: { is: 'no-repository', code: 'RepositoryCreationFailed' },
    });
    const first = push('one', 'v1');
    turn(minute);
    ask('CreateRepository', { repositoryName: repository }, ireland);
    const second = push('two', 'v2');
    turn(minute);
    expect(ecr.imageAt(ireland, repository, first)).toBeUndefined();
    expect(ecr.imageAt(ireland, repository, second)).toBeDefined();
  });

  const subjects: { order: ReplicationOrder; struck: string[] }[] = [
    { order: { region: 'eu-west-1' }, struck: ['eu-west-1'] },
    { order: { account: '444455556666' }, struck: [] },
    { order: { repository: 'team' }, struck: [] },
    { order: { repository: 'team/api' }, struck: ['eu-west-1', 'ap-northeast-1'] },
    { order: { repositoryPrefix: 'team', tag: 'v1' }, struck: ['eu-west-1', 'ap-northeast-1'] },
    { order: { tag: 'v2' }, struck: [] },
    { order: { digest: 'sha256:0' }, struck: [] },
  ];
  it.each(subjects)('is about $order only', ({ order, struck }) => {
    ecr.orders.replication({ ...order, outcome: { is: 'fail', code: 'X' } });
    push('one', 'v1');
    turn(minute);
    expect(arrivals().filter((arrival) => arrival.startsWith('FAILED'))).toEqual(
      struck.map((region) => `FAILED ${region}`),
    );
  });

  it('holds for the next N, or until it is taken back', () => {
    const lose: ReplicationOrder = { ...toIreland, outcome: { is: 'lose', claim: 'NONE' } };
    ecr.orders.replication(lose, 2);
    const digests = ['one', 'two', 'three'].map((name) => push(name));
    const takeBack = ecr.orders.replication(lose);
    digests.push(push('four'));
    takeBack();
    digests.push(push('five'));
    ecr.orders.replication(lose);
    ecr.orders.clear();
    digests.push(push('six'));
    turn(minute);
    const arrived = digests.map((digest) => ecr.imageAt(ireland, repository, digest) !== undefined);
    expect(arrived).toEqual([false, false, true, false, true, true]);
  });
});
