/** AWS JSON over HTTP, the server's side: who calls, what was sent, and how an answer is written. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Answer } from './answer.ts';

const unzip = promisify(gunzip);

/** `Credential=KEY/DATE/REGION/SERVICE/aws4_request` of a SigV4 Authorization header; signatures are not checked. */
export interface CredentialScope {
  readonly accessKey: string;
  readonly region: string;
  readonly service: string;
}

export function credentialScope(authorization: string | undefined): CredentialScope | undefined {
  const match = /Credential=([^/,\s]+)\/\d{8}\/([^/,\s]+)\/([^/,\s]+)\/aws4_request/.exec(
    authorization ?? '',
  );
  const [, accessKey, region, service] = match ?? [];
  if (accessKey === undefined || region === undefined || service === undefined) return undefined;
  return { accessKey, region, service };
}

export type Body =
  | { readonly is: 'json'; readonly value: unknown }
  | { readonly is: 'unreadable' }
  | { readonly is: 'too-large' };

/** Reads a request to its end, whatever is in it. `limit`: bytes on the wire. */
export async function readJson(request: IncomingMessage, limit: number): Promise<Body> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  if (size > limit) return { is: 'too-large' };
  try {
    const sent = Buffer.concat(chunks);
    const bytes = request.headers['content-encoding'] === 'gzip' ? await unzip(sent) : sent;
    return { is: 'json', value: JSON.parse(bytes.toString('utf8') || '{}') };
  } catch {
    return { is: 'unreadable' };
  }
}

/** `version`: of AWS JSON, `1.0` or `1.1`. */
export function writeAnswer(
  response: ServerResponse,
  answer: Exclude<Answer, { is: 'unanswered' }>,
  version: string,
  requestId: string,
): void {
  const isOk = answer.is === 'ok';
  const body = JSON.stringify(isOk ? answer.body : { __type: answer.name, message: answer.message });
  response.writeHead(isOk ? 200 : answer.status, {
    'content-type': `application/x-amz-json-${version}`,
    'content-length': Buffer.byteLength(body),
    'x-amzn-requestid': requestId,
    ...(isOk ? {} : { 'x-amzn-errortype': answer.name }),
    ...(isOk || answer.queryName === undefined ? {} : { 'x-amzn-query-error': `${answer.queryName};Sender` }),
  });
  response.end(body);
}
