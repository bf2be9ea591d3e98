/** The AWS emulator as a process of its own: started on a free port of 127.0.0.1, stopped with all that it started. */

import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import { secret } from './aws.ts';
import { until } from './until.ts';

export interface EmulatorOptions {
  /** The Python that has it. */
  readonly python: string;
  readonly port: number;
  /** Emptied at the start; holds the log, and what the emulator keeps on disk. */
  readonly folder: string;
  /** Where the functions find `node`. */
  readonly nodeFolder: string;
  /** What the functions get for AWS_ENDPOINT_URL. */
  readonly endpoint: string;
  /** Of requests that name none. */
  readonly region: string;
}

export interface Emulator {
  readonly url: string;
  /** Resolves when it answers. */
  readonly ready: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const { python, port, folder, nodeFolder, endpoint, region } = options;
  await rm(folder, { recursive: true, force: true });
  const temporary = join(folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  // Its way into Node is a CommonJS script without a package of its own: the nearest package.json decides what it is.
  await writeFile(join(folder, 'package.json'), '{ "type": "commonjs" }');
  const log = openSync(join(folder, 'emulator.log'), 'w');
  const emulator = spawn(python, ['-B', join(import.meta.dirname, 'emulator.py')], {
    stdio: ['ignore', log, log],
    // A group of its own: the functions that it runs are stopped with it.
    detached: true,
    env: {
      PATH: [nodeFolder, process.env['PATH'] ?? ''].join(delimiter),
      HOME: folder,
      TMPDIR: temporary,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_REGION: region,
      S3_DATA_DIR: join(folder, 's3'),
      STATE_DIR: join(folder, 'state'),
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      // Signatures are checked, and every call of a role against that role's policies.
      AUTH: 'true',
      AWS_SECRET_ACCESS_KEY: secret,
      AWS_ENDPOINT_URL: endpoint,
    },
  });
  const url = `http://127.0.0.1:${port}`;
  let ended = false;
  const end = new Promise<void>((resolve) => {
    for (const event of ['exit', 'error']) {
      emulator.once(event, () => {
        ended = true;
        resolve();
      });
    }
  });

  async function stop(): Promise<void> {
    signalGroup(emulator.pid, 'SIGTERM');
    const patience = setTimeout(() => signalGroup(emulator.pid, 'SIGKILL'), 3_000);
    if (!ended) await end;
    clearTimeout(patience);
    signalGroup(emulator.pid, 'SIGKILL');
  }

  async function ready(): Promise<void> {
    await until('the emulator answers', 30, async () => {
      if (ended) throw new Error(`the emulator ended at its start: see ${join(folder, 'emulator.log')}`);
      const response = await fetch(`${url}/_ministack/ready`).catch(() => undefined);
      return response?.ok === true ? true : undefined;
    });
  }

  return { url, ready, stop };
}

/** A group that is gone already is as good as stopped. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left.
  }
}

/** A port of 127.0.0.1 that nobody listened on a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
