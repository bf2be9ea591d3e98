/** Where the images of a bench go. */

import type { Registry } from '../../../lib/image/registry.ts';
import { ireland, source, sydney } from '../../samples.ts';

export const threeDestinations: readonly Registry[] = [
  ireland,
  sydney,
  { account: source.account, region: 'eu-central-1' },
];
