/** An AWS whose answers go wrong in ways that were drawn beforehand, over HTTP and to the real SDK. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { credentialScope } from '../../lib/local/aws-json.ts';
import { type Listening, listen } from '../../lib/local/listen.ts';
import { changed, type Mishap } from './garbage.ts';

type Input = Readonly<Record<string, unknown>>;

export interface Exchange {
  readonly service: string;
  readonly region: string;
  readonly operation: string;
  readonly input: Input;
  /** Undefined: the connection was reset. */
  readonly answer: { readonly status: number; readonly body: string } | undefined;
}

/** The documented answer to a call: a JSON value, or XML where the protocol is XML. */
export type WellFormed = (call: Pick<Exchange, 'service' | 'region' | 'operation' | 'input'>) => unknown;

export interface GarbageAws {
  readonly url: string;
  /** What goes wrong from now on, by `service.operation`; after `mostCalls` calls, everything is refused. */
  readonly begin: (mishaps: ReadonlyMap<string, Mishap>, wellFormed: WellFormed) => void;
  /** All that was said since. */
  readonly exchanges: () => readonly Exchange[];
  readonly stop: () => Promise<void>;
}

/** What goes on for ever is refused in the end: an AWS that never tires of pages is a hang, and no answer. */
const mostCalls = 400;

export async function startGarbageAws(): Promise<GarbageAws> {
  let mishaps: ReadonlyMap<string, Mishap> = new Map();
  let wellFormed: WellFormed = () => ({});
  let exchanges: Exchange[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { service = '', region = '' } = credentialScope(request.headers.authorization) ?? {};
    const call = { service, region, ...said(request.headers['x-amz-target'], Buffer.concat(chunks)) };
    const mishap = mishaps.get(`${service}.${call.operation}`) ?? { is: 'well' };
    const answer =
      exchanges.length > mostCalls ? refusal : answerTo(mishap, wellFormed(call), call.operation);
    exchanges.push({ ...call, answer });
    if (answer === undefined) return void request.socket.destroy();
    response.writeHead(answer.status, answer.headers);
    response.end(answer.status === 204 ? undefined : answer.body);
  }

  const server: Listening = await listen(
    createServer((request, response) => {
      serve(request, response).catch(() => request.socket.destroy());
    }),
  );
  return {
    ...server,
    begin: (drawn, right) => {
      [mishaps, wellFormed, exchanges] = [drawn, right, []];
    },
    exchanges: () => exchanges,
  };
}

function said(target: string | string[] | undefined, body: Buffer): Pick<Exchange, 'operation' | 'input'> {
  if (target !== undefined) {
    const [, operation = ''] = String(target).split('.');
    // Large bodies may come compressed; nothing that is answered here depends on those.
    const text = body.toString('utf8');
    return { operation, input: text.startsWith('{') ? (JSON.parse(text) as Input) : {} };
  }
  const input = Object.fromEntries(new URLSearchParams(body.toString('utf8')));
  return { operation: input['Action'] ?? '', input };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const json = { 'content-type': 'application/x-amz-json-1.1' };
const refusal: Answer = {
  status: 400,
  headers: { ...json, 'x-amzn-errortype': 'AccessDeniedException' },
  body: '{"__type":"AccessDeniedException"}',
};

function answerTo(mishap: Mishap, right: unknown, operation: string): Answer | undefined {
  const whole = typeof right === 'string' ? right : JSON.stringify(right);
  const headers = typeof right === 'string' ? { 'content-type': 'text/xml' } : json;
  switch (mishap.is) {
    case 'well':
      return { status: 200, headers, body: whole };
    case 'changed': {
      if (typeof right === 'string') return { status: 200, headers, body: whole.replace(/<(\w+)>/, '<$1 >') };
      const body = mishap.changes.reduce<unknown>(changed, right);
      return { status: 200, headers, body: JSON.stringify(body) ?? 'null' };
    }
    case 'cut':
      return { status: 200, headers, body: whole.slice(0, Math.floor(whole.length * mishap.part)) };
    case 'instead':
      return { status: mishap.status, headers: { 'content-type': mishap.type }, body: mishap.body };
    case 'error':
      return {
        status: mishap.status,
        headers: json,
        body: JSON.stringify({ __type: mishap.name, message: mishap.message, operation }),
      };
    case 'reset':
      return undefined;
  }
}
