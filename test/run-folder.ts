// A folder that all test files of one run share, for what is costly to make and the same for each of them.
import { access, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { inject } from 'vitest';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    readonly runFolder: string;
  }
}

/** The runner's global set-up (vitest.config.ts): made before the first test file, gone after the last. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-run-'));
  project.provide('runFolder', folder);
  return () => rm(folder, { recursive: true, force: true });
}

/**
 * Made by the first test file that asks, waited for by the others, which run in processes of their own.
 * Answers the folder that `make` has filled; what it throws is thrown to everybody.
 */
export async function oncePerRun(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(inject('runFolder'), name);
  const fault = `${folder}.fault`;
  if (await taken(folder)) {
    while (!(await exists(`${folder}.done`))) {
      if (await exists(fault)) throw new Error(`${name} could not be made: another test file says why`);
      await setTimeout(50);
    }
    return folder;
  }
  try {
    await make(folder);
  } catch (error) {
    await writeFile(fault, String(error));
    throw error;
  }
  await writeFile(`${folder}.done`, '');
  return folder;
}

/** A folder is made by one process only; to whoever comes later it is there already. */
async function taken(folder: string): Promise<boolean> {
  try {
    await mkdir(folder);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return true;
    throw error;
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
