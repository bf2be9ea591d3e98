/** Images are pushed: one arrives, one fails in the other account, one never comes; and what is no push at all. */

import assert from 'node:assert/strict';
import { actionOf, incidentOf, ofKind, registryOf, repositories, type Scene } from './scene.ts';
import { far, hub, near } from './setting.ts';
import { until } from './until.ts';

export const between = { SourceRegion: hub.region, DestinationRegion: near.region };
/** What `deadlineMinutes` in setting.ts comes to. */
const deadlineSeconds = 6;
/** The queue's delay of 15 s, its batching window of 5, and time for a slow machine. */
const firstLookSeconds = 60;

export async function pushes(scene: Scene): Promise<void> {
  const failing = await pushAll(scene);
  await failureIsTold(scene, failing);
  await othersAreLookedAt(scene);
  await othersAreRefused(scene);
}

/** Answers the digest of the one that fails. */
async function pushAll({ setting, here }: Scene): Promise<string> {
  const { orders } = setting.door.ecr;
  orders.replication({
    repository: repositories.fails,
    account: far.account,
    outcome: { is: 'fail', code: 'ReplicationRefused' },
  });
  orders.replication({
    repository: repositories.overdue,
    account: near.account,
    outcome: { is: 'lose', claim: 'IN_PROGRESS' },
  });
  await here.push(repositories.arrives, '1.0.0');
  const failing = await here.push(repositories.fails, '1.4.2');
  await here.push(repositories.overdue, '7');
  await here.push(repositories.deleted, '0.9');
  await here.remove(repositories.deleted, '0.9');
  return failing;
}

async function failureIsTold(scene: Scene, failing: string): Promise<void> {
  const { proof, setting, subscribers } = scene;
  await proof.must('a push that fails in the other account is told to queue, HTTP and Slack', async () => {
    const told = await until(
      'the alert',
      firstLookSeconds,
      async () => ofKind(await subscribers.byQueue(), 'failed')[0],
    );
    assert.equal(told.status, 'firing');
    assert.deepEqual(
      told.incidents.map(({ repository, destination }) => ({ repository, destination })),
      [{ repository: repositories.fails, destination: far }],
    );
    await until('HTTP has it', 10, () => ofKind(subscribers.byHttp(), 'failed')[0]);
    await until('Slack has it', 20, () =>
      subscribers.bySlack().find((post) => post.includes(repositories.fails)),
    );
    return String(told.summary);
  });
  await proof.check('its e-mail and its chat message say it in words', async () => {
    const texts = setting.door.publications().find(({ email }) => email?.includes(failing));
    const headline = /^prod\/api:1\.4\.2 failed to replicate to eu-west-1 \(444455556666\)/;
    assert.match(texts?.['email'] ?? '', headline);
    const chat = JSON.parse(texts?.['https'] ?? '{}');
    assert.deepEqual(
      [chat.version, chat.source, chat.content?.textType],
      ['1.0', 'custom', 'client-markdown'],
    );
    return String(chat.content.title);
  });
  await proof.check('its incident is in the table, with the deadline of the parameter', async () => {
    const incident = await incidentOf(scene, repositories.fails);
    assert.deepEqual([incident.state, incident.kind], ['open', 'failed']);
    assert.deepEqual(incident.replica.destination, far);
    assert.equal(incident.deadlineSeconds, deadlineSeconds);
    assert.equal(incident.evidence.failureCode, 'ReplicationRefused');
    return undefined;
  });
}

async function othersAreLookedAt({ proof, subscribers, seen }: Scene): Promise<void> {
  await proof.must('what arrives is verified, by a look at each destination', async () => {
    // Two of the one that arrives, and one each of those that arrive at one of two.
    const verified = await until('4 replicas are verified', firstLookSeconds, async () => {
      const metric = await seen.metric('ReplicasVerified', between);
      return (metric?.sum ?? 0) >= 4 ? metric : undefined;
    });
    const lag = await seen.metric('ReplicationLag', between);
    assert.ok(
      lag !== undefined && lag.least >= 0 && lag.most < 30,
      `ReplicationLag is ${JSON.stringify(lag)}`,
    );
    return `ReplicasVerified ${verified.sum}, ReplicationLag ${lag.least} to ${lag.most} s`;
  });
  await proof.check('what never comes is told overdue at its deadline', async () => {
    const told = await until(
      'the alert',
      firstLookSeconds,
      async () => ofKind(await subscribers.byQueue(), 'overdue')[0],
    );
    assert.deepEqual(
      told.incidents.map(({ repository, destination }) => ({ repository, destination })),
      [{ repository: repositories.overdue, destination: near }],
    );
    return String(told.summary);
  });
  await proof.check('each is counted once', async () => {
    const atSource = { SourceRegion: hub.region };
    const counts = await Promise.all([
      seen.metric('PushesSeen', atSource),
      seen.metric('PushesWithdrawn', atSource),
      ...['ReplicasVerified', 'ReplicasFailed', 'ReplicasOverdue'].map((name) => seen.metric(name, between)),
    ]);
    assert.deepEqual(
      counts.map((metric) => metric?.sum),
      [4, 1, 4, 1, 1],
    );
    return '4 pushes seen, 1 withdrawn; 4 replicas verified, 1 failed, 1 overdue';
  });
}

async function othersAreRefused({ proof, setting, seen, outputs }: Scene): Promise<void> {
  const { door, plainAws } = setting;
  const queue = outputs['ImageActionQueueUrl'] ?? '';
  await proof.check('a message that cannot be read ends in the dead-letter queue', async () => {
    const deadLetters = outputs['ImageActionDeadLettersUrl'] ?? '';
    // It is taken five times before it is given up, which takes half an hour otherwise. Not while pushes are in hand:
    // those would come back as well, while a slow machine still looks at them.
    await seen.setVisibility(queue, 1);
    await seen.send(queue, 'this is no event');
    await until('a dead letter', 180, async () => (await seen.messagesIn(deadLetters)) === 1 || undefined);
    await seen.setVisibility(queue, 360);
    return undefined;
  });
  await proof.check(
    'the rules, and those of the spokes, pass pushes and arrivals on, and no deletion',
    async () => {
      const reports = door.events
        .deliveries()
        .filter(({ target }) => target.includes('ReplicationActionQueue'));
      for (const spoke of [near, far]) {
        assert.ok(reports.some(({ event }) => registryOf(event) === `${spoke.account}/${spoke.region}`));
      }
      const put = door.events.seen().map(actionOf);
      const passed = door.events.deliveries().map(({ event }) => actionOf(event));
      assert.ok(put.includes('DELETE') && passed.includes('PUSH'));
      assert.ok(!passed.includes('DELETE'));
      return `${put.length} events, ${passed.length} deliveries`;
    },
  );
  await proof.check('queue and topic refuse who comes without TLS', async () => {
    const message = { QueueUrl: queue, MessageBody: '{}' };
    await assert.rejects(plainAws.json(hub, 'sqs', 'AmazonSQS.SendMessage', message), /AccessDenied/);
    const publication = { Action: 'Publish', TopicArn: outputs['AlertTopicArn'] ?? '', Message: '{}' };
    const publishing = plainAws.query(hub, 'sns', '2010-03-31', publication);
    await assert.rejects(publishing, /AuthorizationError|AccessDenied/);
    return undefined;
  });
}
