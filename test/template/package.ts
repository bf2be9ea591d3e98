// Packages the project as `npm run package` does, in a copy of its own and with an empty environment.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { oncePerRun } from '../run-folder.ts';
import type { Template } from './template.ts';

export interface Packaged {
  /** The copy that was packaged, with its dist/ and .serverless/. */
  readonly folder: string;
  readonly template: Template;
  readonly remove: () => Promise<void>;
}

const root = join(import.meta.dirname, '../..');

/** Without options it is the same for every test file, and made once a run. */
export async function packageCopy(...options: readonly string[]): Promise<Packaged> {
  if (options.length === 0) {
    const shared = await oncePerRun('package', (folder) => packageInto(folder, []));
    return { folder: shared, template: await templateIn(shared), remove: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await packageInto(folder, options);
  } catch (error) {
    await remove();
    throw error;
  }
  return { folder, template: await templateIn(folder), remove };
}

/** No credentials, no Region, no PATH: only a home, for what the Serverless command keeps there. */
async function packageInto(folder: string, options: readonly string[]): Promise<void> {
  const parts = ['deploy', 'functions', 'lib', 'scripts', 'package.json', 'serverless.yml', 'tsconfig.json'];
  for (const part of parts) {
    await cp(join(root, part), join(folder, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await mkdir(join(folder, 'home'));

  const command = ['node_modules/serverless/bin/serverless.js', 'package', ...options];
  try {
    await promisify(execFile)(process.execPath, command, {
      cwd: folder,
      env: { HOME: join(folder, 'home') },
    });
  } catch (error) {
    // The Serverless command tells its faults on standard output.
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
    throw new Error(`serverless package failed:\n${stdout}${stderr}`);
  }
}

async function templateIn(folder: string): Promise<Template> {
  const file = join(folder, '.serverless/cloudformation-template-update-stack.json');
  return JSON.parse(await readFile(file, 'utf8')) as Template;
}

/** The names of the files in a zip archive, read from its central directory. */
export async function filesIn(archive: string): Promise<readonly string[]> {
  const zip = await readFile(archive);
  const names: string[] = [];
  const signature = Buffer.from('PK\u0001\u0002');
  // PKWARE's APPNOTE, 4.3.12: the length of the name at 28, the name itself at 46.
  for (let at = zip.indexOf(signature); at !== -1; at = zip.indexOf(signature, at + 46)) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names;
}
