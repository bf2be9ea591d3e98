/** Peer of a cold start: a function of nothing but the same SDK clients and calls, with the SDK's whole credential chain. */

import type { SeenCall } from '../../security/gate.ts';
import type { Service } from '../kit/first-events.ts';
import { textOfInput } from './recorded-input.ts';
import { waitForAll } from './side-by-side.ts';

const clients: { readonly [S in Service]: string } = {
  ecr: 'ECRClient',
  cloudwatch: 'CloudWatchClient',
  dynamodb: 'DynamoDBClient',
  sns: 'SNSClient',
  sqs: 'SQSClient',
  ssm: 'SSMClient',
  sts: 'STSClient',
};

/**
 * Its source: the clients made while the module loads, as most functions do, the calls made by the first event.
 * `home`: the Region of the function; another one has a client of its own, made when it is first called.
 */
export function sourceOfSdkFunction(
  services: readonly Service[],
  groups: readonly (readonly SeenCall[])[],
  home: string,
): string {
  const calls = groups.flat();
  const regions = new Map(
    calls
      .filter(({ region }) => region !== home)
      .map((call) => [clientOf(call, home), `new ${clients[serviceOf(call)]}({ region: '${call.region}' })`]),
  );
  return [
    ...services.map((service) => {
      const operations = calls
        .filter((call) => serviceOf(call) === service)
        .map(({ operation }) => operation);
      const commands = [...new Set(operations)].map((operation) => `${operation}Command`);
      return `import { ${[clients[service], ...commands].join(', ')} } from '@aws-sdk/client-${service}';`;
    }),
    'const table = process.env.INCIDENTS_TABLE;',
    // The queue's URL names it; where to send is the endpoint's business, as for every other service.
    ...services.map(
      (service) =>
        `const ${service} = new ${clients[service]}(${service === 'sqs' ? '{ useQueueUrlAsEndpoint: false }' : '{}'});`,
    ),
    `globalThis.made = [${services.join(', ')}];`,
    'export async function handler() {',
    ...[...regions].map(([name, made]) => `  const ${name} = ${made};`),
    ...groups.map((group) =>
      waitForAll(
        group.map(
          (call) =>
            `${clientOf(call, home)}.send(new ${call.operation}Command(${textOfInput(call)}))${ifRefused(call)}`,
        ),
      ),
    ),
    // What a function of Slack does besides.
    "  if (process.env.WEBHOOK) await fetch(process.env.WEBHOOK, { method: 'POST', body: '{}' });",
    '  return {};',
    '}',
  ].join('\n');
}

/** What was refused is what the function reckons with: that there is no such thing, or that it is there already. */
function ifRefused({ status = 200 }: SeenCall): string {
  return status < 400 ? '' : '.catch(() => {})';
}

function serviceOf({ service }: SeenCall): Service {
  const known = service === 'monitoring' ? 'cloudwatch' : service;
  if (!Object.hasOwn(clients, known)) throw new Error(`the SDK's client for ${service} is not known here`);
  return known as Service;
}

function clientOf(call: SeenCall, home: string): string {
  const service = serviceOf(call);
  return call.region === home ? service : `${service}_${call.region.replaceAll('-', '_')}`;
}
