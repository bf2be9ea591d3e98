/** AWS refusing what the monitor does: nothing is lost, and what could not be done is done later. */

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sendAgain } from '../../lib/aws/queue.ts';
import { type Listening, listen } from '../../lib/local/listen.ts';
import { settleImageActions } from '../../lib/monitor/image-actions.ts';
import { ireland, source, sydney } from '../samples.ts';
import { inShort, pushEvent, startWorld, type World } from '../world.ts';

/** Images that never arrive in Ireland, with a deadline of 15 seconds: due at their first look. */
async function startLateWorld(): Promise<World> {
  const world = await startWorld({ environment: { DEADLINE_MINUTES: '0.25' } });
  world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
  world.aws.ecr.orders.replication({ outcome: { is: 'lose', claim: 'IN_PROGRESS' } });
  return world;
}

const someoneElses = 'arn:aws:sns:us-east-1:000000000000:no-such-topic';

describe('a metric that is refused', () => {
  it('loses nothing: the message is settled and people are told', async () => {
    const world = await startLateWorld();
    const recover = world.aws.cloudwatch.failing();
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20);
    expect((await world.told()).map(inShort)).toEqual(['firing overdue eu-west-1: prod-web:1.0']);
    expect(world.pushes.waiting()).toEqual([]);
    expect(world.logs.filter(({ level }) => level === 'WARN').map(({ message }) => message)).toEqual([
      'Metrics not published',
    ]);
    await world.followUp();
    recover();
    await world.followUp();
    expect(world.metric('Heartbeat')).toBe(1);
  });
});

describe('a queue that refuses to take a message again', () => {
  it('keeps the message that it has, and it is looked at again', async () => {
    const world = await startWorld({ delayMs: 60_000 });
    world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
    const { sendAgain: refused } = world.portsWith({
      IMAGE_ACTION_QUEUE_URL: world.config.queueUrl?.replace('image-action', 'no-such-queue') ?? '',
    });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(30, { sendAgain: refused });
    expect(world.pushes.waiting()).toMatchObject([{ receives: 1 }]);
    await world.pass(400);
    expect(world.metric('ReplicasVerified')).toBe(1);
    expect(world.pushes.waiting()).toEqual([]);
    expect(await world.told()).toEqual([]);
  });

  it('keeps only what it did not take: other messages of the same batch go on', async () => {
    const { client, asked } = await startPickyQueue();
    const messages = Array.from({ length: 25 }, (_, n) => ({
      id: `m${n}`,
      body: `body ${n}`,
      delaySeconds: 20,
    }));
    const unsent = await sendAgain(client, 'http://127.0.0.1/0/queue', () => {}, messages);
    expect([...unsent].sort()).toEqual(['m1', 'm11', 'm21']);
    expect(asked.map((entries) => entries.length).sort()).toEqual([10, 10, 5]);
  });

  it.each([
    ['says nothing', '{}'],
    ['has an empty body', ''],
    ['names nobody', '{"Successful":[],"Failed":[]}'],
    ['names another message', '{"Successful":[{"Id":"7"}]}'],
    ['answers with a page', '<html>Service unavailable</html>'],
  ])('has taken nothing when it %s', async (_, answer) => {
    const { client } = await startPickyQueue(() => answer);
    const messages = [{ id: 'm', body: '{}', delaySeconds: 20 }];
    const unsent = await sendAgain(client, 'http://127.0.0.1/0/queue', () => {}, messages);
    expect([...unsent]).toEqual(['m']);
  });

  it('is told the delay and whom the message waits for', async () => {
    const { client, asked } = await startPickyQueue();
    const message = { id: 'm', body: '{"a":1}', delaySeconds: 4_000, waitingFor: [ireland, sydney] };
    await sendAgain(client, 'http://127.0.0.1/0/queue', () => {}, [message]);
    expect(asked).toEqual([
      [
        {
          Id: '0',
          MessageBody: '{"a":1}',
          DelaySeconds: 900,
          MessageAttributes: {
            waitingFor: {
              DataType: 'String',
              StringValue: '111122223333/eu-west-1,111122223333/ap-southeast-2',
            },
          },
        },
      ],
    ]);
  });
});

describe('a table that refuses', () => {
  it('keeps the whole batch, and the incident is opened and told when the table is back', async () => {
    const world = await startLateWorld();
    const { findIncidents } = world.portsWith({ INCIDENTS_TABLE: 'no-such-table' });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(30, { findIncidents });
    expect(world.pushes.waiting()).toMatchObject([{ receives: 1 }]);
    expect(await world.told()).toEqual([]);
    await world.pass(360);
    expect((await world.told()).map(inShort)).toEqual(['firing overdue eu-west-1: prod-web:1.0']);
    expect(world.pushes.waiting()).toEqual([]);
  });

  it('keeps only the messages whose incident could not be written', async () => {
    const world = await startLateWorld();
    const { saveIncident: refused } = world.portsWith({ INCIDENTS_TABLE: 'no-such-table' });
    for (const tag of ['1', '2', '3']) world.push({ repository: 'prod-web', tag });
    await world.pass(30, {
      saveIncident: (incident) =>
        (incident.replica.tag === '2' ? refused : world.ports.saveIncident)(incident),
    });
    expect(world.pushes.waiting()).toMatchObject([{ receives: 1, record: { messageId: 'push 2' } }]);
    expect((await world.told()).map(({ open }) => open)).toEqual([2]);
    await world.pass(360);
    const told = await world.told();
    expect(told.map(({ notice, open, news }) => [notice, open, news.opened])).toEqual([['update', 3, 1]]);
    expect(told[0]?.incidents[0]?.image).toBe('prod-web:2');
  });

  it('does not stop what needs no table', async () => {
    const world = await startWorld();
    world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(30, world.portsWith({ INCIDENTS_TABLE: 'no-such-table' }));
    expect(world.metric('ReplicasVerified')).toBe(1);
    expect(world.pushes.waiting()).toEqual([]);
  });
});

describe('a topic that refuses', () => {
  it('delays the notice: the follow-up sends the same one when the claim has expired', async () => {
    const world = await startLateWorld();
    const { publish } = world.portsWith({ ALERT_TOPIC_ARN: someoneElses });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20, { publish });
    expect(world.pushes.waiting()).toEqual([]);
    expect(await world.told()).toEqual([]);
    for (let minute = 0; minute < 4; minute += 1) {
      world.clock.turn(60);
      await world.followUp();
    }
    expect((await world.told()).map(inShort)).toEqual(['firing overdue eu-west-1: prod-web:1.0']);
    world.clock.turn(600);
    await world.followUp();
    expect(await world.told()).toEqual([]);
  });

  it('in the follow-up itself stops neither the other notices nor the gauges', async () => {
    const world = await startLateWorld();
    world.replicate(source, [{ prefixes: ['prod-'], to: [ireland, sydney] }]);
    const { publish } = world.portsWith({ ALERT_TOPIC_ARN: someoneElses });
    world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(20, { publish });
    world.clock.turn(200);
    await world.followUp({
      publish: (publication, ...rest) =>
        (publication.attributes['destinationRegion'] === ireland.region ? publish : world.ports.publish)(
          publication,
          ...rest,
        ),
    });
    expect((await world.told()).map(inShort)).toEqual(['firing overdue ap-southeast-2: prod-web:1.0']);
    expect(world.metric('Heartbeat')).toBe(1);
    expect(world.metric('OpenIncidents')).toBe(2);
  });
});

describe('messages that cannot be read', () => {
  it('fail alone, with the reason in the log, and are counted', async () => {
    const world = await startWorld();
    world.replicate(source, [{ prefixes: ['prod-'], to: [ireland] }]);
    const digest = world.push({ repository: 'prod-web', tag: '1.0' });
    await world.pass(5);
    const good = world.pushes.waiting()[0]?.record.body ?? '';
    const at = world.clock.now();
    const bodies: Readonly<Record<string, string>> = {
      good,
      foreign: JSON.stringify({ source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change Notification' }),
      'not JSON': 'hello',
      'no event': '{}',
      'no digest': pushEvent({ repository: 'prod-web', digest: 'latest', at }),
      'from the future': pushEvent({ repository: 'prod-web', digest, at: at + 3_600_000 }),
    };
    const unfinished = await settleImageActions(
      world.ports,
      world.config.policies,
      Object.entries(bodies).map(([messageId, body]) => ({ messageId, body })),
    );
    expect([...unfinished]).toEqual(['not JSON', 'no event', 'no digest', 'from the future']);
    expect(world.metric('EventsUnparseable')).toBe(4);
    expect(world.metric('EventsNotOurs')).toBe(1);
    expect(world.metric('ReplicasVerified')).toBe(1);
    const reasons = world.logs.filter(({ message }) => message === 'Message cannot be read');
    expect(reasons.map(({ level, fields }) => [level, fields['messageId'], fields['fault']])).toEqual([
      ['ERROR', 'not JSON', expect.stringContaining('not JSON')],
      ['ERROR', 'no event', expect.stringContaining('source is missing')],
      ['ERROR', 'no digest', expect.stringContaining('detail.image-digest is not a digest')],
      ['ERROR', 'from the future', 'time is in the future'],
    ]);
  });
});

/** A queue; if nothing is said, it takes every message of a batch but the second. */
async function startPickyQueue(
  answerTo: (entries: readonly Entry[]) => string = refusingTheSecond,
): Promise<{ client: SQSClient; asked: Entry[][] }> {
  const asked: Entry[][] = [];
  const server: Listening = await listen(
    createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { Entries } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
          Entries: Entry[];
        };
        asked.push(Entries);
        response.setHeader('content-type', 'application/x-amz-json-1.0');
        response.end(answerTo(Entries));
      });
    }),
  );
  const client = new SQSClient({
    endpoint: server.url,
    region: source.region,
    credentials: { accessKeyId: source.account, secretAccessKey: 'local' },
    useQueueUrlAsEndpoint: false,
  });
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  return { client, asked };
}

interface Entry {
  readonly Id: string;
  readonly MessageBody: string;
}

function refusingTheSecond(entries: readonly Entry[]): string {
  const refused = entries.filter(({ Id }) => Id === '1');
  const taken = entries.filter((entry) => !refused.includes(entry));
  return JSON.stringify({
    // The SDK compares the checksum with what it sent.
    Successful: taken.map(({ Id, MessageBody }) => ({
      Id,
      MessageId: Id,
      MD5OfMessageBody: md5(MessageBody),
    })),
    Failed: refused.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
  });
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
