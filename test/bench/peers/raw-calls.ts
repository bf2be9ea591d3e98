/** The floor of a cold start: the same calls signed by hand (SigV4) and sent by `node:https`, without any SDK. */

import type { SeenCall } from '../../security/gate.ts';
import { textOfWire } from './recorded-input.ts';
import { waitForAll } from './side-by-side.ts';

interface Wire {
  readonly name: string;
  readonly target: string;
  readonly version: string;
}

const wires: Readonly<Record<string, Wire>> = {
  ecr: { name: 'ecr', target: 'AmazonEC2ContainerRegistry_V20150921', version: '1.1' },
  monitoring: { name: 'monitoring', target: 'GraniteServiceVersion20100801', version: '1.0' },
  sqs: { name: 'sqs', target: 'AmazonSQS', version: '1.0' },
  dynamodb: { name: 'dynamodb', target: 'DynamoDB_20120810', version: '1.0' },
  ssm: { name: 'ssm', target: 'AmazonSSM', version: '1.1' },
};

/** Undefined where a call speaks another protocol than AWS JSON. */
export function sourceOfRawFunction(groups: readonly (readonly SeenCall[])[]): string | undefined {
  const calls = groups.flat();
  if (calls.length === 0 || calls.some(({ service }) => wires[service] === undefined)) return undefined;
  const sent = (call: SeenCall): string => {
    const { service, operation, region } = call;
    const wire = JSON.stringify({ ...wires[service], operation, region });
    return `send({ ...${wire}, input: ${textOfWire(call)} })${(call.status ?? 200) < 400 ? '' : '.catch(() => {})'}`;
  };
  return `
import https from 'node:https';
import http from 'node:http';
import { createHash, createHmac } from 'node:crypto';
const table = process.env.INCIDENTS_TABLE;
const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINT_URL } = process.env;
const endpoint = new URL(AWS_ENDPOINT_URL);
const client = endpoint.protocol === 'https:' ? https : http;
const agent = new client.Agent({ keepAlive: true });
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();
const hash = (text) => createHash('sha256').update(text).digest('hex');
function send({ name, target, version, operation, input, region }) {
  const body = JSON.stringify(input);
  const time = new Date().toISOString().replace(/[-:]|\\.\\d{3}/g, '');
  const day = time.slice(0, 8);
  const headers = {
    'content-type': 'application/x-amz-json-' + version,
    host: endpoint.host,
    'x-amz-date': time,
    'x-amz-target': target + '.' + operation,
  };
  const signed = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([key, value]) => key + ':' + value + '\\n').join('');
  const scope = [day, region, name, 'aws4_request'].join('/');
  const request = ['POST', '/', '', lines, signed, hash(body)].join('\\n');
  const text = ['AWS4-HMAC-SHA256', time, scope, hash(request)].join('\\n');
  const key = [region, name, 'aws4_request'].reduce(hmac, hmac('AWS4' + AWS_SECRET_ACCESS_KEY, day));
  headers.authorization = 'AWS4-HMAC-SHA256 Credential=' + AWS_ACCESS_KEY_ID + '/' + scope +
    ', SignedHeaders=' + signed + ', Signature=' + createHmac('sha256', key).update(text).digest('hex');
  return new Promise((resolve, reject) => {
    const sent = client.request(endpoint, { method: 'POST', headers, agent }, (response) => {
      let answer = '';
      response.setEncoding('utf8').on('data', (part) => { answer += part; });
      response.on('end', () => response.statusCode === 200 ? resolve(JSON.parse(answer || '{}')) : reject(new Error(answer)));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
export async function handler() {
  ${groups.map((group) => waitForAll(group.map(sent))).join('\n  ')}
  if (process.env.WEBHOOK) await fetch(process.env.WEBHOOK, { method: 'POST', body: '{}' });
  return {};
}`;
}
