// The build: whole bundles, the same bytes each time, and one clear line when the sources are at fault.
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { build } from '../scripts/build.ts';

const functions = join(import.meta.dirname, '../functions');
let work: string;

beforeAll(async () => {
  work = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-build-'));
});
afterAll(() => rm(work, { recursive: true, force: true }));

/** A folder of functions with these sources. */
async function sources(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(work, name);
  await mkdir(folder);
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  return folder;
}

describe('the build', () => {
  it('makes one bundle of each function, and nothing but those and their maps', async () => {
    const bundles = await build(functions, join(work, 'all'));
    const names = (await readdir(functions)).map((file) => file.replace('.ts', ''));
    expect(bundles.map(({ name }) => name)).toEqual(names.sort());
    const files = names.flatMap((name) => [`${name}.mjs`, `${name}.mjs.map`]);
    expect((await readdir(join(work, 'all'))).sort()).toEqual(files.sort());
  });

  it('makes the same bytes of the same sources', async () => {
    await build(functions, join(work, 'once'));
    await build(functions, join(work, 'again'));
    for (const file of await readdir(join(work, 'once'))) {
      const [first, second] = await Promise.all(
        ['once', 'again'].map((folder) => readFile(join(work, folder, file), 'utf8')),
      );
      expect(first === second, file).toBe(true);
    }
  });

  it('leaves nothing outside a bundle but what Node has built in, and takes that only when it is used', async () => {
    const imported: string[] = [];
    const taken = new Set<string>();
    for (const { name } of await build(functions, join(work, 'whole'))) {
      const bundle = await readFile(join(work, 'whole', `${name}.mjs`), 'utf8');
      // A statement, not the word in a message of the SDK's.
      const statements = /(?:^|[;}])import[\s\w$*{},]*"[^"]+"|\bimport\("[^"]+"/gm;
      for (const [statement] of bundle.matchAll(statements)) imported.push(statement);
      for (const [, module = ''] of bundle.matchAll(/getBuiltinModule\("([^"]+)"\)/g)) taken.add(module);
    }
    expect(imported).toEqual([]);
    expect(taken).toContain('node:https');
    expect([...taken].filter((module) => !builtinModules.includes(module.replace('node:', '')))).toEqual([]);
  });

  it('keeps bundles small: nothing is in them that no function here needs', async () => {
    // By a word of each that survives minification; a file that AWS moves within the SDK would bring it back.
    const unneeded = {
      'readers of profiles, SSO and configuration files': /sso_start_url|credential_process|AWS_CONFIG_FILE/,
      'event streams': /prelude checksum/,
      'endpoint discovery': /DISCOVERY_ENABLED/,
      'bodies from files': /lstatSync/,
      'SHA-256 by hand': /1116352408/,
      'the package.json of a client': /devDependencies/,
      'what loads ICU': /toLocaleString|\bIntl\./,
    };
    for (const { name, bytes } of await build(functions, join(work, 'small'))) {
      expect(bytes, name).toBeLessThan(400_000);
      const bundle = await readFile(join(work, 'small', `${name}.mjs`), 'utf8');
      for (const [what, word] of Object.entries(unneeded)) {
        expect(word.test(bundle), `${name}: ${what}`).toBe(false);
      }
    }
  });

  it('takes Node’s functions with all that they bring', async () => {
    const folder = await sources('builtins', {
      'calls.ts': `
        import { execFile } from 'node:child_process';
        import { createHash, randomUUID } from 'node:crypto';
        import { setTimeout } from 'node:timers';
        import { inspect, promisify } from 'node:util';
        export const handler = async () => [
          (await promisify(execFile)(process.execPath, ['--print', '1'])).stdout,
          await promisify(setTimeout)(1, 'later'),
          typeof inspect.custom,
          createHash('sha256').update('').digest('hex').slice(0, 8),
          randomUUID().length,
        ];`,
    });
    await build(folder, join(work, 'calls'));
    const { handler } = (await import(join(work, 'calls/calls.mjs'))) as { handler: () => Promise<unknown> };
    expect(await handler()).toEqual(['1\n', 'later', 'symbol', 'e3b0c442', 36]);
  });

  it('signs with the credentials that Lambda puts into the environment', async () => {
    const folder = await sources('credentials', {
      'who.ts': `
        import { SNSClient } from '${import.meta.resolve('@aws-sdk/client-sns').replace('file://', '')}';
        export const handler = async () => (await new SNSClient({}).config.credentials()).accessKeyId;`,
    });
    await build(folder, join(work, 'who'));
    const ask = `const { handler } = await import('./who.mjs'); process.stdout.write(await handler());`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '--eval', ask], {
      cwd: join(work, 'who'),
      env: { AWS_REGION: 'eu-west-1', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' },
    });
    expect((await run).stdout).toBe('AKIDEXAMPLE');
  });

  it('keeps the errors of the SDK what they are, though one class makes them all', async () => {
    const of = (client: string): string =>
      import.meta.resolve(`@aws-sdk/client-${client}`).replace('file://', '');
    const folder = await sources('errors', {
      'fails.ts': `
        import { ECRServiceException, ImageNotFoundException, ServerException } from '${of('ecr')}';
        import { InternalServerError } from '${of('dynamodb')}';
        export const handler = () => [
          ...[ImageNotFoundException, ServerException, InternalServerError].map((Made) => {
            const error = new Made({ message: 'said', $metadata: {} });
            return [error.name, error.$fault, error.message, error instanceof Made, error instanceof Error];
          }),
          new ImageNotFoundException({ message: '', $metadata: {} }) instanceof ServerException,
          new ServerException({ message: '', $metadata: {} }) instanceof ECRServiceException,
        ];`,
    });
    await build(folder, join(work, 'fails'));
    const { handler } = (await import(join(work, 'fails/fails.mjs'))) as { handler: () => unknown };
    expect(handler()).toEqual([
      ['ImageNotFoundException', 'client', 'said', true, true],
      ['ServerException', 'server', 'said', true, true],
      ['InternalServerError', 'server', 'said', true, true],
      false,
      true,
    ]);
  });

  it.each([
    [
      'a function without a handler',
      { 'silent.ts': 'export const main = 1;' },
      'silent.ts does not export handler',
    ],
    [
      'a name that leads nowhere',
      { 'lost.ts': `import './nowhere.ts';` },
      'lost.ts:1: Could not resolve "./nowhere.ts"',
    ],
    ['a syntax error', { 'broken.ts': 'export const handler = (;' }, 'broken.ts:1: Unexpected ";"'],
    ['no function at all', {}, 'holds no function'],
    [
      'CommonJS that loads modules as it runs',
      {
        'old.ts': `import './old.cjs'; export const handler = 1;`,
        'old.cjs': `module.exports = require(process.env.MODULE);`,
      },
      'old.ts brings in a CommonJS package',
    ],
  ])('tells %s in one line, and leaves the last bundles alone', async (name, files, line) => {
    const to = join(work, `${name} built`);
    await mkdir(to);
    await writeFile(join(to, 'last.mjs'), '');
    const fault = build(await sources(name, files), to);
    await expect(fault).rejects.toThrow(line);
    await expect(fault).rejects.toMatchObject({ message: expect.not.stringContaining('\n') });
    expect(await readdir(to)).toEqual(['last.mjs']);
  });
});
