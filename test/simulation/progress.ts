/** A progress bar for whoever sits at a terminal; nothing at all for a pipe or a file. */

export interface Progress {
  /** `more`: what else is to be said of it now. */
  readonly show: (done: number, more?: string) => void;
  readonly end: () => void;
}

const width = 30;
const everyMs = 100;

export function createProgress(stream: NodeJS.WriteStream, total: number, things: string): Progress {
  if (!stream.isTTY) return { show: () => {}, end: () => {} };
  const startedAt = performance.now();
  let shownAt = 0;
  return {
    show: (done, more = '') => {
      const now = performance.now();
      if (now - shownAt < everyMs && done < total) return;
      shownAt = now;
      const full = Math.round((width * done) / total);
      const bar = `${'█'.repeat(full)}${'░'.repeat(width - full)}`;
      const rate = done / ((now - startedAt) / 1000);
      const left = Math.ceil((total - done) / rate);
      const sums = `${done}/${total}  ${rate.toFixed(0)} ${things}/s  ${left} s left  ${more}`;
      stream.write(`\r${bar} ${sums}\u001b[K`);
    },
    end: () => stream.write('\r\u001b[K'),
  };
}
