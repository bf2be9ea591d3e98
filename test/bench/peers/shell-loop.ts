/** Peer (c): a shell loop over the AWS CLI, a process a call. Only where the CLI is installed. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Registry } from '../../../lib/image/registry.ts';

const run = promisify(execFile);

/** The version line, or undefined where there is no CLI. */
export async function cliVersion(): Promise<string | undefined> {
  try {
    const { stdout } = await run('aws', ['--version'], { timeout: 60_000 });
    return stdout.split(' ')[0];
  } catch {
    return undefined;
  }
}

/** `aws ecr describe-images` for one digest at one destination: true when it is there. */
export async function isThere(
  registry: Registry,
  repository: string,
  digest: string,
  environment: Readonly<Record<string, string>>,
): Promise<boolean> {
  const { PATH = '', HOME = '' } = process.env;
  const options = ['--region', registry.region, '--registry-id', registry.account, '--output', 'json'];
  const image = ['--repository-name', repository, '--image-ids', `imageDigest=${digest}`];
  try {
    await run('aws', ['ecr', 'describe-images', ...options, ...image], {
      env: { PATH, HOME, ...environment },
      timeout: 60_000,
    });
    return true;
  } catch (error) {
    if (String((error as { stderr?: unknown }).stderr).includes('ImageNotFoundException')) return false;
    throw error;
  }
}
