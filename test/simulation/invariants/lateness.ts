/** 4. A replica that arrives closes its incident as resolved, with how late it was. */

import type { Incident } from '../../../lib/incident/incident.ts';
import type { Invariant, Seen } from '../watch.ts';
import { clockSeconds } from './bounds.ts';
import { inWords } from './words.ts';

export const lateness: Invariant = {
  name: 'resolved with its lateness',
  watch: (seen) => ({
    saved: (incident, before) => {
      if (incident.state === 'resolved' && before?.state === 'open' && incident.kind !== 'unreadable')
        check(seen, incident, before);
    },
  }),
};

/**
 * Between the moment that it came to be as it must be and the look that saw it: ECR tells when an image arrived, not
 * when a tag came to it. One that was archived has arrived before.
 */
function check({ now, truth, ecr, fail }: Seen, incident: Incident, before: Incident): void {
  const { replica, pushedAt, deadlineSeconds, latenessSeconds } = incident;
  if (latenessSeconds === undefined) {
    fail(`${inWords(replica)} is resolved, and nobody says how late`);
    return;
  }
  const time = now();
  const wholeSince = truth.wholeSince(replica, time) ?? time;
  const late = (at: number): number => Math.max(0, (at - pushedAt) / 1000 - deadlineSeconds);
  const image = ecr.shelves
    .at(`${replica.destination.account}/${replica.destination.region} ${replica.repository}`, wholeSince)
    ?.get(replica.digest);
  // Unless a look has seen it there without its tag: then its time says nothing of the tag.
  const arrivedJustThen =
    before.evidence.seen !== 'tag-mismatch' &&
    image?.arrivedAt !== undefined &&
    Math.abs(image.arrivedAt - wholeSince) < clockSeconds * 1000;
  // An image that came since the last look, and its tag after it: nobody can tell the one moment from the other.
  const counts =
    before.kind === 'archived' ||
    before.evidence.seen === 'archived' ||
    before.evidence.seen === 'missing' ||
    (image?.arrivedAt ?? 0) > before.lastLookAt;
  const least =
    late(counts ? Math.min(wholeSince, image?.arrivedAt ?? wholeSince) : wholeSince) - clockSeconds;
  const most = (arrivedJustThen ? late(wholeSince) : late(time)) + clockSeconds;
  if (latenessSeconds < least || latenessSeconds > most)
    fail(`${inWords(replica)} is said to be ${latenessSeconds} s late, and was ${least} to ${most}`);
}
