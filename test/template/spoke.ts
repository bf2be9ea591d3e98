// spoke.yml, read as the Serverless command reads YAML: by its own parser, which knows CloudFormation's short forms.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Template } from './template.ts';

const here = createRequire(import.meta.url);
const serverless = here.resolve('serverless/package.json');
const { load } = createRequire(serverless)('js-yaml') as {
  readonly load: (text: string, options: { readonly schema: unknown }) => unknown;
};
const schema: unknown = here('serverless/lib/utils/serverless-utils/cloudformation-schema');

export function readSpoke(): Template {
  const text = readFileSync(join(import.meta.dirname, '../../spoke.yml'), 'utf8');
  return load(text, { schema }) as Template;
}
