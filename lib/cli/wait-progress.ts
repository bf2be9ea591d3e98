/** How `wait` shows what it waits for: a display where somebody watches, else a line whenever something has changed. */

import { duration } from '../alert/words.ts';
import { referenceName } from '../image/image-reference.ts';
import { registryKey } from '../image/registry.ts';
import { isVerified } from '../monitor/replica-status.ts';
import type { WaitView, WaitWish } from '../monitor/wait-for-image.ts';
import { claimText, placeName, replicaRow } from './image-view.ts';
import type { Terminal } from './terminal.ts';
import { bold, dim, green, type Text, yellow } from './text.ts';

export interface WaitProgress {
  readonly show: (view: WaitView) => void;
  readonly end: () => void;
}

export async function openWaitProgress(terminal: Terminal, wish: WaitWish): Promise<WaitProgress> {
  return terminal.isWatched ? liveProgress(terminal, wish) : lineProgress(terminal, wish);
}

function headline({ reference, timeoutSeconds }: WaitWish): string {
  return `Waiting for ${referenceName(reference)}, ${duration(timeoutSeconds)} at most`;
}

const drawEveryMs = 200;
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

async function liveProgress(terminal: Terminal, wish: WaitWish): Promise<WaitProgress> {
  const { openLive } = await import('./live.ts');
  const live = openLive(terminal);
  const begun = Date.now();
  let view: WaitView = { replicas: [] };
  let frame = 0;
  const draw = (): void => {
    frame += 1;
    const waited = dim(`  ${duration((Date.now() - begun) / 1000)}`);
    live.show([[bold(headline(wish)), waited], ...linesOf(wish, view, frames[frame % frames.length] ?? '')]);
  };
  draw();
  const timer = setInterval(draw, drawEveryMs);
  return {
    show: (seen) => {
      view = seen;
      draw();
    },
    end: () => {
      clearInterval(timer);
      live.clear();
    },
  };
}

function linesOf({ source }: WaitWish, { replicas, trouble }: WaitView, frame: string): readonly Text[] {
  const width = Math.max(0, ...replicas.map(({ destination }) => placeName(source, destination).length));
  const lines = replicas.map((replica): Text => {
    const mark = isVerified(replica) ? green('✓') : yellow(frame);
    const [, verdict = ''] = replicaRow(source, replica);
    const claim = replica.claim === undefined ? '' : `  ECR says: ${claimText(replica.claim)}`;
    return [
      '  ',
      mark,
      ` ${placeName(source, replica.destination).padEnd(width)}  `,
      verdict,
      dim(claim),
    ].flat();
  });
  if (trouble === undefined) return lines;
  return [
    ...lines,
    yellow(`  ${registryKey(trouble.registry)} could not be read (${trouble.why}); trying again`),
  ];
}

/** Pipelines end what says nothing for long. */
const quietMs = 60_000;

function lineProgress(terminal: Terminal, wish: WaitWish): WaitProgress {
  terminal.say(headline(wish));
  const begun = Date.now();
  const said = new Map<string, string>();
  let lastAt = begun;
  const sayOnce = (key: string, text: string): void => {
    if (said.get(key) === text) return;
    said.set(key, text);
    terminal.say(text);
    lastAt = Date.now();
  };
  return {
    show: ({ replicas, trouble }) => {
      for (const replica of replicas) {
        const { destination, claim } = replica;
        const place = placeName(wish.source, destination);
        const claimed = claim === undefined ? '' : `; ECR says: ${claimText(claim)}`;
        sayOnce(place, `${place}: ${replica.verdict.is}${claimed}`);
      }
      if (Date.now() - lastAt >= quietMs) {
        const there = `${replicas.filter(isVerified).length} of ${replicas.length}`;
        terminal.say(`Still waiting after ${duration((Date.now() - begun) / 1000)}: ${there} destinations`);
        lastAt = Date.now();
      }
      if (trouble === undefined) said.delete('trouble');
      else
        sayOnce(
          'trouble',
          `${registryKey(trouble.registry)}: could not be read (${trouble.why}); trying again`,
        );
    },
    end: () => {},
  };
}
