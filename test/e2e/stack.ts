/** CloudFormation stacks: made from a template, asked, deleted; each to its end. */

import type { Registry } from '../../lib/image/registry.ts';
import type { Aws } from './aws.ts';
import { until } from './until.ts';

const version = '2010-05-15';
const longestSeconds = 60;

/** Throws with the reason when the stack is not made. */
export async function createStack(
  aws: Aws,
  at: Registry,
  name: string,
  template: string,
  parameters: Readonly<Record<string, string>>,
): Promise<void> {
  const given = Object.entries(parameters).flatMap(([key, value], index) => [
    [`Parameters.member.${index + 1}.ParameterKey`, key],
    [`Parameters.member.${index + 1}.ParameterValue`, value],
  ]);
  await aws.query(at, 'cloudformation', version, {
    ...Object.fromEntries(given),
    Action: 'CreateStack',
    StackName: name,
    TemplateBody: template,
    'Capabilities.member.1': 'CAPABILITY_NAMED_IAM',
  });
  await until(`stack ${name} is made`, longestSeconds, async () => {
    const xml = await describe(aws, at, name);
    const status = textOf(xml, 'StackStatus');
    if (status === 'CREATE_COMPLETE') return status;
    if (status === 'CREATE_IN_PROGRESS') return undefined;
    throw new Error(`stack ${name}: ${status}: ${textOf(xml, 'StackStatusReason')}`);
  });
}

export async function deleteStack(aws: Aws, at: Registry, name: string): Promise<void> {
  await aws.query(at, 'cloudformation', version, { Action: 'DeleteStack', StackName: name });
  await until(`stack ${name} is gone`, longestSeconds, async () => {
    const xml = await describe(aws, at, name).catch(() => undefined);
    return xml === undefined || textOf(xml, 'StackStatus') === 'DELETE_COMPLETE' ? true : undefined;
  });
}

/** The outputs of a stack by their names. */
export async function outputsOf(
  aws: Aws,
  at: Registry,
  name: string,
): Promise<Readonly<Record<string, string>>> {
  const xml = await describe(aws, at, name);
  const outputs = xml.split('<OutputKey>').slice(1);
  return Object.fromEntries(
    outputs.map((one) => [one.slice(0, one.indexOf('<')), textOf(one, 'OutputValue')]),
  );
}

function describe(aws: Aws, at: Registry, name: string): Promise<string> {
  return aws.query(at, 'cloudformation', version, { Action: 'DescribeStacks', StackName: name });
}

function textOf(xml: string, element: string): string {
  return new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1] ?? '';
}
