/** A server on a port of 127.0.0.1 that the system chooses, and its end: no connection outlives it. */

import type { Server } from 'node:http';

export interface Listening {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** `onStop` runs before the server closes. */
export async function listen(server: Server, onStop: () => void = () => {}): Promise<Listening> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { url: urlOf(server), stop: () => close(server, onStop) };
}

export function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string')
    throw new Error('the server does not listen on a port');
  return `http://127.0.0.1:${address.port}`;
}

function close(server: Server, onStop: () => void): Promise<void> {
  onStop();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
