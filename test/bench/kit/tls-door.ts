/** HTTPS in front of a local service, as every AWS endpoint has it: plain HTTP makes the SDK load what it never needs there. */

import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TlsDoor {
  readonly url: string;
  /** What a process needs in its environment to trust it. */
  readonly trust: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** The certificate is made for this door, by openssl. Undefined where there is none. */
export async function openTlsDoor(onto: string): Promise<TlsDoor | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'ecr-replication-monitor-bench-'));
  const [keyFile, certificateFile] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  try {
    await run('openssl', ['req', '-x509', ...curve, ...name, '-keyout', keyFile, '-out', certificateFile]);
  } catch {
    await rm(folder, { recursive: true, force: true });
    return undefined;
  }
  const [key, cert] = await Promise.all([readFile(keyFile), readFile(certificateFile)]);
  const { hostname, port } = new URL(onto);
  const server = createServer({ key, cert }, (inside) => {
    const outside = connect(Number(port), hostname);
    // Both ends of a kept connection would wait 40 ms for each other: Nagle's algorithm, and delayed acknowledgements.
    for (const end of [inside, outside]) end.setNoDelay();
    inside.pipe(outside).pipe(inside);
    inside.on('error', () => outside.destroy());
    outside.on('error', () => inside.destroy());
    inside.on('close', () => outside.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the door does not listen on a port');
  return {
    url: `https://127.0.0.1:${address.port}`,
    trust: { NODE_EXTRA_CA_CERTS: certificateFile },
    stop: async () => {
      server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
