/** Posting to Slack: the use case and the webhook against a local server that plays Slack, with time turned by hand. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publicationOf } from '../../lib/alert/publication.ts';
import { parameterReader } from '../../lib/aws/parameter.ts';
import { slackPoster, stepAfter } from '../../lib/monitor/slack.ts';
import { slackWebhook } from '../../lib/slack/webhook.ts';
import { firing, opened } from '../alert/examples.ts';

const secret = 'T0000/B0000/a-secret-that-nobody-may-read';
const notice = publicationOf(firing(opened('overdue', { seen: 'missing' }))).texts.default;

type Answer = (response: ServerResponse) => void;

function says(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (response) => response.writeHead(status, headers).end(body);
}
const ok = says(200, 'ok');

interface Posted {
  readonly path: string;
  readonly body: { readonly text: string; readonly blocks: readonly unknown[] };
  readonly at: number;
}

let clock: number;
let answers: Answer[];
let posted: Posted[];
let waits: number[];
let logged: [level: string, message: string, fields: unknown][];
let addresses: string[];
let reads: string[];
let base: string;
let close: () => Promise<void>;

beforeEach(async () => {
  clock = Date.UTC(2026, 10, 24, 3, 10);
  [answers, posted, waits, logged, addresses, reads] = [[], [], [], [], [`/services/${secret}`], []];
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    posted.push({ path: request.url ?? '', body, at: clock });
    (answers.shift() ?? ok)(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
});
afterEach(() => close());

async function bodyOf(request: IncomingMessage): Promise<Posted['body']> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** A process of the function. The parameter holds the first address, then the next ones. */
function poster(timeout?: number): ReturnType<typeof slackPoster> {
  const ssm = {
    send: async () => {
      reads.push(addresses[0] ?? '');
      const path = addresses.length > 1 ? addresses.shift() : addresses[0];
      return { Parameter: { Value: path?.startsWith('/') ? base + path : path } };
    },
  };
  return slackPoster({
    now: () => clock,
    pause: async (milliseconds) => {
      waits.push(milliseconds);
      clock += milliseconds;
    },
    log: (level, message, fields) => void logged.push([level, message, fields]),
    readWebhook: parameterReader(ssm as never, '/ecr-replication-monitor/slack'),
    postToSlack: slackWebhook(() => clock, timeout),
  });
}

function eventOf(...messages: readonly string[]): unknown {
  return {
    Records: messages.map((Message, index) => ({
      EventSource: 'aws:sns',
      Sns: { MessageId: `message-${index}`, Subject: 'any', Message },
    })),
  };
}

const minute = 60_000;
const endsAt = () => clock + minute;

describe('a notice', () => {
  it('is posted once, as blocks with a text, to the address that the parameter holds', async () => {
    await poster()(eventOf(notice), endsAt());
    expect(posted.map(({ path }) => path)).toEqual([`/services/${secret}`]);
    expect(posted[0]?.body.text).toMatch(/^🔴 prod-api:1\.4\.2 /);
    expect(posted[0]?.body.blocks.length).toBeGreaterThan(2);
    expect(logged.map(([level, message]) => [level, message])).toEqual([['INFO', 'Posted to Slack']]);
  });

  it('after another comes a second later, in the same event or the next one, and the address is read once', async () => {
    const post = poster();
    await post(eventOf(notice, notice), endsAt());
    await post(eventOf(notice), endsAt());
    expect(posted.map(({ at }) => at - (posted[0]?.at ?? 0))).toEqual([0, 1_000, 2_000]);
    clock += 5_000;
    await post(eventOf(notice), endsAt());
    expect(waits).toEqual([1_000, 1_000]);
    expect(reads).toHaveLength(1);
  });

  it.each([
    ['is not JSON', 'prod-api:1 is overdue', 'the message is not JSON'],
    ['lacks what it needs', '{"version":"1","type":"ecr-replication-notice"}', 'fingerprint is missing'],
    ['is of a version to come', notice.replace('"version":"1"', '"version":"2"'), 'version is not "1"'],
  ])('that %s is dropped with its reason, and the next one is posted', async (_, message, why) => {
    await poster()(eventOf(message, notice), endsAt());
    expect(posted).toHaveLength(1);
    expect(logged[0]).toEqual([
      'ERROR',
      'Message dropped: it can never be posted',
      { messageId: 'message-0', why: expect.stringContaining(why) },
    ]);
  });

  it.each([
    ['no records', { detail: 1 }],
    ['a record without SNS', { Records: [{ body: 'from a queue' }] }],
    ['nothing', undefined],
  ])('is not looked for in an event with %s: that is logged, and never tried again', async (_, event) => {
    await poster()(event, endsAt());
    expect(posted).toEqual([]);
    expect(logged.map(([level]) => level)).toEqual(['ERROR']);
  });

  it('may be an alarm of CloudWatch, which has no type', async () => {
    const alarm = {
      AlarmName: 'blind',
      AlarmDescription: null,
      NewStateValue: 'ALARM',
      NewStateReason: 'no data',
      Trigger: {},
    };
    await poster()(eventOf(JSON.stringify(alarm)), endsAt());
    expect(posted[0]?.body.text).toBe('🔴 Alarm blind: no data');
  });

  it('of another kind than this function knows is left alone', async () => {
    await poster()(eventOf('{"type":"something-else"}', '{"AlarmName":"dead letters","type":"x"}'), endsAt());
    expect(posted).toEqual([]);
    expect(logged.map(([level, message]) => [level, message])).toEqual([
      ['INFO', 'Message is not for Slack'],
      ['INFO', 'Message is not for Slack'],
    ]);
  });
});

describe('when Slack asks to wait', () => {
  it('the function waits as long, when it has the time, and posts again', async () => {
    answers = [says(429, 'rate_limited', { 'retry-after': '17' }), ok];
    await poster()(eventOf(notice), endsAt());
    expect(posted.map(({ at }) => at - (posted[0]?.at ?? 0))).toEqual([0, 17_000]);
  });

  it('until a time of day, it waits until then', async () => {
    const until = new Date(clock + 9_000).toUTCString();
    answers = [says(429, 'rate_limited', { 'retry-after': until }), ok];
    await poster()(eventOf(notice), endsAt());
    expect(waits).toEqual([9_000]);
  });

  it('without saying how long, it waits half a minute', async () => {
    answers = [says(429, ''), ok];
    await poster()(eventOf(notice), endsAt());
    expect(waits).toEqual([30_000]);
  });

  it('longer than the run has left, it leaves it to the next try', async () => {
    answers = [says(429, 'rate_limited', { 'retry-after': '50' })];
    await expect(poster()(eventOf(notice), endsAt())).rejects.toThrow(
      'Slack asks to wait 50 s, more than this run has left',
    );
    expect(waits).toEqual([]);
  });

  it('again and again, it ends when its time does', async () => {
    answers = Array.from({ length: 100 }, () => says(429, 'rate_limited', { 'retry-after': '0' }));
    await expect(poster()(eventOf(notice), endsAt())).rejects.toThrow('Slack asks to wait 1 s');
    expect(posted.length).toBeLessThan(60);
  });
});

describe('a webhook that is no longer taken', () => {
  it.each([403, 404, 410])('(%i) is read again, and the new address is used from then on', async (status) => {
    addresses = ['/services/old', '/services/new'];
    answers = [says(status, 'no_service'), ok, ok];
    const post = poster();
    await post(eventOf(notice), endsAt());
    await post(eventOf(notice), endsAt());
    expect(posted.map(({ path }) => path)).toEqual(['/services/old', '/services/new', '/services/new']);
    expect(reads).toEqual(['/services/old', '/services/new']);
  });

  it('is a fault when the parameter holds no other, and is not posted to again', async () => {
    answers = [says(404, 'no_service')];
    await expect(poster()(eventOf(notice), endsAt())).rejects.toThrow(
      'Slack does not take this webhook any more (404 no_service); its parameter holds no other address',
    );
    expect(posted).toHaveLength(1);
    expect(reads).toHaveLength(2);
  });

  it('is a fault when the new one is not taken either', async () => {
    addresses = ['/services/old', '/services/new'];
    answers = [says(404, 'no_service'), says(410, 'channel_is_archived')];
    await expect(poster()(eventOf(notice), endsAt())).rejects.toThrow('(410 channel_is_archived)');
    expect(posted).toHaveLength(2);
  });
});

describe('a fault', () => {
  it.each<[string, Answer, string]>([
    ['of the message', says(400, 'invalid_blocks'), 'Slack refused the message (400 invalid_blocks)'],
    ["of Slack's", says(500, 'server_error'), 'Slack failed (500 server_error)'],
    ['that moves the address', says(302, '', { location: '/ok' }), 'Slack refused the message (302)'],
    ['of a proxy, whose page is not repeated', says(502, `<p>${secret}</p>`), 'Slack failed (502)'],
    ['of the line', (response) => response.destroy(), 'Slack did not answer: '],
  ])('%s is thrown, so that Lambda tries again', async (_, answer, fault) => {
    answers = [answer];
    await expect(poster()(eventOf(notice), endsAt())).rejects.toThrow(fault);
    expect(posted).toHaveLength(1);
  });

  it('of a Slack that takes the message and never answers ends in time', async () => {
    answers = [() => {}];
    await expect(poster(50)(eventOf(notice), endsAt())).rejects.toThrow('Slack did not answer: time-out');
  });

  it.each([
    ['not an address', secret],
    ['without encryption', `http://hooks.example.com/${secret}`],
    ['with a password', `https://user:${secret}@hooks.example.com/`],
    ['nowhere', `http://127.0.0.1:9/${secret}`],
    ['a loop', '/loop'],
  ])('never tells the address (%s)', async (_, address) => {
    addresses = [address];
    answers = [says(301, secret, { location: `/${secret}` })];
    const fault: unknown = await poster()(eventOf(notice), endsAt()).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(Error);
    const told = JSON.stringify([inspect(fault), logged]);
    expect(told).not.toContain(secret);
    expect(told).not.toContain('hooks.example.com');
  });
});

/** Everything that Lambda would log of an error. */
function inspect(fault: unknown): unknown {
  if (!(fault instanceof Error)) return fault;
  return [fault.message, fault.stack, inspect(fault.cause), Object.entries(fault)];
}

describe('the step after an answer', () => {
  it('is never a success but for 2xx', () => {
    for (let status = 100; status < 600; status += 1) {
      const { do: next } = stepAfter({ status }, minute, true);
      expect(next === 'done', String(status)).toBe(status >= 200 && status < 300);
    }
  });
});

describe('the parameter', () => {
  it('is read with decryption, and an empty one is a fault that names it', async () => {
    const asked: unknown[] = [];
    const ssm = {
      send: async (command: { input: unknown }) => {
        asked.push(command.input);
        return { Parameter: { Value: ' ' } };
      },
    };
    await expect(parameterReader(ssm as never, '/slack')('kept')).rejects.toThrow(
      'the SSM parameter /slack is empty',
    );
    expect(asked).toEqual([{ Name: '/slack', WithDecryption: true }]);
  });
});
