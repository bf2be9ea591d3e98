/** Ports that ask nothing more when their time is up, and know what they left unasked: that is for another run. */

import type { Digest } from '../image/digest.ts';
import type { Registry } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import { placeKey } from '../replication/reads.ts';
import type { Replica } from '../replication/rules.ts';
import type { Verdict } from '../replication/verdict.ts';

type Asking = Pick<Ports, 'readImages' | 'readTags' | 'readTagSettings' | 'readClaims'>;

export interface LimitedAsking {
  readonly ports: Asking;
  /** False: something that its verdict, or the decision on it, would rest on has not been asked. */
  readonly isAsked: (judged: { readonly replica: Replica; readonly verdict: Verdict }) => boolean;
}

/** `endsAt`: after this no call is begun (epoch ms); one that is under way is waited for. */
export function askUntil(ports: Asking & Pick<Ports, 'now'>, endsAt: number): LimitedAsking {
  const places = new Set<string>();
  const images = new Set<string>();
  const isOver = (): boolean => ports.now() >= endsAt;
  // What is answered in a call's place is never judged: see isAsked.
  return {
    ports: {
      readImages: async (read) => {
        if (!isOver()) return ports.readImages(read);
        places.add(placeKey(read.registry, read.repository));
        return new Map();
      },
      readTags: async (registry, repository, tags) => {
        if (!isOver()) return ports.readTags(registry, repository, tags);
        places.add(placeKey(registry, repository));
        return { is: 'unreadable', why: 'throttled' };
      },
      readClaims: async (source, repository, digest) => {
        if (!isOver()) return ports.readClaims(source, repository, digest);
        images.add(imageKey(source, repository, digest));
        return { is: 'unreadable', why: 'throttled' };
      },
      // Only explains: nobody has to wait for it.
      readTagSettings: async (registry, repository) =>
        isOver() ? undefined : ports.readTagSettings(registry, repository),
    },
    isAsked: ({ replica: { source, destination, repository, digest }, verdict }) => {
      if (verdict.is === 'verified' || (places.size === 0 && images.size === 0)) return true;
      return !(
        places.has(placeKey(destination, repository)) ||
        places.has(placeKey(source, repository)) ||
        images.has(imageKey(source, repository, digest))
      );
    },
  };
}

function imageKey(source: Registry, repository: string, digest: Digest): string {
  return `${placeKey(source, repository)} ${digest}`;
}
