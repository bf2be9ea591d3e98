// The alarms: each on a metric that is really published, each saying what to do, none that nobody hears of.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { everyOption } from './options.ts';
import { type Packaged, packageCopy } from './package.ts';
import { awaited, isUnknown, type MetricUsed, setsOf } from './published.ts';
import { readSpoke } from './spoke.ts';
import { account, functionsOf, region, resourcesOf, type Template, the, withParameters } from './template.ts';

interface Metric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: string }[];
}

interface Alarm extends Partial<Metric> {
  readonly AlarmName?: string;
  readonly AlarmDescription: string;
  readonly Metrics?: readonly { readonly Id: string; readonly MetricStat?: { readonly Metric: Metric } }[];
  readonly AlarmActions: readonly string[];
  readonly OKActions: readonly string[];
  readonly Threshold: number | string;
  readonly TreatMissingData: string;
}

const topic = `arn:aws:sns:${region}:${account}:AlertTopic`;

let packaged: Packaged;
let template: Template;

beforeAll(async () => {
  packaged = await packageCopy();
  template = withParameters(packaged.template, everyOption);
});
afterAll(() => packaged?.remove());

function alarms(of = template): ReadonlyMap<string, Alarm> {
  return resourcesOf<Alarm>(of, 'AWS::CloudWatch::Alarm');
}

function metricsOf({ Namespace, MetricName, Dimensions = [], Metrics = [] }: Alarm): readonly Metric[] {
  const own =
    Namespace === undefined || MetricName === undefined ? [] : [{ Namespace, MetricName, Dimensions }];
  return [
    ...own,
    ...Metrics.flatMap(({ MetricStat }) => (MetricStat === undefined ? [] : [MetricStat.Metric])),
  ];
}

function used({ Namespace, MetricName, Dimensions = [] }: Metric): MetricUsed {
  return { namespace: Namespace, name: MetricName, dimensions: Dimensions.map(({ Name }) => Name) };
}

const spoke = withParameters(readSpoke(), {
  HubAccountId: '999999999999',
  HubRegion: region,
  AlarmTopicArn: topic,
});

describe('every alarm', () => {
  it('is on metrics that are published, under just those dimensions', () => {
    const every = [...alarms().values(), ...alarms(spoke).values()].flatMap(metricsOf);
    expect(every.length).toBeGreaterThan(10);
    expect(every.map(used).filter(isUnknown)).toEqual([]);
  });

  it('is on a queue or a function of the stack, where it is on one', () => {
    const queues = [...resourcesOf(template, 'AWS::SQS::Queue').keys()];
    const functions = [...resourcesOf(template, 'AWS::Lambda::Function').keys()];
    const values = [...alarms().values()].flatMap(metricsOf).flatMap(({ Dimensions = [] }) => Dimensions);
    for (const { Name, Value } of values) {
      expect(Name === 'QueueName' ? queues : functions, `${Name} ${Value}`).toContain(Value);
    }
  });

  it('says what to do, in words that CloudWatch keeps whole', () => {
    for (const [id, { AlarmDescription }] of [...alarms(), ...alarms(spoke)]) {
      expect(AlarmDescription, id).toMatch(/ What to do: \w/);
      expect(AlarmDescription, id).not.toContain('${');
      // "PutMetricAlarm"
      expect(AlarmDescription.length, id).toBeLessThan(1024);
    }
  });

  it('is told to the topic when it is raised and when it is over', () => {
    for (const [id, { AlarmActions, OKActions }] of alarms()) {
      expect([AlarmActions, OKActions], id).toEqual([[topic], [topic]]);
    }
  });

  it('has a name of its own, by which the dashboard knows it', () => {
    const names = [...alarms().values()].map(({ AlarmName }) => AlarmName);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^ecr-replication-monitor-prod-[a-z-]+$/);
  });
});

describe('there is an alarm', () => {
  const on = (namespace: string, metric: string) =>
    [...alarms().values()]
      .flatMap(metricsOf)
      .filter((one) => one.Namespace === namespace && one.MetricName === metric);
  const valuesOf = (metrics: readonly Metric[]) =>
    metrics.flatMap(({ Dimensions = [] }) => Dimensions.map(({ Value }) => Value)).sort();

  it('on each queue of dead letters', () => {
    const letters = [...resourcesOf<{ RedrivePolicy?: object }>(template, 'AWS::SQS::Queue')]
      .filter(([, { RedrivePolicy }]) => RedrivePolicy === undefined)
      .map(([id]) => id);
    expect(valuesOf(on('AWS/SQS', 'ApproximateNumberOfMessagesVisible'))).toEqual(letters.sort());
  });

  it('on the age of each queue that a function reads', () => {
    expect(valuesOf(on('AWS/SQS', 'ApproximateAgeOfOldestMessage'))).toEqual([
      'ImageActionQueue',
      'ReplicationActionQueue',
      'SweepQueue',
    ]);
  });

  it('on the errors of each function', () => {
    const ids = [...functionsOf(template).values()].map(({ id }) => id);
    expect(valuesOf(on('AWS/Lambda', 'Errors'))).toEqual(ids.sort());
  });

  it('on throttling, where something runs each minute', () => {
    expect(valuesOf(on('AWS/Lambda', 'Throttles'))).toEqual([the(functionsOf(template), 'follow-up').id]);
  });

  it('on silence: no sign of life is the worst of signs', () => {
    expect(the(alarms(), 'SilenceAlarm')).toMatchObject({
      MetricName: 'Heartbeat',
      TreatMissingData: 'breaching',
    });
  });

  it('on lag above the deadline that the functions go by, unless it is switched off', () => {
    const of = (values: Readonly<Record<string, string>>) =>
      alarms(withParameters(packaged.template, values));
    expect(of({ DeadlineMinutes: '12.5' }).get('LagAboveDeadlineAlarm')?.Threshold).toBe('12.5');
    expect(of({ LagAlarm: 'off' }).has('LagAboveDeadlineAlarm')).toBe(false);
  });
});

describe('what alarms wait for', () => {
  it('is not there yet, and no longer to be waited for when it is', () => {
    expect(awaited.filter((name) => setsOf(name).some((set) => set.length === 0))).toEqual([]);
  });
});
