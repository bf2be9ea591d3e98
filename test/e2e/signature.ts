/** AWS Signature Version 4 for a request without a query: what the emulator checks before it looks at any policy. */

import { createHash, createHmac } from 'node:crypto';

export interface Credentials {
  readonly accessKey: string;
  readonly secret: string;
}

export interface Unsigned {
  readonly method: string;
  readonly host: string;
  /** Escaped as it goes over the wire. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

/** The headers to send: those given, the time, and the signature over all of them ("Create a signed AWS API request"). */
export function signed(
  request: Unsigned,
  service: string,
  region: string,
  { accessKey, secret }: Credentials,
  at: Date,
): Record<string, string> {
  const time = at.toISOString().replace(/[-:]|\.\d{3}/g, '');
  const bodyHash = sha256(request.body);
  const headers: Record<string, string> = {
    ...request.headers,
    host: request.host,
    'x-amz-content-sha256': bodyHash,
    'x-amz-date': time,
  };
  const names = Object.keys(headers).sort();
  // Every service but S3 escapes the path once more.
  const path = service === 's3' ? request.path : request.path.split('/').map(encodeURIComponent).join('/');
  const canonical = [
    request.method,
    path,
    '',
    ...names.map((name) => `${name}:${headers[name]?.trim()}`),
    '',
    names.join(';'),
    bodyHash,
  ].join('\n');
  const scope = [time.slice(0, 8), region, service, 'aws4_request'];
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  const key = scope.reduce<string | Buffer>((last, part) => hmac(last, part), `AWS4${secret}`);
  return {
    ...headers,
    authorization: [
      `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope.join('/')}`,
      `SignedHeaders=${names.join(';')}`,
      `Signature=${hmac(key, text).toString('hex')}`,
    ].join(', '),
  };
}

function sha256(text: string | Buffer): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
