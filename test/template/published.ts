// Which metrics there really are: what the monitor's catalogue says, and what AWS services publish of what the stack uses.
import {
  type MetricDescription,
  type MetricName,
  metricCatalogue,
  metricNamespace,
} from '../../lib/metric/catalogue.ts';

export interface MetricUsed {
  readonly namespace: string;
  readonly name: string;
  /** Names of its dimensions. */
  readonly dimensions: readonly string[];
}

/** Each service's metrics, and the one set of dimensions that the templates ask for them by. */
const ofServices: Readonly<
  Record<string, { readonly dimension: string; readonly names: readonly string[] }>
> = {
  // "Available CloudWatch metrics for Amazon SQS"
  'AWS/SQS': {
    dimension: 'QueueName',
    names: [
      'ApproximateAgeOfOldestMessage',
      'ApproximateNumberOfMessagesDelayed',
      'ApproximateNumberOfMessagesNotVisible',
      'ApproximateNumberOfMessagesVisible',
    ],
  },
  // "Types of metrics for Lambda functions"
  'AWS/Lambda': { dimension: 'FunctionName', names: ['Duration', 'Errors', 'Throttles'] },
};

/**
 * What an alarm needs and the catalogue does not have yet: a metric over all its dimensions, since an alarm cannot
 * search. A test fails as soon as one of them is there, so that this list can only become shorter.
 */
export const awaited: readonly MetricName[] = [];

/** The sets of dimensions that a metric of the monitor is published under. */
export function setsOf(name: MetricName): readonly (readonly string[])[] {
  const { dimensions, total }: MetricDescription & { readonly total?: boolean } = metricCatalogue[name];
  return total === true ? [dimensions, []] : [dimensions];
}

/** Nobody publishes it: an alarm on it would never be raised, a graph of it stay empty. */
export function isUnknown({ namespace, name, dimensions }: MetricUsed): boolean {
  const service = ofServices[namespace];
  if (service !== undefined) {
    return !service.names.includes(name) || dimensions.join() !== service.dimension;
  }
  if (namespace !== metricNamespace || !isMetricName(name)) return true;
  if (dimensions.length === 0 && awaited.includes(name)) return false;
  return !setsOf(name).some((set) => [...set].sort().join() === [...dimensions].sort().join());
}

function isMetricName(name: string): name is MetricName {
  return Object.hasOwn(metricCatalogue, name);
}
