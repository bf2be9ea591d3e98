/** The environment of the functions: what has to be set, what need not be, and every fault at once. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Config, environmentKeys, loadConfig } from '../lib/config.ts';
import { defaultNoticePolicy } from '../lib/incident/notice.ts';
import { deadlineFor, defaultPolicy } from '../lib/replication/policy.ts';
import { strangeText } from './arbitraries.ts';

const environment = {
  INCIDENTS_TABLE: 'incidents',
  ALERT_TOPIC_ARN: 'arn:aws:sns:us-east-1:111122223333:alerts',
  IMAGE_ACTION_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/image-action',
  REPLICATION_ACTION_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/replication-action',
};

function load(change: Record<string, string | undefined>, functionName = 'image-action'): Config {
  const config = loadConfig({ ...environment, ...change }, functionName);
  if (!config.ok) throw new Error(config.fault);
  return config.value;
}

function faultOf(change: Record<string, string | undefined>, functionName = 'image-action'): string {
  const config = loadConfig({ ...environment, ...change }, functionName);
  return config.ok ? 'no fault' : config.fault;
}

describe('the configuration', () => {
  it('has defaults for all but names and addresses', () => {
    expect(load({})).toMatchObject({
      incidentsTable: 'incidents',
      alertTopicArn: environment.ALERT_TOPIC_ARN,
      hub: { account: '111122223333', region: 'us-east-1' },
      queueUrl: environment.IMAGE_ACTION_QUEUE_URL,
      policies: { looks: defaultPolicy, notices: defaultNoticePolicy },
    });
  });

  it.each([
    ['image-action', environment.IMAGE_ACTION_QUEUE_URL],
    ['replication-action', environment.REPLICATION_ACTION_QUEUE_URL],
    ['follow-up', undefined],
  ])('of %s has the queue that it reads from, and no other', (functionName, queueUrl) => {
    expect(load({}, functionName).queueUrl).toBe(queueUrl);
  });

  it('of the sweep has its queue, its budget and its registries', () => {
    const change = {
      SWEEP_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/111122223333/sweep',
      SOURCE_REGISTRIES: '111122223333/us-east-1, 444455556666/eu-west-1',
    };
    expect(load(change, 'sweep')).toMatchObject({
      queueUrl: change.SWEEP_QUEUE_URL,
      sweepCallsPerSecond: 10,
      sourceRegistries: [
        { account: '111122223333', region: 'us-east-1' },
        { account: '444455556666', region: 'eu-west-1' },
      ],
    });
    expect(load({ ...change, SWEEP_CALLS_PER_SECOND: '0.5' }, 'sweep-repository').sweepCallsPerSecond).toBe(
      0.5,
    );
    expect(load(change, 'follow-up').sweepCallsPerSecond).toBe(undefined);
  });

  it.each([
    ['SOURCE_REGISTRIES', 'us-east-1', 'is not a registry'],
    ['SOURCE_REGISTRIES', '111122223333/us-east-1,111122223333/us-east-1', 'is given twice'],
    ['SWEEP_CALLS_PER_SECOND', '0', 'is not a number of calls a second from 0.1 to 1000'],
    ['SWEEP_CALLS_PER_SECOND', 'many', 'is not a number of calls a second from 0.1 to 1000'],
    ['SWEEP_QUEUE_URL', '', 'SWEEP_QUEUE_URL is not set'],
  ])('of the sweep names a fault of %s: %s', (key, value, fault) => {
    const change = { SWEEP_QUEUE_URL: 'https://queue', [key]: value };
    expect(faultOf(change, 'sweep')).toContain(fault);
  });

  it('of a function without a queue needs none', () => {
    const without = { IMAGE_ACTION_QUEUE_URL: undefined, REPLICATION_ACTION_QUEUE_URL: undefined };
    expect(faultOf(without, 'follow-up')).toBe('no fault');
  });

  it('knows from its topic where it runs', () => {
    const change = { ALERT_TOPIC_ARN: 'arn:aws-us-gov:sns:us-gov-west-1:444455556666:ecr-alerts_1' };
    expect(load(change).hub).toEqual({ account: '444455556666', region: 'us-gov-west-1' });
  });

  it.each([
    ['10', 600],
    ['0.05', 3],
    ['10080', 604_800],
    [' 45 ', 2_700],
    ['', 1_800],
  ])('has a deadline of %j minutes', (minutes, seconds) => {
    expect(load({ DEADLINE_MINUTES: minutes }).policies.looks.deadlineSeconds).toBeCloseTo(seconds);
  });

  it('has other deadlines by repository prefix', () => {
    const { looks } = load({ DEADLINES_BY_PREFIX: 'prod/=10, batch/=120,, sandbox/=ignore,' }).policies;
    const deadlines = ['prod/api', 'batch/x', 'sandbox/y', 'other'].map((name) => deadlineFor(looks, name));
    expect(deadlines).toEqual([600, 7_200, 'ignore', 1_800]);
  });

  it('reads registries of other accounts under a role, if one is named', () => {
    expect(load({ READ_ROLE_NAME: 'reader' }).readRole).toEqual({ name: 'reader' });
    expect(load({ READ_ROLE_NAME: 'reader', READ_ROLE_EXTERNAL_ID: 'id' }).readRole).toEqual({
      name: 'reader',
      externalId: 'id',
    });
    expect(load({})).not.toHaveProperty('readRole');
  });

  it('knows where images may go, if anybody says so', () => {
    const change = { ALLOWED_DESTINATIONS: 'eu-west-1, 444455556666/eu-west-2' };
    expect(load(change, 'follow-up').allowedDestinations).toEqual(['eu-west-1', '444455556666/eu-west-2']);
    expect(load(change, 'image-action')).not.toHaveProperty('allowedDestinations');
    expect(load({}, 'follow-up')).not.toHaveProperty('allowedDestinations');
  });
});

describe('other topics', () => {
  const critical = 'arn:aws:sns:us-east-1:111122223333:on-call';
  const team = 'arn:aws:sns:us-east-1:444455556666:team';

  it('are known by severity and by repository prefix, in the order of the parameter', () => {
    const topics = `severity:critical=${critical}, prefix:prod/=${team},,`;
    expect(load({ ALERT_TOPICS: topics }).alertRoutes).toEqual([
      { by: 'severity', severity: 'critical', topicArn: critical },
      { by: 'prefix', prefix: 'prod/', topicArn: team },
    ]);
  });

  it.each([undefined, '', ' , '])('are none when the parameter is %j', (topics) => {
    expect(load({ ALERT_TOPICS: topics })).not.toHaveProperty('alertRoutes');
  });
});

describe('repositories with metrics of their own', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['prod/', ['prod/']],
    [' prod/, team/api ,,', ['prod/', 'team/api']],
  ])('are, of %j, %j', (prefixes, byRepository) => {
    expect(load({ METRICS_BY_REPOSITORY: prefixes }).policies.metrics).toEqual({ byRepository });
  });
});

describe('a fault of the configuration', () => {
  it.each([
    ['DEADLINE_MINUTES', 'soon', '"soon" is not a number of minutes above 0 and at most 10080'],
    ['DEADLINE_MINUTES', '0', '"0" is not a number of minutes above 0 and at most 10080'],
    ['DEADLINE_MINUTES', '-5', '"-5" is not a number of minutes above 0 and at most 10080'],
    ['DEADLINE_MINUTES', '1e3', '"1e3" is not a number of minutes above 0 and at most 10080'],
    ['DEADLINE_MINUTES', '10081', '"10081" is not a number of minutes above 0 and at most 10080'],
    ['DEADLINES_BY_PREFIX', 'prod/', '"prod/": "" is not a number of minutes above 0 and at most 10080'],
    ['DEADLINES_BY_PREFIX', '=10', '"=10" is not PREFIX=MINUTES or PREFIX=ignore'],
    ['DEADLINES_BY_PREFIX', 'a=1=2', '"a=1=2" is not PREFIX=MINUTES or PREFIX=ignore'],
    [
      'DEADLINES_BY_PREFIX',
      'a=never',
      '"a=never": "never" is not a number of minutes above 0 and at most 10080',
    ],
    ['ALERT_TOPIC_ARN', 'alerts', '"alerts" is not the ARN of an SNS topic'],
    [
      'ALERT_TOPIC_ARN',
      'arn:aws:sqs:us-east-1:111122223333:alerts',
      '"arn:aws:sqs:us-east-1:111122223333:alerts" is not the ARN of an SNS topic',
    ],
    ['ALERT_TOPICS', 'all=x', '"all=x" is not severity:NAME=ARN or prefix:PREFIX=ARN'],
    ['ALERT_TOPICS', 'severity:critical=x', '"x" is not the ARN of an SNS topic'],
    [
      'ALERT_TOPICS',
      'severity:loud=arn:aws:sns:us-east-1:111122223333:a',
      '"loud" is no severity of a fault (critical, warning)',
    ],
    [
      'ALERT_TOPICS',
      'prefix:Prod=arn:aws:sns:us-east-1:111122223333:a',
      '"Prod" begins no repository\'s name',
    ],
    [
      'ALERT_TOPICS',
      'prefix:prod=arn:aws:sns:eu-west-1:111122223333:a',
      '"arn:aws:sns:eu-west-1:111122223333:a" is not in us-east-1, and SNS publishes within one Region',
    ],
  ])('names the key and the value: %s=%s', (key, value, fault) => {
    expect(faultOf({ [key]: value })).toBe(`configuration: ${key}: ${fault}`);
  });

  it.each([
    ['Ireland', '"Ireland" is neither a Region nor ACCOUNT/REGION'],
    ['eu-west-1,1111/eu-west-2', '"1111/eu-west-2" is neither a Region nor ACCOUNT/REGION'],
    ['111122223333', '"111122223333" is neither a Region nor ACCOUNT/REGION'],
    ['eu-*', '"eu-*" is neither a Region nor ACCOUNT/REGION'],
  ])('names the destination that nobody could mean: ALLOWED_DESTINATIONS=%s', (value, fault) => {
    for (const name of ['follow-up', 'config-watch'])
      expect(faultOf({ ALLOWED_DESTINATIONS: value }, name)).toBe(
        `configuration: ALLOWED_DESTINATIONS: ${fault}`,
      );
    expect(faultOf({ ALLOWED_DESTINATIONS: value }, 'image-action')).toBe('no fault');
  });

  it.each(['INCIDENTS_TABLE', 'ALERT_TOPIC_ARN', 'IMAGE_ACTION_QUEUE_URL'] as const)(
    'says what %s is when it is not set, or blank',
    (key) => {
      const fault = `configuration: ${key} is not set (${environmentKeys[key].meaning})`;
      expect(faultOf({ [key]: undefined })).toBe(fault);
      expect(faultOf({ [key]: '  ' })).toBe(fault);
    },
  );

  it('comes with all the others, so that a deployment is corrected once', () => {
    const fault = faultOf({
      INCIDENTS_TABLE: undefined,
      ALERT_TOPIC_ARN: 'x',
      DEADLINE_MINUTES: 'y',
      DEADLINES_BY_PREFIX: 'z',
      ALERT_TOPICS: 'a',
    });
    expect(fault.split('; ').map((text) => text.replace(/^configuration: /, '').split(/[ :]/)[0])).toEqual([
      'INCIDENTS_TABLE',
      'DEADLINE_MINUTES',
      'DEADLINES_BY_PREFIX',
      'ALERT_TOPIC_ARN',
      'ALERT_TOPICS',
    ]);
  });

  it('is a value, whatever the environment holds', () => {
    const keys = Object.keys(environmentKeys);
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...keys), strangeText),
        fc.constantFrom('image-action', 'follow-up', 'toString'),
        (values, functionName) => {
          const config = loadConfig(values, functionName);
          if (!config.ok) expect(config.fault).toMatch(/^configuration: [^\n\r]+$/);
        },
      ),
    );
  });
});

describe('the table of environment keys', () => {
  it.each(Object.entries(environmentKeys))('says in a few words what %s means', (key, { meaning }) => {
    expect(key).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    expect(meaning).toMatch(/^[^.]{10,}$/);
  });
});
