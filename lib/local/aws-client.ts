/** A plain client for setting a local AWS up: one signed-looking request, one answer; no SDK, no retries. */

import { Agent, request } from 'node:http';
import type { Registry } from '../image/registry.ts';

export interface AwsClient {
  /** AWS JSON. Throws with the service's own words. */
  readonly askJson: (endpoint: string, service: string, target: string, input: object) => Promise<unknown>;
  /** The query protocol of SNS. Answers XML. */
  readonly askQuery: (endpoint: string, service: string, input: Record<string, string>) => Promise<string>;
  readonly close: () => void;
}

export function createAwsClient({ account, region }: Registry): AwsClient {
  const agent = new Agent({ keepAlive: true });

  function ask(
    endpoint: string,
    service: string,
    headers: Record<string, string>,
    body: string,
  ): Promise<string> {
    // The local services read the credential scope and check no signature.
    const authorization = `AWS4-HMAC-SHA256 Credential=${account}/20000101/${region}/${service}/aws4_request, SignedHeaders=host;x-amz-date, Signature=0`;
    return new Promise((resolve, reject) => {
      const sent = request(
        endpoint,
        { method: 'POST', agent, headers: { ...headers, authorization, 'x-amz-date': '20000101T000000Z' } },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if (response.statusCode === 200) resolve(text);
            else reject(new Error(`${service} answered ${response.statusCode}: ${text}`));
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  return {
    askJson: async (endpoint, service, target, input) => {
      const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target };
      const answer: unknown = JSON.parse(
        (await ask(endpoint, service, headers, JSON.stringify(input))) || '{}',
      );
      return answer;
    },
    askQuery: (endpoint, service, input) => {
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return ask(endpoint, service, headers, new URLSearchParams(input).toString());
    },
    close: () => agent.destroy(),
  };
}
