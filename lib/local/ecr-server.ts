/** The HTTP server of the local ECR and CloudWatch: AWS JSON on a port of 127.0.0.1 that the system chooses. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Registry } from '../image/registry.ts';
import type { Answer, Service } from './answer.ts';
import { credentialScope, readJson, writeAnswer } from './aws-json.ts';
import { type Listening, listen } from './listen.ts';

export interface EcrServerOptions {
  readonly ecr: { readonly call: Service; readonly tick: () => void };
  readonly cloudwatch?: { readonly call: Service };
  /** For a caller whose access key is not a 12-digit account, and for one without a signature. */
  readonly account?: string;
  readonly region?: string;
  /** How often what has come due is looked for; at each request it is as well. */
  readonly tickEveryMs?: number;
}

interface Route {
  readonly service: Service;
  readonly version: string;
  /** Bytes of a request. */
  readonly limit: number;
}

const mebibyte = 1_048_576;

export async function startEcrServer(options: EcrServerOptions): Promise<Listening> {
  const { ecr, cloudwatch, account = '000000000000', region = 'us-east-1', tickEveryMs = 20 } = options;
  const routes = new Map<string, Route>([
    ['AmazonEC2ContainerRegistry_V20150921', { service: ecr.call, version: '1.1', limit: 16 * mebibyte }],
  ]);
  if (cloudwatch !== undefined) {
    routes.set('GraniteServiceVersion20100801', {
      service: cloudwatch.call,
      version: '1.0',
      limit: mebibyte,
    });
  }
  const waiting = new Set<NodeJS.Timeout>();
  let requests = 0;

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    requests += 1;
    const requestId = `00000000-0000-4000-8000-${String(requests).padStart(12, '0')}`;
    const [prefix = '', operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const route = routes.get(prefix);
    const body = await readJson(request, route?.limit ?? mebibyte);
    const answer = answerTo(route, operation, body, callerOf(request));
    if (answer.latencyMs > 0) await pause(answer.latencyMs);
    if (answer.is !== 'unanswered') return writeAnswer(response, answer, route?.version ?? '1.0', requestId);
    // A call that hangs stays open until the caller gives up or the server stops.
    if (answer.how === 'reset') request.socket.destroy();
  }

  function callerOf(request: IncomingMessage): Registry {
    const scope = credentialScope(request.headers.authorization);
    const isAccount = scope !== undefined && /^\d{12}$/.test(scope.accessKey);
    return { account: isAccount ? scope.accessKey : account, region: scope?.region ?? region };
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        waiting.delete(timer);
        resolve();
      }, ms);
      waiting.add(timer);
    });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  const ticker = setInterval(ecr.tick, tickEveryMs);
  return listen(server, () => {
    clearInterval(ticker);
    for (const timer of waiting) clearTimeout(timer);
  });
}

function answerTo(
  route: Route | undefined,
  operation: string,
  body: Awaited<ReturnType<typeof readJson>>,
  caller: Registry,
): Answer {
  if (route === undefined) return refusal('UnknownOperationException', 'No such service here');
  if (body.is === 'too-large') return refusal('RequestEntityTooLarge', 'The body is too large', 413);
  if (body.is === 'unreadable') return refusal('SerializationException', 'The body could not be read');
  if (typeof body.value !== 'object' || body.value === null || Array.isArray(body.value)) {
    return refusal('SerializationException', 'The body is not an object');
  }
  try {
    return route.service(caller, operation, body.value);
  } catch (error) {
    // A fault of the local service itself: told to the caller, since there is nobody else here to see it.
    return refusal('InternalFailure', String(error), 500);
  }
}

function refusal(name: string, message: string, status = 400): Answer {
  return { is: 'error', latencyMs: 0, name, message, status };
}
