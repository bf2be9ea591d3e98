/** IAM in front of the local AWS: every call is held against the caller's policies, and what they do not list is refused. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { type CredentialScope, credentialScope } from '../../lib/local/aws-json.ts';
import { listen } from '../../lib/local/listen.ts';
import type { LocalAws } from '../../lib/local/local-aws.ts';
import { type Reply, send } from '../e2e/aws.ts';
import type { Request } from '../template/simulate.ts';
import { type Call, requestsOf } from './requests.ts';

/** What nobody may read anywhere but where it is used. */
export const secrets = {
  ofTheFunction: 'secret-key-of-the-function',
  ofTheReader: 'secret-key-of-the-reader',
  session: 'session-token-of-the-reader',
  webhook: '/services/T0000/B0000/secret-of-the-webhook',
};

/** What AWS asks IAM about one call, and who makes it: by access key. */
export interface Asked extends Request {
  readonly caller: string;
}

export interface Gate {
  readonly url: string;
  /** Every call that came, in order, and whatever became of it. */
  readonly calls: () => readonly SeenCall[];
  /** Everything that was asked, in order. */
  readonly asked: () => readonly Asked[];
  /** What was refused, as `action on resource`. */
  readonly refused: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** From when to when, by a clock that nobody sets; no end: it is not answered yet. */
export interface SeenCall extends Call {
  readonly begin: number;
  end?: number;
  /** Of HTTP. */
  status?: number;
}

export interface GateOptions {
  readonly aws: LocalAws;
  readonly allows: (asked: Asked) => Promise<boolean>;
  /** fauxqs has one account for all topics and queues. */
  readonly topicAccount: string;
  /** What SSM holds. */
  readonly parameter: string;
}

export async function startGate({ aws, allows, topicAccount, parameter }: GateOptions): Promise<Gate> {
  const calls: SeenCall[] = [];
  const asked: Asked[] = [];
  const refused: string[] = [];
  const endpoints: ReadonlyMap<string, string> = new Map([
    ['ecr', aws.endpoints.ecr],
    ['monitoring', aws.endpoints.cloudwatch],
    ['sqs', aws.endpoints.sqs],
    ['sns', aws.endpoints.sns],
    ['dynamodb', aws.endpoints.dynamodb],
  ]);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const sent = Buffer.concat(chunks);
    const body = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent).toString('utf8');
    const scope = credentialScope(request.headers.authorization);
    if (scope === undefined) throw new Error('a call without a signature');
    const call = callOf(scope, request.headers['x-amz-target'], body);
    const seen: SeenCall = { ...call, begin: performance.now() };
    calls.push(seen);
    response.once('finish', () => {
      seen.end = performance.now();
      seen.status = response.statusCode;
    });
    for (const one of requestsOf(call)) {
      const question = { ...one, caller: scope.accessKey };
      asked.push(question);
      if (await allows(question)) continue;
      refused.push(`${one.action} on ${one.resource}`);
      return answer(response, refusal(call, one));
    }
    if (call.service === 'sts') return answer(response, credentialsOf(call));
    if (call.service === 'ssm') return answer(response, json({ Parameter: { Value: parameter } }));
    const onward = withOwnAccount(call.service, body, topicAccount) ?? sent;
    const endpoint = endpoints.get(call.service);
    if (endpoint === undefined) throw new Error(`nobody here is ${call.service}`);
    return answer(
      response,
      await send(`${endpoint}${request.url}`, { method: 'POST', headers: request.headers, body: onward }),
    );
  }

  const server = createServer((request, response) => {
    serve(request, response).catch((error: unknown) => {
      refused.push(`not understood: ${String(error)}`);
      request.socket.destroy();
    });
  });
  // Whoever runs a function many times slower than it is must not find its connections closed.
  server.keepAliveTimeout = 600_000;
  const { url, stop } = await listen(server);
  return { url, calls: () => calls, asked: () => asked, refused: () => refused, stop };
}

/** Two protocols: AWS JSON names the operation in a header, the query protocol in the form. */
function callOf(
  { service, region, accessKey }: CredentialScope,
  target: string | string[] | undefined,
  body: string,
): Call {
  const at = { service, region, account: accessKey };
  if (target !== undefined) {
    const [, operation = ''] = String(target).split('.');
    return { ...at, operation, input: JSON.parse(body || '{}') };
  }
  const form = Object.fromEntries(new URLSearchParams(body));
  return { ...at, operation: form['Action'] ?? '', input: form };
}

/** What the service says of its own connection is not said of this one: it is kept open, as AWS keeps it. */
function answer(response: ServerResponse, { status, headers, body }: Reply): void {
  const { connection: _, 'keep-alive': __, ...own } = headers;
  response.writeHead(status, own);
  response.end(body);
}

function json(value: object, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  const body = Buffer.from(JSON.stringify(value));
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1', ...headers }, body };
}

function xml(text: string, status = 200): Reply {
  return { status, headers: { 'content-type': 'text/xml' }, body: Buffer.from(text) };
}

function refusal({ service }: Call, { action, resource }: Request): Reply {
  const message = `User is not authorized to perform: ${action} on resource: ${resource}`;
  if (service === 'sns' || service === 'sts') {
    const error = `<Error><Type>Sender</Type><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
    return xml(`<ErrorResponse>${error}</ErrorResponse>`, 403);
  }
  return json({ __type: 'AccessDeniedException', message }, 400, {
    'x-amzn-errortype': 'AccessDeniedException',
  });
}

/** A role's account stands in for its keys: that is how the local ECR knows callers. */
function credentialsOf({ input }: Call): Reply {
  const account = String(input['RoleArn']).split(':')[4] ?? '';
  const keys = `<AccessKeyId>${account}</AccessKeyId><SecretAccessKey>${secrets.ofTheReader}</SecretAccessKey><SessionToken>${secrets.session}</SessionToken>`;
  const expiration = `<Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration>`;
  return xml(
    `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>${keys}${expiration}</Credentials></AssumeRoleResult></AssumeRoleResponse>`,
  );
}

/** The topic or queue by the name that fauxqs has for it; undefined for other services. */
function withOwnAccount(service: string, body: string, account: string): string | undefined {
  if (service === 'sqs') return body.replace(/("QueueUrl":"https:\/\/[^"/]+\/)\d{12}\//, `$1${account}/`);
  if (service !== 'sns') return undefined;
  const form = new URLSearchParams(body);
  form.set('TopicArn', (form.get('TopicArn') ?? '').replace(/:\d{12}:/, `:${account}:`));
  return form.toString();
}
