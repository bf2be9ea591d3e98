/** A local STS: who the caller is, and credentials of a role in another account; the query protocol of AWS. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { credentialScope } from './aws-json.ts';
import { type Listening, listen } from './listen.ts';

export interface StsOptions {
  /** For a caller whose access key is not a 12-digit account. */
  readonly account: string;
  /** Regions that no account has enabled: credentials mean nothing there, as in the real one. */
  readonly disabledRegions: ReadonlySet<string>;
}

const mostBytes = 65_536;

export function startStsServer(options: StsOptions): Promise<Listening> {
  return listen(
    createServer((request, response) => {
      serve(options, request, response).catch(() => request.socket.destroy());
    }),
  );
}

async function serve(
  { account, disabledRegions }: StsOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
  }
  const input = new URLSearchParams(Buffer.concat(chunks).toString('utf8'));
  const scope = credentialScope(request.headers.authorization);
  const caller = /^\d{12}$/.test(scope?.accessKey ?? '') ? (scope?.accessKey ?? account) : account;
  if (scope === undefined || disabledRegions.has(scope.region)) {
    return answer(
      response,
      403,
      refusal('InvalidClientTokenId', 'The security token included in the request is invalid'),
    );
  }
  switch (input.get('Action')) {
    case 'GetCallerIdentity':
      return answer(response, 200, identityOf(caller));
    case 'AssumeRole':
      return answer(response, 200, credentialsOf(input.get('RoleArn') ?? ''));
    default:
      return answer(response, 400, refusal('InvalidAction', 'Could not find this operation'));
  }
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/xml' });
  response.end(body);
}

const namespace = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"';
const metadata =
  '<ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId></ResponseMetadata>';

function identityOf(account: string): string {
  const result = `<Arn>arn:aws:iam::${account}:user/local</Arn><UserId>AIDALOCAL</UserId><Account>${account}</Account>`;
  return `<GetCallerIdentityResponse ${namespace}><GetCallerIdentityResult>${result}</GetCallerIdentityResult>${metadata}</GetCallerIdentityResponse>`;
}

/** The key is the role's account, which is how the local services tell accounts apart. */
function credentialsOf(roleArn: string): string {
  const [, account = '000000000000'] = /^arn:[a-z-]+:iam::(\d{12}):role\//.exec(roleArn) ?? [];
  const credentials = `<Credentials><AccessKeyId>${account}</AccessKeyId><SecretAccessKey>local</SecretAccessKey><SessionToken>local</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>`;
  return `<AssumeRoleResponse ${namespace}><AssumeRoleResult>${credentials}</AssumeRoleResult>${metadata}</AssumeRoleResponse>`;
}

function refusal(code: string, message: string): string {
  return `<ErrorResponse ${namespace}><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>0</RequestId></ErrorResponse>`;
}
