/** The Serverless command, run on a copy of the project, so that nothing else that builds it is disturbed. */

import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { access, cp, mkdir, rm, symlink } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { Registry } from '../../lib/image/registry.ts';
import { secret } from './aws.ts';

const root = join(import.meta.dirname, '../..');
const longestMs = 150_000;

export interface Project {
  /** The copy, with `.serverless/` and `dist/` once it was packaged. */
  readonly folder: string;
  /** Runs the Serverless command for a registry. Throws with what it printed when it fails. */
  readonly serverless: (at: Registry, ...words: readonly string[]) => Promise<string>;
}

/** `endpoint`: where AWS is. */
export async function copyProject(folder: string, endpoint: string): Promise<Project> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, 'home'), { recursive: true });
  const parts = [
    'functions',
    'lib',
    'scripts',
    'deploy',
    'package.json',
    'serverless.yml',
    'spoke.yml',
    'tsconfig.json',
  ];
  for (const part of parts) {
    const there = await access(join(root, part)).then(
      () => true,
      () => false,
    );
    if (there) await cp(join(root, part), join(folder, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  const log = createWriteStream(join(folder, 'serverless.log'));

  function serverless({ account, region }: Registry, ...words: readonly string[]): Promise<string> {
    const command = ['node_modules/serverless/bin/serverless.js', ...words, '--region', region];
    const started = spawn(process.execPath, command, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: longestMs,
      env: {
        PATH: [join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter),
        HOME: join(folder, 'home'),
        SLS_TELEMETRY_DISABLED: '1',
        AWS_ENDPOINT_URL: endpoint,
        AWS_ACCESS_KEY_ID: account,
        AWS_SECRET_ACCESS_KEY: secret,
      },
    });
    let said = '';
    const hear = (words: string): void => {
      said += words;
      log.write(words);
    };
    started.stdout.setEncoding('utf8').on('data', hear);
    started.stderr.setEncoding('utf8').on('data', hear);
    return new Promise((resolve, reject) => {
      started.once('error', reject);
      started.once('close', (code) => {
        if (code === 0) resolve(said);
        else reject(new Error(`serverless ${words.join(' ')} ended with ${code}:\n${said.slice(-4_000)}`));
      });
    });
  }

  return { folder, serverless };
}
