// What takes long about the packaged template: CloudFormation's own validator, and packaging a second time.
import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RegoEngine, TemplateFile } from '@aws/cloudformation-validate';
import { beforeAll, describe, expect, it } from 'vitest';
import { everyOption } from './options.ts';
import { type Packaged, packageCopy } from './package.ts';
import { functionsOf, type Template, the, withParameters } from './template.ts';

const root = join(import.meta.dirname, '../..');
const names = readdirSync(join(root, 'functions')).map((file) => file.replace(/\.ts$/, ''));

let packaged: Packaged;
/** As it is deployed when nothing is asked for. */
let template: Template;

beforeAll(async () => {
  packaged = await packageCopy();
  template = packaged.template;
});

describe('packaging', () => {
  it('passes parameters and stage on, and makes the same archives of the same sources', async () => {
    const other = await packageCopy(
      '--param',
      'deadlinesByPrefix=prod/=10,sandbox/=ignore',
      '--stage',
      'trial',
    );
    expect(other.template.Parameters['DeadlinesByPrefix']?.Default).toBe('prod/=10,sandbox/=ignore');
    expect(the(functionsOf(other.template), 'follow-up').FunctionName).toBe(
      'ecr-replication-monitor-trial-follow-up',
    );
    for (const name of names) {
      const [first, second] = await Promise.all(
        [packaged, other].map(({ folder }) => readFile(join(folder, `.serverless/${name}.zip`))),
      );
      expect(second?.equals(first ?? Buffer.of()), name).toBe(true);
    }
    await other.remove();
  });

  it('refuses a parameter that does not exist, by name', async () => {
    await expect(packageCopy('--param', 'alertMail=oncall@example.com')).rejects.toThrow(
      'No parameter is called "alertMail". There are: deadlineMinutes, deadlinesByPrefix',
    );
  });
});

describe('CloudFormation', () => {
  async function objectionsTo(content: Template): Promise<readonly string[]> {
    const file = join(packaged.folder, 'template.json');
    await writeFile(file, JSON.stringify(content));
    return objectionsToFile(file);
  }

  function objectionsToFile(file: string): readonly string[] {
    const engine = new RegoEngine();
    try {
      const { status, diagnostics } = engine.validateStandard(new TemplateFile(file), {
        severityLevel: 'WARN',
      });
      expect(status).toBe('OK');
      // W3005: the framework makes each function depend on its role, which the reference to it does already.
      return diagnostics
        .filter(({ ruleId }) => ruleId !== 'W3005')
        .map(({ ruleId, message }) => `${ruleId} ${message}`);
    } finally {
      engine.free();
    }
  }

  // Many conditions are many stacks to think through.
  const patience = 90_000;

  it('has nothing against the template with every option', { timeout: patience }, async () => {
    expect(await objectionsTo(withParameters(template, everyOption))).toEqual([]);
  });

  it('has nothing against the template as it is', { timeout: patience }, async () => {
    // It tries the empty defaults even where a condition leaves out what they would be given to.
    const empty = /^(F3031|E1150) '' does not match |^F3033 length 0 is below/;
    expect((await objectionsTo(template)).filter((objection) => !empty.test(objection))).toEqual([]);
  });

  it('has nothing against spoke.yml', { timeout: patience }, () => {
    expect(objectionsToFile(join(root, 'spoke.yml'))).toEqual([]);
  });

  it('would have something against a faulty one', { timeout: patience }, async () => {
    const table = structuredClone(template.Resources['IncidentsTable']);
    const Resources = { IncidentsTable: { ...table, Type: 'AWS::SQS::Queue' } };
    const faulty: Template = { Parameters: {}, Conditions: {}, Resources, Outputs: {} };
    expect((await objectionsTo(faulty)).join('\n')).toContain('BillingMode');
  });
});
