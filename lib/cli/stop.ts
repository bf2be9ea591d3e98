/** Ctrl-C, and the SIGTERM of a pipeline that is cancelled: a command ends at once, with what it has found so far. */

let owner: AbortController | undefined;

/** A command that has something to say when it is stopped says that it will end by itself. */
export function takeStop(): AbortSignal {
  owner = new AbortController();
  return owner.signal;
}

/** `end` is called when nobody has taken the stop, and when it comes twice. */
export function listenForStop(end: () => void): void {
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (owner === undefined || stopped) return end();
      stopped = true;
      owner.abort();
    });
  }
}

/** The work's answer, or `stopped` as soon as that comes; the work itself is left behind. */
export function unlessStopped<T>(signal: AbortSignal, work: Promise<T>): Promise<T | 'stopped'> {
  return new Promise((resolve, reject) => {
    const stop = (): void => resolve('stopped');
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject);
  });
}
