/** Every kind of order for replications of the local ECR. */

import { describe, expect, it } from 'vitest';
import type { ReplicationOrder } from '../../lib/local/ecr-orders.ts';
import { ireland, minute, repository, ruleTo, tokyo, useEcr } from './ecr-scene.ts';

const scene = useEcr();
const { ask, push, turn, claims, arrivals } = scene;

describe('an order', () => {
  const toIreland = { region: 'eu-west-1' };

  it('delays', () => {
    scene.ecr.orders.replication({ ...toIreland, delayMs: 40 * minute });
    const digest = push('one', 'v1');
    turn(39 * minute);
    expect(claims(digest)).toMatchObject({
      replicationStatuses: [{ status: 'IN_PROGRESS' }, { status: 'COMPLETE' }],
    });
    turn(minute);
    expect(scene.ecr.imageAt(ireland, repository, digest)).toBeDefined();
  });

  it('fails, and says so', () => {
    scene.ecr.orders.replication({ ...toIreland, outcome: { is: 'fail', code: 'AccessDenied' } });
    const digest = push('one', 'v1');
    turn(minute);
    expect(claims(digest)).toMatchObject({
      replicationStatuses: [{ status: 'FAILED', failureCode: 'AccessDenied' }, { status: 'COMPLETE' }],
    });
    expect(scene.ecr.imageAt(ireland, repository, digest)).toBeUndefined();
    expect(arrivals()).toEqual(['FAILED eu-west-1', 'SUCCESS ap-northeast-1']);
  });

  it.each(['IN_PROGRESS', 'FAILED'] as const)('fails and retries, claiming %s meanwhile', (claim) => {
    const retry = { afterMs: 5 * minute, claim };
    scene.ecr.orders.replication({
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
    scene.ecr.orders.replication({ ...toIreland, outcome: { is: 'lose', claim } });
    ask('PutReplicationConfiguration', { replicationConfiguration: { rules: [ruleTo(ireland)] } });
    const digest = push('one', 'v1');
    turn(24 * 60 * minute);
    expect(scene.ecr.imageAt(ireland, repository, digest)).toBeUndefined();
    expect(claims(digest)).toMatchObject({ replicationStatuses: shown });
    expect(arrivals()).toEqual([]);
  });

  it('loses a replica that is reported as arrived', () => {
    scene.ecr.orders.replication({
      ...toIreland,
      outcome: { is: 'lose', claim: 'COMPLETE', announced: true },
    });
    const digest = push('one', 'v1');
    turn(minute);
    expect(scene.ecr.imageAt(ireland, repository, digest)).toBeUndefined();
    expect(arrivals()).toContain('SUCCESS eu-west-1');
  });

  it('strips the tag', () => {
    scene.ecr.orders.replication({ ...toIreland, stripTag: true });
    const digest = push('one', 'v1');
    turn(minute);
    expect(scene.ecr.imageAt(ireland, repository, digest)).toMatchObject({ tags: [] });
    expect(scene.ecr.imageAt(tokyo, repository, digest)).toMatchObject({ tags: ['v1'] });
  });

  it('keeps the destination repository from being made, until there is one', () => {
    scene.ecr.orders.replication({
      ...toIreland,
      outcome: { is: 'no-repository', code: 'RepositoryCreationFailed' },
    });
    const first = push('one', 'v1');
    turn(minute);
    ask('CreateRepository', { repositoryName: repository }, ireland);
    const second = push('two', 'v2');
    turn(minute);
    expect(scene.ecr.imageAt(ireland, repository, first)).toBeUndefined();
    expect(scene.ecr.imageAt(ireland, repository, second)).toBeDefined();
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
    scene.ecr.orders.replication({ ...order, outcome: { is: 'fail', code: 'X' } });
    push('one', 'v1');
    turn(minute);
    expect(arrivals().filter((arrival) => arrival.startsWith('FAILED'))).toEqual(
      struck.map((region) => `FAILED ${region}`),
    );
  });

  it('holds for the next N, or until it is taken back', () => {
    const lose: ReplicationOrder = { ...toIreland, outcome: { is: 'lose', claim: 'NONE' } };
    scene.ecr.orders.replication(lose, 2);
    const digests = ['one', 'two', 'three'].map((name) => push(name));
    const takeBack = scene.ecr.orders.replication(lose);
    digests.push(push('four'));
    takeBack();
    digests.push(push('five'));
    scene.ecr.orders.replication(lose);
    scene.ecr.orders.clear();
    digests.push(push('six'));
    turn(minute);
    const arrived = digests.map((digest) => scene.ecr.imageAt(ireland, repository, digest) !== undefined);
    expect(arrived).toEqual([false, false, true, false, true, true]);
  });
});
