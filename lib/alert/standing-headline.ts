/** The first line of what stands with a whole registry: its settings, and images there that are not whole. */

import type { Notice } from '../incident/notice.ts';
import { count, duration } from './words.ts';

export function settingsLine({ type, openCount }: Notice, where: string): string {
  if (type === 'clear') return `The settings of ${where} and its destinations are as they must be`;
  const still = type === 'firing' ? '' : 'Still: ';
  return `${still}${count(openCount, 'setting')} of ${where} or its destinations may harm replication later`;
}

export function incompleteLine({ type, openCount, claimedAt, since }: Notice, where: string): string {
  if (type === 'clear') return `The images in ${where} are whole again`;
  const still = type === 'reminder' ? `Still, after ${duration((claimedAt - since) / 1000)}: ` : '';
  return `${still}${count(openCount, 'image')} in ${where} ${openCount === 1 ? 'lacks' : 'lack'} children or layers: a pull fails`;
}
