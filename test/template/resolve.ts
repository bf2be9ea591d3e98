// What a value of a template is in a stack that is deployed to `account` and `region`: CloudFormation's functions, worked out.
import type { Template } from './template.ts';

export const account = '111122223333';
export const region = 'eu-west-1';

/** What `AWS::NoValue` stands for: the place of it is left out. */
const nothing = Symbol('AWS::NoValue');

type Operation = (template: Template, argument: unknown) => unknown;

const operations: Readonly<Record<string, Operation>> = {
  Ref: (template, name) => reference(template, String(name)),
  Condition: (template, name) => holds(template, String(name)),
  'Fn::GetAtt': (template, argument) => attribute(template, ...(argument as [string, string])),
  'Fn::Sub': (template, text) => substitute(template, String(text)),
  'Fn::If': (template, argument) => {
    const [condition, yes, no] = argument as [string, unknown, unknown];
    return resolve(template, holds(template, condition) ? yes : no);
  },
  'Fn::Join': (template, argument) => {
    const [separator, parts] = resolve(template, argument) as [string, string[]];
    return parts.join(separator);
  },
  'Fn::FindInMap': (template, argument) => {
    const [map, first, second] = resolve(template, argument) as [string, string, string];
    const value = template.Mappings?.[map]?.[String(first)]?.[second];
    if (value === undefined) throw new Error(`Fn::FindInMap: ${map} has no ${first} ${second}`);
    return value;
  },
  'Fn::Split': (template, argument) => {
    const [separator, text] = resolve(template, argument) as [string, string];
    return text.split(separator);
  },
  'Fn::Select': (template, argument) => {
    const [index, list] = resolve(template, argument) as [number, string[]];
    const item = list[Number(index)];
    if (item === undefined) throw new Error(`Fn::Select: there is no ${index} in [${list}]`);
    return item;
  },
  'Fn::Equals': (template, argument) => {
    const [a, b] = resolve(template, argument) as [unknown, unknown];
    return String(a) === String(b);
  },
  'Fn::Contains': (template, argument) => {
    const [list, item] = resolve(template, argument) as [string[], string];
    return list.includes(item);
  },
  'Fn::Not': (template, argument) => (resolve(template, argument) as boolean[])[0] === false,
  'Fn::And': (template, argument) => (resolve(template, argument) as boolean[]).every((one) => one === true),
  'Fn::Or': (template, argument) => (resolve(template, argument) as boolean[]).some((one) => one === true),
};

/** Whether a condition of the template is true with its parameters as they are. */
export function holds(template: Template, condition: string): boolean {
  if (!(condition in template.Conditions)) throw new Error(`no condition is called ${condition}`);
  return resolve(template, template.Conditions[condition]) === true;
}

export function resolve(template: Template, value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map((item) => resolve(template, item)).filter((item) => item !== nothing);
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [[key, argument] = ['', undefined], ...others] = entries;
  // A policy has a key `Condition` as well, whose value is no name of a condition.
  if (others.length === 0 && (key !== 'Condition' || typeof argument === 'string')) {
    const operation = operations[key];
    if (operation !== undefined) return operation(template, argument);
    if (key.startsWith('Fn::')) throw new Error(`${key} is not resolved here: teach this file`);
  }
  const resolved = entries.map(([name, item]) => [name, resolve(template, item)] as const);
  return Object.fromEntries(resolved.filter(([, item]) => item !== nothing));
}

/** `${!Name}` is not CloudFormation's, and becomes `${Name}` for whoever reads it next. */
function substitute(template: Template, text: string): string {
  return text.replace(/\$\{([\w:]+)(?:\.(\w+))?\}|\$\{!/g, (found, name, wanted) => {
    if (found === '${!') return '${';
    return String(wanted === undefined ? reference(template, name) : attribute(template, name, wanted));
  });
}

const pseudo: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['AWS::AccountId', account],
  ['AWS::Region', region],
  ['AWS::Partition', 'aws'],
  ['AWS::URLSuffix', 'amazonaws.com'],
  ['AWS::NoValue', nothing],
]);

function reference(template: Template, name: string): unknown {
  if (pseudo.has(name)) return pseudo.get(name);
  const parameter = template.Parameters[name];
  if (parameter !== undefined) {
    const value = String(parameter.Default);
    return parameter.Type === 'CommaDelimitedList' ? value.split(',') : value;
  }
  switch (template.Resources[name]?.Type) {
    case 'AWS::SQS::Queue':
      return `https://sqs.${region}.amazonaws.com/${account}/${name}`;
    case 'AWS::SNS::Topic':
      return attribute(template, name, 'Arn');
    case 'AWS::DynamoDB::Table':
    case 'AWS::Lambda::Function':
    case 'AWS::S3::Bucket':
    case 'AWS::Events::EventBus':
    case 'AWS::CloudWatch::Dashboard':
    case 'AWS::IAM::Role':
      return name;
    default:
      throw new Error(`a reference to ${name} is not resolved here: teach this file`);
  }
}

function attribute(template: Template, name: string, wanted: string): string {
  const at = `${region}:${account}`;
  switch (`${template.Resources[name]?.Type} ${wanted}`) {
    case 'AWS::SQS::Queue Arn':
      return `arn:aws:sqs:${at}:${name}`;
    case 'AWS::SNS::Topic Arn':
      return `arn:aws:sns:${at}:${name}`;
    case 'AWS::DynamoDB::Table Arn':
      return `arn:aws:dynamodb:${at}:table/${name}`;
    case 'AWS::Lambda::Function Arn':
      return `arn:aws:lambda:${at}:function:${name}`;
    case 'AWS::Events::Rule Arn':
      return `arn:aws:events:${at}:rule/${name}`;
    case 'AWS::Events::EventBus Arn':
      return `arn:aws:events:${at}:event-bus/${name}`;
    case 'AWS::Logs::LogGroup Arn':
      return `arn:aws:logs:${at}:log-group:${name}:*`;
    case 'AWS::KMS::Key Arn':
      return `arn:aws:kms:${at}:key/${name}`;
    case 'AWS::IAM::Role Arn':
      return `arn:aws:iam::${account}:role/${name}`;
    case 'AWS::SQS::Queue QueueName':
    case 'AWS::EC2::SecurityGroup GroupId':
      return name;
    default:
      throw new Error(`${name}.${wanted} is not resolved here: teach this file`);
  }
}
