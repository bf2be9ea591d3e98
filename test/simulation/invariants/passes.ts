/** 10. What a pass over settings or manifests finds is told, and no image is pulled before that is kept from counting as use. */

import { type Registry, registryKey, sameRegistry } from '../../../lib/image/registry.ts';
import { placeKey } from '../../../lib/replication/reads.ts';
import { destinationsOf } from '../../../lib/replication/rules.ts';
import { firstAfterSeconds, passMinutes } from '../deployment.ts';
import { layerOf } from '../ecr.ts';
import { beginning } from '../story.ts';
import type { Invariant, Seen, Told, Watch } from '../watch.ts';
import { recoverySeconds } from './bounds.ts';

/** When the first pass is called, unless that is missed; it is the only one of its day that begins anew. */
const first = beginning + firstAfterSeconds(passMinutes) * 1000;
/** A pass of a story's few repositories. */
const passSeconds = 5 * 60;

export const passes: Invariant = {
  name: 'passes told',
  watch: (seen) => {
    const last = new Map<string, Told>();
    const settings = watchSettings(seen, last);
    const manifests = watchManifests(seen, last);
    const check = (): void => {
      settings();
      manifests();
    };
    return {
      taken: (told) => void last.set(`${told.kind} ${registryKey(told.destination)}`, told),
      pulled: (registry) => {
        if (!seen.ecr.excludesPulls(registry))
          seen.fail(`${registryKey(registry)} is pulled from, which counts as use`);
      },
      checked: check,
      atRest: check,
      atEnd: check,
    } satisfies Watch;
  },
};

/** No registry of a story has a creation template: wherever a rule covers a repository, there is something to tell. */
function watchSettings(
  { now, setting, faults, ecr, fail }: Seen,
  last: ReadonlyMap<string, Told>,
): () => void {
  return () => {
    if (setting.more?.includes('settings') !== true) return;
    const time = now();
    const from = Math.max(first, faults.lastAt() + recoverySeconds * 1000);
    if (time < from + (passMinutes * 60 + passSeconds) * 1000) return;
    for (const source of setting.sources) {
      // Whenever it was gone through: covered all the time.
      const wasCovered = ecr.rules
        .during(registryKey(source), first, time)
        .every((rules) => coveredFrom(ecr, rules, source, first, time));
      if (wasCovered && !last.has(`settings ${registryKey(source)}`))
        fail(`${registryKey(source)} has no creation templates at its destinations, and nobody was told`);
    }
  };
}

function coveredFrom(
  ecr: Seen['ecr'],
  rules: Parameters<typeof destinationsOf>[0],
  source: Registry,
  at: number,
  to: number,
): boolean {
  return ecr.shelves.keys().some((key) => {
    const [place, repository = ''] = key.split(' ');
    if (place !== registryKey(source) || destinationsOf(rules, source, repository).length === 0) return false;
    return ecr.shelves.during(key, at, to).every((shelf) => shelf !== undefined);
  });
}

/** A layer that was lost before the first pass of a day without faults is told of by it. */
function watchManifests(
  { now, setting, faults, ecr, truth, expectations, fail }: Seen,
  last: ReadonlyMap<string, Told>,
): () => void {
  let judged = false;
  let lostBefore: readonly string[] | undefined;
  return () => {
    if (setting.more?.includes('manifests') !== true || judged) return;
    const lost = expectations.filter(({ replica: { destination, repository, digest } }) =>
      ecr.lostLayers(placeKey(destination, repository)).has(layerOf(digest)),
    );
    const names = lost.map(
      ({ replica }) => `${registryKey(replica.destination)} ${replica.repository} ${replica.digest}`,
    );
    if (now() < first) {
      lostBefore = names;
      return;
    }
    if (now() < first + passSeconds * 1000) return;
    judged = true;
    if (faults.lastAt() > first - passSeconds * 1000) return;
    for (const [at, { replica }] of lost.entries()) {
      if (lostBefore?.includes(names[at] ?? '') !== true || replica.tag === undefined) continue;
      if (replica.source.account !== setting.sources[0]?.account) continue;
      if (!setting.sources.some((one) => sameRegistry(one, replica.source))) continue;
      const needs = truth.needs(replica, first, now());
      const isRead = [...needs].every((need) => need === 'met') && isTagged(ecr, replica, first, now());
      const told = last.get(`incomplete ${registryKey(replica.destination)}`);
      if (isRead && (told === undefined || told.open === 0))
        fail(
          `${replica.repository}:${replica.tag} lacks a layer in ${registryKey(replica.destination)}, and nobody was told`,
        );
    }
  };
}

function isTagged(
  ecr: Seen['ecr'],
  { source, repository, digest }: Seen['expectations'][number]['replica'],
  from: number,
  to: number,
): boolean {
  return ecr.shelves
    .during(placeKey(source, repository), from, to)
    .every((shelf) => (shelf?.get(digest)?.tags.length ?? 0) > 0);
}
