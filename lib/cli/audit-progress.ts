/** How far an audit is: a display where somebody watches, and nothing at all where nobody does. */

import { count, duration } from '../alert/words.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { AuditProgress as Progress } from '../monitor/audit.ts';
import type { Terminal } from './terminal.ts';
import { bold, dim, green, type Text } from './text.ts';

export interface AuditProgress {
  readonly note: (progress: Progress) => void;
  readonly end: () => void;
}

const drawEveryMs = 200;
const barWidth = 24;

export async function openAuditProgress(
  terminal: Terminal,
  sources: readonly Registry[],
  calls: () => number,
): Promise<AuditProgress> {
  if (!terminal.isWatched) return { note: () => {}, end: () => {} };
  const { openLive } = await import('./live.ts');
  const live = openLive(terminal);
  const begun = Date.now();
  const seen = { listed: 0, repositories: 0, compared: 0, images: 0 };
  const title = `Auditing ${sources.map(registryKey).join(', ')}`;
  const draw = (): void => {
    const seconds = (Date.now() - begun) / 1000;
    live.show([bold(title), ...linesOf({ ...seen, calls: calls(), seconds, sources: sources.length })]);
  };
  draw();
  const timer = setInterval(draw, drawEveryMs);
  return {
    note: (progress) => {
      if (progress.is === 'page') seen.images += progress.images;
      else if (progress.is === 'compared') seen.compared += 1;
      else {
        seen.listed += 1;
        seen.repositories += progress.repositories;
      }
    },
    end: () => {
      clearInterval(timer);
      live.clear();
    },
  };
}

interface Seen {
  readonly sources: number;
  readonly listed: number;
  readonly repositories: number;
  readonly compared: number;
  readonly images: number;
  readonly calls: number;
  readonly seconds: number;
}

function linesOf(seen: Seen): readonly Text[] {
  const { sources, listed, repositories, compared, images, calls, seconds } = seen;
  const share = repositories === 0 ? 0 : compared / repositories;
  const filled = Math.round(share * barWidth);
  const of = listed < sources ? `at least ${repositories}` : repositories.toLocaleString('en-US');
  const rate = seconds < 1 ? '' : `, ${Math.round(calls / seconds)} a second`;
  return [
    [
      green('█'.repeat(filled)),
      dim('░'.repeat(barWidth - filled)),
      ` ${compared.toLocaleString('en-US')} of ${of} repositories`,
    ],
    dim(`${count(images, 'image')} read, ${count(calls, 'call')}${rate}${leftText(seen, share)}`),
  ];
}

function leftText({ sources, listed, seconds }: Seen, share: number): string {
  if (listed < sources || share < 0.02 || seconds < 2) return '';
  return `, about ${duration((seconds / share) * (1 - share))} left`;
}
