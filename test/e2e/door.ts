/** What stands in front of the emulator: the project's own ECR, and everything else passed on. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as v from 'valibot';
import { accountPattern, type Registry } from '../../lib/image/registry.ts';
import { type CredentialScope, credentialScope } from '../../lib/local/aws-json.ts';
import { createEcr, type Ecr } from '../../lib/local/ecr-model.ts';
import { startEcrServer } from '../../lib/local/ecr-server.ts';
import { listen } from '../../lib/local/listen.ts';
import { type Aws, asIfOverTls, awsAt, type Onward, type Reply, send } from './aws.ts';
import { createRouter, type Router } from './events.ts';
import { trailEvent } from './trail.ts';

/** The texts of one publication to a topic, by protocol, as a function sent them. */
type Texts = Readonly<Record<string, string>>;

export interface Door {
  readonly url: string;
  readonly ecr: Ecr;
  readonly events: Router;
  readonly publications: () => readonly Texts[];
  /** Calls of functions that their roles do not allow, in the emulator's words. */
  readonly denials: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** `home`: any registry; whom keys belong to is asked from there. `usualLagMs`: from push to arrival. */
export async function openDoor(emulator: string, home: Registry, usualLagMs: number): Promise<Door> {
  const aws = awsAt(emulator);
  const events = createRouter(aws);
  const ecr = createEcr({
    now: Date.now,
    delayMs: usualLagMs,
    emit: (event, { account, region }) => events.put(event, { account, region }),
  });
  const ecrServer = await startEcrServer({ ecr });
  const accountOf = accountsOf(aws, home);
  const publications: Texts[] = [];
  const denials: string[] = [];

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const asked = { method: request.method ?? 'GET', headers: request.headers, body: Buffer.concat(chunks) };
    const scope = credentialScope(request.headers.authorization);
    const path = request.url ?? '/';
    const reply = await answerTo(scope, path, asked);
    const published =
      scope?.service === 'sns' && reply.status === 200 ? textsOf(asked.body.toString()) : undefined;
    if (published !== undefined) publications.push(published);
    const denied = scope !== undefined && !accountPattern.test(scope.accessKey) && isRefused(reply);
    if (denied) denials.push(reply.body.toString().slice(0, 400));
    response.writeHead(reply.status, reply.headers);
    response.end(reply.body);
  }

  function answerTo(scope: CredentialScope | undefined, path: string, asked: Onward): Promise<Reply> {
    if (scope?.service === 'ecr') return askEcr(scope, path, asked);
    return passOn(path, asked);
  }

  function passOn(path: string, asked: Onward): Promise<Reply> {
    return send(`${emulator}${path}`, { ...asked, headers: { ...asked.headers, ...asIfOverTls } });
  }

  /**
   * The emulator says whether the caller's role allows the call; what it answers beyond that, from an ECR of its own
   * that is empty, is not looked at. Another account's registry is closed: nobody wrote a repository policy there.
   */
  async function askEcr({ accessKey, region }: CredentialScope, path: string, asked: Onward): Promise<Reply> {
    if (accountPattern.test(accessKey)) {
      const reply = await send(`${ecrServer.url}${path}`, asked);
      const [, call = ''] = String(asked.headers['x-amz-target']).split('.');
      const at = { account: accessKey, region };
      const event = trailEvent(at, call, JSON.parse(asked.body.toString() || '{}'), new Date());
      if (reply.status === 200 && event !== undefined) events.put(event, at);
      return reply;
    }
    const opinion = await passOn(path, asked);
    if (isRefused(opinion)) return opinion;
    const account = await accountOf(accessKey);
    const { registryId = account } = v.parse(mayNameRegistry, JSON.parse(asked.body.toString() || '{}'));
    if (registryId !== account)
      return refusal(`account ${account} has no access to the registry of ${registryId}`);
    const authorization = String(asked.headers['authorization']).replace(accessKey, account);
    return send(`${ecrServer.url}${path}`, { ...asked, headers: { ...asked.headers, authorization } });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => request.socket.destroy());
  });
  const door = await listen(server);
  return {
    url: door.url,
    ecr,
    events,
    publications: () => publications,
    denials: () => denials,
    stop: async () => {
      await door.stop();
      await ecrServer.stop();
      await events.settled();
    },
  };
}

const mayNameRegistry = v.object({ registryId: v.optional(v.string()) });
const owner = /<Account>(\d{12})<\/Account>/;

/** Whose keys the emulator has given to functions and to those who assumed a role. */
function accountsOf(aws: Aws, home: Registry): (accessKey: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (accessKey) => {
    const account =
      known.get(accessKey) ??
      owner.exec(
        await aws.query(home, 'sts', '2011-06-15', { Action: 'GetAccessKeyInfo', AccessKeyId: accessKey }),
      )?.[1];
    if (account === undefined) throw new Error(`the emulator does not know whose key ${accessKey} is`);
    known.set(accessKey, account);
    return account;
  };
}

const refused =
  /AccessDenied|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|InvalidClientToken|ExpiredToken/;

function isRefused({ status, body }: Reply): boolean {
  return status >= 400 && refused.test(body.toString());
}

function refusal(message: string): Reply {
  return {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-errortype': 'AccessDeniedException' },
    body: Buffer.from(JSON.stringify({ __type: 'AccessDeniedException', message })),
  };
}

const texts = v.record(v.string(), v.string());

function textsOf(form: string): Texts | undefined {
  const sent = new URLSearchParams(form);
  if (sent.get('Action') !== 'Publish' || sent.get('MessageStructure') !== 'json') return undefined;
  return v.parse(texts, JSON.parse(sent.get('Message') ?? '{}'));
}
