// The parts of a CloudFormation template that the tests speak of, and what its references come to once deployed.

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
  readonly Properties: unknown;
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export interface Template {
  readonly Parameters: Readonly<Record<string, Parameter>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Principal?: string | Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
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
  readonly Environment: { readonly Variables: Readonly<Record<string, string>> };
  readonly LoggingConfig: { readonly LogFormat: string };
}

export interface EventSourceMapping {
  readonly EventSourceArn: string;
  readonly FunctionName: string;
  readonly FunctionResponseTypes: readonly string[];
  readonly ScalingConfig: { readonly MaximumConcurrency: number };
}

export const account = '111122223333';
export const region = 'eu-west-1';

/** The properties of every resource of a type, references resolved, by logical id. */
export function resourcesOf<Properties>(template: Template, type: string): ReadonlyMap<string, Properties> {
  const found = Object.entries(template.Resources).filter(([, resource]) => resource.Type === type);
  return new Map(found.map(([id, { Properties }]) => [id, resolve(template, Properties) as Properties]));
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

/** What a value of the template is in a stack deployed to `account` and `region` with default parameters. */
function resolve(template: Template, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(template, item));
  if (typeof value !== 'object' || value === null) return value;
  const [[key, argument] = ['', undefined], ...others] = Object.entries(value);
  if (others.length === 0) {
    if (key === 'Ref') return reference(template, String(argument));
    if (key === 'Fn::GetAtt') return attribute(template, ...(argument as [string, string]));
    if (key === 'Fn::Sub') return substitute(template, String(argument));
    if (key === 'Fn::Join') {
      const [separator, parts] = resolve(template, argument) as [string, string[]];
      return parts.join(separator);
    }
    if (key.startsWith('Fn::')) throw new Error(`${key} is not resolved here: teach this file`);
  }
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(template, item)]));
}

function substitute(template: Template, text: string): string {
  return text.replace(/\$\{([\w:]+)(?:\.(\w+))?\}/g, (_, name, wanted) =>
    wanted === undefined ? reference(template, name) : attribute(template, name, wanted),
  );
}

function reference(template: Template, name: string): string {
  const pseudo = new Map([
    ['AWS::AccountId', account],
    ['AWS::Region', region],
    ['AWS::Partition', 'aws'],
  ]).get(name);
  if (pseudo !== undefined) return pseudo;
  const parameter = template.Parameters[name];
  if (parameter !== undefined) return String(parameter.Default);
  switch (template.Resources[name]?.Type) {
    case 'AWS::SQS::Queue':
      return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
    case 'AWS::SNS::Topic':
      return attribute(template, name, 'Arn');
    case 'AWS::DynamoDB::Table':
    case 'AWS::Lambda::Function':
    case 'AWS::S3::Bucket':
      return name;
    default:
      throw new Error(`a reference to ${name} is not resolved here: teach this file`);
  }
}

function attribute(template: Template, name: string, wanted: string): string {
  if (wanted !== 'Arn') throw new Error(`${name}.${wanted} is not resolved here: teach this file`);
  const at = `${region}:${account}`;
  switch (template.Resources[name]?.Type) {
    case 'AWS::SQS::Queue':
      return `arn:aws:sqs:${at}:${name}`;
    case 'AWS::SNS::Topic':
      return `arn:aws:sns:${at}:${name}`;
    case 'AWS::DynamoDB::Table':
      return `arn:aws:dynamodb:${at}:table/${name}`;
    case 'AWS::Lambda::Function':
      return `arn:aws:lambda:${at}:function:${name}`;
    case 'AWS::Events::Rule':
      return `arn:aws:events:${at}:rule/${name}`;
    case 'AWS::Logs::LogGroup':
      return `arn:aws:logs:${at}:log-group:${name}:*`;
    case 'AWS::KMS::Key':
      return `arn:aws:kms:${at}:key/${name}`;
    case 'AWS::IAM::Role':
      return `arn:aws:iam::${account}:role/${name}`;
    default:
      throw new Error(`the ARN of ${name} is not resolved here: teach this file`);
  }
}
