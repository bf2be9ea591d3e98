/** The set-up that is proved: a hub, a spoke in another Region, a spoke in another account; and how each is deployed. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import type { Aws } from './aws.ts';
import type { Door } from './door.ts';
import type { Project } from './project.ts';
import { createStack, deleteStack, outputsOf } from './stack.ts';

export const hub: Registry = { account: '111122223333', region: 'us-east-1' };
/** The same account, another Region. */
export const near: Registry = { account: '111122223333', region: 'eu-west-1' };
/** Another account, in that Region. */
export const far: Registry = { account: '444455556666', region: 'eu-west-1' };
/** Where nothing may go. */
export const elsewhere: Registry = { account: '111122223333', region: 'ap-southeast-2' };
export const everywhere = [hub, near, far];

const stackName = 'ecr-replication-monitor-prod';
const spokeName = 'ecr-replication-monitor-spoke';
/** Where the address of the Slack webhook is kept. */
const slackParameter = '/ecr-replication-monitor/slack';
const readRole = { name: 'ecr-replication-monitor-read', externalId: 'e2e-hub' };

/** What a user would give by --param; lagAlarm is metric math, which the emulator lacks. */
const parameters: Readonly<Record<string, string>> = {
  deadlineMinutes: '0.1',
  allowedDestinations: `${near.region},${registryKey(far)}`,
  readRoleName: readRole.name,
  readRoleExternalId: readRole.externalId,
  slackWebhookParameter: slackParameter,
  lagAlarm: 'off',
};

export interface Setting {
  readonly aws: Aws;
  /** The same without TLS. */
  readonly plainAws: Aws;
  readonly door: Door;
  readonly project: Project;
}

export function deployHub(
  { project }: Setting,
  changed: Readonly<Record<string, string>> = {},
): Promise<string> {
  const given = Object.entries({ ...parameters, ...changed });
  return project.serverless(
    hub,
    'deploy',
    ...given.flatMap(([name, value]) => ['--param', `${name}=${value}`]),
  );
}

export function hubOutputs({ aws }: Setting): Promise<Readonly<Record<string, string>>> {
  return outputsOf(aws, hub, stackName);
}

export async function deploySpoke({ aws, project }: Setting, at: Registry): Promise<void> {
  const template = await readFile(join(project.folder, 'spoke.yml'), 'utf8');
  await createStack(aws, at, spokeName, template, {
    HubAccountId: hub.account,
    HubRegion: hub.region,
    ReadRoleRegion: far.region,
    ReadRoleName: readRole.name,
    ReadRoleExternalId: readRole.externalId,
  });
}

export async function removeAll({ aws, project }: Setting): Promise<void> {
  await Promise.all([near, far].map((at) => deleteStack(aws, at, spokeName)));
  await project.serverless(hub, 'remove');
}

export async function putSlackAddress({ aws }: Setting, address: string): Promise<void> {
  const input = { Name: slackParameter, Type: 'SecureString', Value: address };
  await aws.json(hub, 'ssm', 'AmazonSSM.PutParameter', input);
}

export async function deleteSlackAddress({ aws }: Setting): Promise<void> {
  await aws.json(hub, 'ssm', 'AmazonSSM.DeleteParameter', { Name: slackParameter });
}

/** Calls a deployed function, as `aws lambda invoke --invocation-type Event` does. */
export async function invoke({ aws }: Setting, functionName: string, event: object = {}): Promise<void> {
  const path = `/2015-03-31/functions/${stackName}-${functionName}/invocations`;
  const headers = { 'x-amz-invocation-type': 'Event' };
  await aws.rest(hub, 'lambda', path, { method: 'POST', body: JSON.stringify(event), headers });
}

/** A variable in the environment of a deployed function. */
export async function variableOf(
  { aws }: Setting,
  functionName: string,
  name: string,
): Promise<string | undefined> {
  const path = `/2015-03-31/functions/${stackName}-${functionName}/configuration`;
  const { Environment } = v.parse(configured, JSON.parse(await aws.rest(hub, 'lambda', path)));
  return Environment.Variables[name];
}

const configured = v.object({ Environment: v.object({ Variables: v.record(v.string(), v.string()) }) });

/** The deployed alarms that watch a metric of the given namespace, each as its metric's name and dimensions. */
export async function alarmsOn(
  { aws }: Setting,
  namespace: string,
): Promise<readonly { readonly metric: string; readonly dimensions: readonly string[] }[]> {
  const xml = await aws.query(hub, 'monitoring', '2010-08-01', { Action: 'DescribeAlarms' });
  return xml
    .split('<AlarmName>')
    .slice(1)
    .filter((alarm) => alarm.includes(`<Namespace>${namespace}</Namespace>`))
    .map((alarm) => ({
      metric: /<MetricName>([^<]*)/.exec(alarm)?.[1] ?? '',
      dimensions: [...alarm.matchAll(/<Name>([^<]*)</g)].map(([, name = '']) => name),
    }));
}
