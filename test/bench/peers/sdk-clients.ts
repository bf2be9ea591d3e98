/** Peer of a cold start: a function of nothing but the same SDK clients and calls, with the SDK's whole credential chain. */

import type { Call, FirstEvent, Service } from '../kit/first-events.ts';

const clients: { readonly [S in Service]: string } = {
  ecr: 'ECRClient',
  cloudwatch: 'CloudWatchClient',
  dynamodb: 'DynamoDBClient',
  sns: 'SNSClient',
  sqs: 'SQSClient',
  ssm: 'SSMClient',
  sts: 'STSClient',
};

/** Its source: the clients made while the module loads, as most functions do, the calls made by the first event. */
export function sourceOfSdkFunction({ clients: services, calls }: FirstEvent): string {
  const commands = (service: Service): readonly string[] => [
    ...new Set(
      calls.filter((call) => call.service === service).map(({ operation }) => `${operation}Command`),
    ),
  ];
  const imports = services.map(
    (service) =>
      `import { ${[clients[service], ...commands(service)].join(', ')} } from '@aws-sdk/client-${service}';`,
  );
  return [
    ...imports,
    // The queue's URL names it; where to send is the endpoint's business, as for every other service.
    ...services.map(
      (service) =>
        `const ${service} = new ${clients[service]}(${service === 'sqs' ? '{ useQueueUrlAsEndpoint: false }' : '{}'});`,
    ),
    `globalThis.made = [${services.join(', ')}];`,
    'export async function handler() {',
    ...calls.map(
      (call) =>
        `  await ${clientOf(call)}.send(new ${call.operation}Command(${JSON.stringify(call.input)}));`,
    ),
    '  return {};',
    '}',
  ].join('\n');
}

function clientOf({ service, region }: Call): string {
  return region === undefined ? service : `new ${clients[service]}({ region: '${region}' })`;
}
