// The parts of a CloudFormation template that the tests speak of, and what is in a stack once it is deployed.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { holds, resolve } from './resolve.ts';

export { account, region } from './resolve.ts';

export interface Parameter {
  readonly Type: string;
  readonly Description?: string;
  readonly Default?: string | number;
  readonly AllowedPattern?: string;
  readonly AllowedValues?: readonly (string | number)[];
  readonly MinValue?: number;
  readonly MaxValue?: number;
  readonly MaxLength?: number;
  readonly ConstraintDescription?: string;
}

interface Resource {
  readonly Type: string;
  readonly Properties?: unknown;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Rules?: Readonly<Record<string, Rule>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

interface Rule {
  readonly RuleCondition?: unknown;
  readonly Assertions: readonly { readonly Assert: unknown; readonly AssertDescription: string }[];
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: string | Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

export interface Policy {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

export interface LambdaFunction {
  readonly FunctionName: string;
  readonly Handler: string;
  readonly Runtime: string;
  readonly Architectures: readonly string[];
  readonly Timeout: number;
  readonly Role: string;
  readonly RecursiveLoop?: 'Allow' | 'Terminate';
  readonly DeadLetterConfig?: { readonly TargetArn: string };
  readonly VpcConfig?: {
    readonly SubnetIds: readonly string[];
    readonly SecurityGroupIds: readonly string[];
  };
  readonly TracingConfig?: { readonly Mode: string };
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
  readonly LoggingConfig: { readonly LogFormat: string };
}

export interface EventSourceMapping {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly FunctionResponseTypes: readonly string[];
  readonly ScalingConfig: { readonly MaximumConcurrency: number };
}

/** The template as it is deployed with these parameters; the others keep their defaults. */
export function withParameters(template: Template, values: Readonly<Record<string, string>>): Template {
  const given = Object.entries(values).map(([name, Default]) => {
    const parameter = template.Parameters[name];
    if (parameter === undefined) throw new Error(`no parameter is called ${name}`);
    return [name, { ...parameter, Default }] as const;
  });
  return { ...template, Parameters: { ...template.Parameters, ...Object.fromEntries(given) } };
}

/** What CloudFormation would say of these parameters by the template's own rules, before it changes anything. */
export function brokenRules(template: Template): readonly string[] {
  return Object.values(template.Rules ?? {}).flatMap(({ RuleCondition, Assertions }) => {
    if (RuleCondition !== undefined && resolve(template, RuleCondition) !== true) return [];
    return Assertions.filter(({ Assert }) => resolve(template, Assert) !== true).map(
      ({ AssertDescription }) => AssertDescription,
    );
  });
}

/** The properties of every resource of a type that is made, references resolved, by logical id. */
export function resourcesOf<Properties>(template: Template, type: string): ReadonlyMap<string, Properties> {
  const found = Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
  const made = found.filter(([, { Condition }]) => Condition === undefined || holds(template, Condition));
  return new Map(made.map(([id, { Properties }]) => [id, resolve(template, Properties) as Properties]));
}

/** The types of all that is made. */
export function typesOf(template: Template): ReadonlySet<string> {
  const made = Object.values(template.Resources).filter(
    ({ Condition }) => Condition === undefined || holds(template, Condition),
  );
  return new Set(made.map(({ Type }) => Type));
}

/** The one entry of its kind that a test asks for. */
export function the<Value>(collection: ReadonlyMap<string, Value>, key: string): Value {
  const value = collection.get(key);
  if (value === undefined) throw new Error(`no ${key} among ${[...collection.keys()].join(', ')}`);
  return value;
}

export function listOf<Value>(value: Value | readonly Value[]): readonly Value[] {
  return Array.isArray(value) ? value : [value as Value];
}

export const functionsFolder = join(import.meta.dirname, '../../functions');

/** Of the files in functions/, which is what the functions are called by. */
export const functionNames: readonly string[] = readdirSync(functionsFolder).map((file) =>
  file.replace(/\.ts$/, ''),
);

/** The functions by the name of their file in functions/. */
export function functionsOf(
  template: Template,
): ReadonlyMap<string, LambdaFunction & { readonly id: string }> {
  const functions = resourcesOf<LambdaFunction>(template, 'AWS::Lambda::Function');
  return new Map([...functions].map(([id, lambda]) => [nameOf(lambda), { ...lambda, id }]));
}

function nameOf({ Handler }: LambdaFunction): string {
  return /^dist\/functions\/(.+)\.handler$/.exec(Handler)?.[1] ?? `somewhere else: ${Handler}`;
}

/** The ARN of the queue that a function reads from, if any. */
export function queueOf(template: Template, name: string): string | undefined {
  const { id } = the(functionsOf(template), name);
  const mappings = [...resourcesOf<EventSourceMapping>(template, 'AWS::Lambda::EventSourceMapping').values()];
  return mappings.find(({ FunctionName }) => lastOf(FunctionName) === id)?.EventSourceArn;
}

/** The logical id that an ARN made by `resolve` ends with. */
export function lastOf(arn: string): string {
  return arn.split(':').at(-1) ?? '';
}
