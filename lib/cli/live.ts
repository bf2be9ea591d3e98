/** A display that moves, on stderr: the last lines of a terminal, drawn over and over until the work is done. */

import { createLogUpdate } from 'log-update';
import type { Terminal } from './terminal.ts';
import { rendered, type Text } from './text.ts';

export interface Live {
  readonly show: (lines: readonly Text[]) => void;
  /** Takes the display away. */
  readonly clear: () => void;
}

export function openLive({ paintLive }: Terminal): Live {
  const log = createLogUpdate(process.stderr);
  return {
    show: (lines) => log(lines.map((line) => rendered(line, paintLive)).join('\n')),
    clear: () => {
      log.clear();
      log.done();
    },
  };
}
