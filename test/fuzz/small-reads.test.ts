/** What `doctor` asks of a deployed monitor, and where the webhook is read, by an AWS that answers garbage. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudWatchClient, snsClient, ssmClient } from '../../lib/aws/clients.ts';
import { doctorPorts } from '../../lib/aws/deployed.ts';
import { parameterReader } from '../../lib/aws/parameter.ts';
import { bodyOf, expectTheirs, isRecord, mishapsOf, useGarbageAws } from './against-garbage.ts';
import type { WellFormed } from './garbage-aws.ts';
import { runs, timeFor } from './runs.ts';

const garbageAws = useGarbageAws();

const topic = 'arn:aws:sns:us-east-1:111122223333:alerts';
const secret = 'https://hooks.slack.com/services/T0000/B0000/secret';

const entry = (key: string, value: string): string =>
  `<entry><key>${key}</key><value>${value}</value></entry>`;

/** As query protocols answer. */
const xmlOf = (operation: string, inner: string): string =>
  `<${operation}Response><${operation}Result>${inner}</${operation}Result></${operation}Response>`;

const answers: WellFormed = ({ operation }) => {
  switch (operation) {
    case 'GetMetricStatistics':
      return { Label: 'Heartbeat', Datapoints: [{ Timestamp: 1, Sum: 7, Unit: 'Count' }, { Sum: 8 }] };
    case 'GetTopicAttributes': {
      const counts = entry('SubscriptionsConfirmed', '2') + entry('SubscriptionsPending', '1');
      return xmlOf(operation, `<Attributes>${counts}</Attributes>`);
    }
    case 'GetCallerIdentity':
      return xmlOf(operation, '<Account>111122223333</Account>');
    case 'GetParameter':
      return { Parameter: { Name: '/ops/slack', Value: secret } };
    default:
      return {};
  }
};

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

function bodiesOf(operation: string): readonly string[] {
  return garbageAws()
    .exchanges()
    .flatMap((one) => (one.operation === operation && one.answer?.status === 200 ? [one.answer.body] : []));
}

describe('what doctor asks, by an AWS that answers garbage,', () => {
  it('is as it is said when all is well', async () => {
    garbageAws().begin(new Map(), answers);
    const ports = doctorPorts(cloudWatchClient(), snsClient());
    expect(await ports.readHeartbeats(0, 1)).toEqual({ is: 'read', value: 15 });
    expect(await ports.readSubscribers(topic)).toEqual({ is: 'read', value: { confirmed: 2, pending: 1 } });
    expect(await ports.readRegion('eu-west-1')).toEqual({ is: 'read', value: 'enabled' });
  });

  it(
    'is read only from answers that say it, and is a number where it is one',
    async () => {
      const names = ['monitoring.GetMetricStatistics', 'sns.GetTopicAttributes', 'sts.GetCallerIdentity'];
      await fc.assert(
        fc.asyncProperty(mishapsOf(names), async (mishaps) => {
          garbageAws().begin(mishaps, answers);
          const ports = doctorPorts(cloudWatchClient(), snsClient());
          const beats = await ports.readHeartbeats(0, 1);
          if (beats.is === 'read') {
            expect(Number.isFinite(beats.value) && beats.value >= 0, String(beats.value)).toBe(true);
            const lists = bodiesOf('GetMetricStatistics').map((body) => bodyOf({ status: 200, body }));
            expect(lists.some((one) => isRecord(one) && Array.isArray(one['Datapoints']))).toBe(true);
          }
          const subscribers = await ports.readSubscribers(topic);
          if (subscribers.is === 'read' && subscribers.value !== 'absent') {
            const { confirmed, pending } = subscribers.value;
            expect([isCount(confirmed), isCount(pending)]).toEqual([true, true]);
            expect(bodiesOf('GetTopicAttributes').join('')).toContain('SubscriptionsConfirmed');
          }
          const region = await ports.readRegion('eu-west-1');
          if (region.is === 'read' && region.value === 'enabled')
            expect(bodiesOf('GetCallerIdentity').join('')).toContain('111122223333');
        }),
        runs(100),
      );
    },
    timeFor(100),
  );
});

describe('the parameter with the webhook, by an SSM that answers garbage,', () => {
  it(
    'is what an answer held, or a fault that does not hold it',
    async () => {
      await fc.assert(
        fc.asyncProperty(mishapsOf(['ssm.GetParameter']), async (mishaps) => {
          garbageAws().begin(mishaps, answers);
          const read = parameterReader(ssmClient(), '/ops/slack');
          const value = await read('fresh').catch((fault: unknown) => {
            expectTheirs(fault);
            expect(String(fault)).not.toContain('secret');
            return undefined;
          });
          if (value === undefined) return;
          const held = bodiesOf('GetParameter').flatMap((body) => {
            const answer = bodyOf({ status: 200, body });
            const parameter = isRecord(answer) ? answer['Parameter'] : undefined;
            return isRecord(parameter) ? [parameter['Value']] : [];
          });
          expect(value).not.toBe('');
          expect(held.map((one) => (typeof one === 'string' ? one.trim() : one))).toContain(value);
        }),
        runs(40),
      );
    },
    timeFor(40),
  );
});
