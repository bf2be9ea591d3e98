/** A local DynamoDB and a topic that count the calls that reach them over the wire. */

import { createServer, type Server } from 'node:http';
import dynalite from 'dynalite';
import { listen } from '../../../lib/local/listen.ts';

export interface CountedServices {
  /** Endpoints for the SDK's environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** By operation: `PutItem`, `Query`, `Publish` … */
  readonly calls: () => ReadonlyMap<string, number>;
  readonly stop: () => Promise<void>;
}

export async function startCountedServices(): Promise<CountedServices> {
  const calls = new Map<string, number>();
  const count = (operation: string): void => void calls.set(operation, (calls.get(operation) ?? 0) + 1);
  const tables: Server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  tables.on('request', ({ headers }) => count(String(headers['x-amz-target']).split('.')[1] ?? 'unknown'));
  const topic = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      count(new URLSearchParams(body).get('Action') ?? 'unknown');
      response.writeHead(200, { 'content-type': 'text/xml' }).end(published);
    });
  });
  const [table, sns] = [await listen(tables), await listen(topic)];
  return {
    environment: { AWS_ENDPOINT_URL_DYNAMODB: table.url, AWS_ENDPOINT_URL_SNS: sns.url },
    calls: () => calls,
    stop: async () => {
      await Promise.all([table.stop(), sns.stop()]);
    },
  };
}

const published = `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>
<MessageId>00000000-0000-4000-8000-000000000000</MessageId></PublishResult></PublishResponse>`;
