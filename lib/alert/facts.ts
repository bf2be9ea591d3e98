/** What a chat shows of one open incident, row by row: which image, from where to where, since when, what is known. */

import type { Registry } from '../image/registry.ts';
import { ecrSays, type Said, seen } from './evidence.ts';
import { code, prose } from './markup.ts';
import { clockTime, duration } from './words.ts';

export type Row = readonly [label: string, text: string];

/** Times in epoch milliseconds. */
export interface Facts extends Said {
  readonly image: string;
  readonly source: Registry;
  readonly destination: Registry;
  readonly pushedAt: number;
  readonly deadlineSeconds: number;
  readonly lastLookAt: number;
  /** The cause in a sentence. */
  readonly explanation: string;
}

/** `now`: when the notice was written. `isOne` of several: then it is an example of them. */
export function factRows(facts: Facts, now: number, isOne: boolean): readonly Row[] {
  const looked: Row = ['Looked', `${clockTime(facts.lastLookAt)}: ${prose(seen(facts))}`];
  const why: Row = ['Why', prose(facts.explanation)];
  if (facts.kind === 'unreadable') return [looked, why, ['Shown by', code(facts.image)]];
  const ago = duration((now - facts.pushedAt) / 1000);
  const deadline = duration(facts.deadlineSeconds);
  return [
    [isOne ? 'Such as' : 'Image', code(facts.image)],
    ['Pushed', `${clockTime(facts.pushedAt)} (${ago} ago; deadline ${deadline})`],
    looked,
    // Where the look has the answer, nobody asks ECR.
    ...(facts.evidence.ecrSays === undefined ? [] : [['ECR says', prose(ecrSays(facts))] as const]),
    why,
    ['From', fromTo(facts.source, facts.destination)],
  ];
}

export function fromTo(source: Registry, destination: Registry): string {
  if (source.account === destination.account) {
    return prose(`${source.region} to ${destination.region}, account ${destination.account}`);
  }
  return prose(`${source.region} (${source.account}) to ${destination.region} (${destination.account})`);
}
