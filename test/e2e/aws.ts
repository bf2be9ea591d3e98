/** Signed calls to the emulator as the root of an account: what the SDK clients of this project do not speak. */

import { request } from 'node:http';
import type { Registry } from '../../lib/image/registry.ts';
import { type Credentials, signed } from './signature.ts';

/** Accounts in the emulator are access keys of 12 digits, and all of them have this secret. */
export const secret = 'local';

export function rootOf(account: string): Credentials {
  return { accessKey: account, secret };
}

export interface Aws {
  /** AWS JSON 1.1 and 1.0. Throws with the service's own words. */
  readonly json: (at: Registry, service: string, target: string, input: object) => Promise<unknown>;
  /** The query protocol. Answers XML. */
  readonly query: (
    at: Registry,
    service: string,
    version: string,
    input: Readonly<Record<string, string>>,
  ) => Promise<string>;
  readonly rest: (at: Registry, service: string, path: string, request?: Partial<Sent>) => Promise<string>;
}

/** The emulator speaks plain HTTP; by this header it takes a request for one that came over TLS. */
export const asIfOverTls = { 'x-forwarded-proto': 'https' };

/** `unsigned`: headers that go with every request. */
export function awsAt(endpoint: string, unsigned: Readonly<Record<string, string>> = asIfOverTls): Aws {
  const { host } = new URL(endpoint);

  async function call(
    { account, region }: Registry,
    service: string,
    { method = 'POST', body = '', headers = {} }: Partial<Sent>,
    path = '/',
  ): Promise<string> {
    const all = signed({ method, host, path, headers, body }, service, region, rootOf(account), new Date());
    const reply = await send(`${endpoint}${path}`, { method, headers: { ...all, ...unsigned }, body });
    const { status } = reply;
    const text = reply.body.toString('utf8');
    if (status >= 200 && status < 300) return text;
    throw new Error(
      `${service} ${headers['x-amz-target'] ?? path} answered ${status}: ${text.slice(0, 500)}`,
    );
  }

  return {
    json: async (at, service, target, input) => {
      const headers = {
        'content-type': `application/x-amz-json-${target.startsWith('AmazonSQS') ? '1.0' : '1.1'}`,
        'x-amz-target': target,
      };
      return JSON.parse((await call(at, service, { headers, body: JSON.stringify(input) })) || '{}');
    },
    query: (at, service, version, input) =>
      call(at, service, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ ...input, Version: version }).toString(),
      }),
    rest: (at, service, path, request = {}) => call(at, service, { method: 'GET', ...request }, path),
  };
}

interface Sent {
  readonly method: string;
  readonly body: string | Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Onward {
  readonly method: string;
  readonly headers: Reply['headers'];
  readonly body: string | Buffer;
}

/** One request on a connection of its own: the emulator takes 45 ms longer to answer on one that is kept. */
export function send(url: string, { method, headers, body }: Onward): Promise<Reply> {
  // The body is whole here, however it came.
  const { 'transfer-encoding': _, ...rest } = headers;
  const all = { ...rest, connection: 'close', 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, agent: false, headers: all, timeout: 30_000 }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', reject);
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(chunks) }),
      );
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer from ${url} in 30 s`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
