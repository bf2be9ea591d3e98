/** The environment of the functions → Config; every fault is named at once, so that a deployment is corrected once. */

import { parseRoutes, type Route } from './alert/route.ts';
import type { Registry } from './image/registry.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import { defaultPolicies, type Policies } from './policies.ts';
import {
  parseCallsPerSecond,
  parseDeadlines,
  parseDestinations,
  parseMinutes,
  parsePrefixes,
  parseReadRole,
  parseRegistries,
  parseRepair,
  parseTopicArn,
  type ReadRole,
} from './setting.ts';
import type { RepairMode } from './sweep/repair.ts';

interface EnvironmentKey {
  readonly meaning: string;
  /** Absent: the key must be set. */
  readonly fallback?: string;
  /** Absent: every function reads it. */
  readonly only?: readonly string[];
}

/** Every key that the functions read, besides AWS's own. Public API: see README and CHANGELOG. */
export const environmentKeys = {
  INCIDENTS_TABLE: { meaning: 'name of the DynamoDB table of incidents and notices' },
  ALERT_TOPIC_ARN: { meaning: 'ARN of the SNS topic that notices are published to' },
  ALERT_TOPICS: {
    meaning:
      'other topics by severity or repository prefix: severity:critical=ARN,prefix:prod/=ARN; the default topic gets the rest',
    fallback: '',
  },
  IMAGE_ACTION_QUEUE_URL: { meaning: 'URL of the queue of pushes', only: ['image-action'] },
  REPLICATION_ACTION_QUEUE_URL: {
    meaning: 'URL of the queue of reported arrivals and failures',
    only: ['replication-action'],
  },
  DEADLINE_MINUTES: { meaning: 'minutes from push to report; decimals allowed', fallback: '30' },
  DEADLINES_BY_PREFIX: {
    meaning: 'other deadlines by repository prefix: prod/=10,batch/=120,sandbox/=ignore',
    fallback: '',
  },
  READ_ROLE_NAME: {
    meaning:
      'name of the role that the monitor assumes to read registries of other accounts; none: its own role',
    fallback: '',
  },
  READ_ROLE_EXTERNAL_ID: { meaning: 'external id that this role asks for', fallback: '' },
  METRICS_BY_REPOSITORY: {
    meaning:
      'repository prefixes, comma-separated, that get metrics of their own; CloudWatch bills each repository',
    fallback: '',
  },
  ALLOWED_DESTINATIONS: {
    meaning: 'Regions, or ACCOUNT/REGION, that images may be replicated to; any other is an incident at once',
    fallback: '',
    only: ['follow-up', 'config-watch', 'repair'],
  },
  SOURCE_REGISTRIES: {
    meaning: "registries that are swept, ACCOUNT/REGION, comma-separated; none: the hub's own",
    fallback: '',
    only: ['sweep', 'follow-up', 'backfill', 'repair', 'settings', 'manifests'],
  },
  SWEEP_QUEUE_URL: {
    meaning: 'URL of the queue of repositories to sweep',
    only: ['sweep', 'sweep-repository'],
  },
  SWEEP_CALLS_PER_SECOND: {
    meaning: 'ECR calls a second that sweeps may make to one registry, all functions together',
    fallback: '10',
    only: ['sweep', 'sweep-repository', 'settings', 'manifests'],
  },
  REPAIR: {
    meaning:
      'backfill: a destination with missing images gets a replication backfill, one a day; stop: what was started so is stopped; off',
    fallback: 'off',
    only: ['repair'],
  },
  MANIFESTS_ROLE_ARN: {
    meaning: 'ARN of the role that reads manifests, whose pulls are to leave no trace',
    only: ['manifests'],
  },
  SLACK_WEBHOOK_PARAMETER: {
    meaning: "name of the SSM SecureString parameter that holds the Slack webhook's address",
    only: ['slack'],
  },
} as const satisfies Record<string, EnvironmentKey>;

type Key = keyof typeof environmentKeys;

export interface Config {
  readonly incidentsTable: string;
  readonly alertTopicArn: string;
  /** Topics that get notices instead of the default one, or besides it. */
  readonly alertRoutes?: readonly Route[];
  /** Where the monitor itself runs, and so its own registry. */
  readonly hub: Registry;
  /** How registries of other accounts are read. */
  readonly readRole?: ReadRole;
  /** Registries that are swept; absent: the hub's own. */
  readonly sourceRegistries?: readonly Registry[];
  /** ECR calls a second to one registry, all functions of the sweep together; absent: this function is none of them. */
  readonly sweepCallsPerSecond?: number;
  /** Whether missing images are copied again; absent: this function does not repair. */
  readonly repair?: RepairMode;
  /** Whose pulls are to leave no trace; only the function that reads manifests has it. */
  readonly manifestsRoleArn?: string;
  /** Where images may be replicated to; absent: anywhere. */
  readonly allowedDestinations?: readonly string[];
  /** The queue that the function sends to; all but `sweep` read from it as well. Only functions with a queue have one. */
  readonly queueUrl?: string;
  readonly policies: Policies;
}

/** No function has more than one. */
const queueKeys = ['IMAGE_ACTION_QUEUE_URL', 'REPLICATION_ACTION_QUEUE_URL', 'SWEEP_QUEUE_URL'] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the configuration of one function, by the name of its file. */
export function loadConfig(environment: Environment, functionName: string): Parsed<Config> {
  const faults: string[] = [];
  const values = new Map<Key, string>();
  for (const [key, { only, fallback }] of Object.entries<EnvironmentKey>(environmentKeys) as [
    Key,
    EnvironmentKey,
  ][]) {
    if (only !== undefined && !only.includes(functionName)) continue;
    const value = environment[key]?.trim() || fallback;
    if (value === undefined) faults.push(`${key} is not set (${environmentKeys[key].meaning})`);
    else values.set(key, value);
  }
  const value = (key: Key): string => values.get(key) ?? '';
  const take = <T>(key: Key, result: Parsed<T>, otherwise: T): T => {
    if (result.ok) return result.value;
    faults.push(`${key}: ${result.fault}`);
    return otherwise;
  };

  const deadlineSeconds = take('DEADLINE_MINUTES', parseMinutes(value('DEADLINE_MINUTES')), 0);
  const byPrefix = take('DEADLINES_BY_PREFIX', parseDeadlines(value('DEADLINES_BY_PREFIX')), []);
  // SNS: a topic and who publishes to it are in one Region, so the topic says where the monitor runs.
  const nowhere = { account: '', region: '' };
  const hub = values.has('ALERT_TOPIC_ARN')
    ? take('ALERT_TOPIC_ARN', parseTopicArn(value('ALERT_TOPIC_ARN')), nowhere)
    : nowhere;
  const hubRegion = hub.region === '' ? undefined : hub.region;
  const routes = take('ALERT_TOPICS', parseRoutes(value('ALERT_TOPICS'), hubRegion), []);
  const readRole = take(
    'READ_ROLE_NAME',
    parseReadRole(value('READ_ROLE_NAME'), value('READ_ROLE_EXTERNAL_ID')),
    undefined,
  );
  const allowed = take('ALLOWED_DESTINATIONS', parseDestinations(value('ALLOWED_DESTINATIONS')), []);
  const sources = take('SOURCE_REGISTRIES', parseRegistries(value('SOURCE_REGISTRIES')), []);
  const callsPerSecond = values.has('SWEEP_CALLS_PER_SECOND')
    ? take('SWEEP_CALLS_PER_SECOND', parseCallsPerSecond(value('SWEEP_CALLS_PER_SECOND')), 0)
    : undefined;
  const repair = values.has('REPAIR') ? take('REPAIR', parseRepair(value('REPAIR')), 'off') : undefined;
  const manifestsRoleArn = values.get('MANIFESTS_ROLE_ARN');
  const metricsOf = take('METRICS_BY_REPOSITORY', parsePrefixes(value('METRICS_BY_REPOSITORY')), []);
  if (faults.length > 0) return fault(`configuration: ${faults.join('; ')}`);
  const queueUrl = queueKeys.map((key) => values.get(key)).find((url) => url !== undefined);
  return parsed({
    incidentsTable: value('INCIDENTS_TABLE'),
    alertTopicArn: value('ALERT_TOPIC_ARN'),
    hub,
    ...(queueUrl === undefined ? {} : { queueUrl }),
    ...(routes.length === 0 ? {} : { alertRoutes: routes }),
    ...(readRole === undefined ? {} : { readRole }),
    ...(allowed.length === 0 ? {} : { allowedDestinations: allowed }),
    ...(sources.length === 0 ? {} : { sourceRegistries: sources }),
    ...(callsPerSecond === undefined ? {} : { sweepCallsPerSecond: callsPerSecond }),
    ...(repair === undefined ? {} : { repair }),
    ...(manifestsRoleArn === undefined ? {} : { manifestsRoleArn }),
    policies: {
      ...defaultPolicies,
      looks: { ...defaultPolicies.looks, deadlineSeconds, byPrefix },
      metrics: { byRepository: metricsOf },
    },
  });
}

/** The configuration of `slack`, which has nothing to do with registries: the name of its parameter. */
export function loadSlackConfig(environment: Environment): Parsed<{ readonly parameter: string }> {
  const key = 'SLACK_WEBHOOK_PARAMETER';
  const parameter = environment[key]?.trim() ?? '';
  if (parameter === '') return fault(`configuration: ${key} is not set (${environmentKeys[key].meaning})`);
  // SSM API Reference, GetParameter: a name of letters, digits and .-_/, or an ARN.
  if (!/^[\w./:-]{1,1024}$/.test(parameter))
    return fault(`configuration: ${key}: ${quoted(parameter)} is not the name of an SSM parameter`);
  return parsed({ parameter });
}
