/** Reads planned for many replicas: few calls, nothing left out, nothing asked twice. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { imagesPerCall, inBatches, placeKey, planReads } from '../../lib/replication/reads.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf, ireland, replicaOf, sydney } from '../samples.ts';

describe('planned reads', () => {
  it('are none for nothing', () => {
    expect(planReads([])).toEqual([]);
  });

  it('ask one place once, however many images are wanted there', () => {
    const replicas = ['a', 'b'].map((name) => replicaOf({ digest: digestOf(name) }));
    expect(planReads(replicas)).toEqual([
      { registry: ireland, repository: 'prod-api', batches: [[digestOf('a'), digestOf('b')]] },
    ]);
  });

  it('ask for a digest once, however many tags or pushes want it', () => {
    const replicas = [replicaOf({ tag: '1' }), replicaOf({ tag: '2' }), replicaOf()];
    expect(planReads(replicas).flatMap(({ batches }) => batches)).toEqual([[digestOf('prod-api')]]);
  });

  it('are apart for each repository and each registry', () => {
    const replicas = [
      replicaOf(),
      replicaOf({ repository: 'prod-web' }),
      replicaOf({ destination: sydney }),
      replicaOf({ destination: { ...ireland, account: '444455556666' } }),
    ];
    expect(planReads(replicas)).toHaveLength(4);
  });

  it('hold at most 100 digests a batch: 250 are asked for in 3 calls', () => {
    const replicas = Array.from({ length: 250 }, (_, n) => replicaOf({ digest: digestOf(`image ${n}`) }));
    const [read] = planReads(replicas);
    expect(read?.batches.map((batch) => batch.length)).toEqual([100, 100, 50]);
  });

  it('cover exactly the wanted pairs of place and digest, each once', () => {
    const many = fc.array(arbitrary.replica, { maxLength: 300, size: 'max' });
    fc.assert(
      fc.property(many, (replicas) => {
        const reads = planReads(replicas);
        const places = reads.map(({ registry, repository }) => placeKey(registry, repository));
        expect(new Set(places).size).toBe(places.length);
        const asked = reads.flatMap(({ registry, repository, batches }) =>
          batches.flat().map((digest) => `${placeKey(registry, repository)} ${digest}`),
        );
        const wanted = replicas.map(
          ({ destination, repository, digest }) => `${placeKey(destination, repository)} ${digest}`,
        );
        expect(asked.toSorted()).toEqual([...new Set(wanted)].toSorted());
        for (const batch of reads.flatMap(({ batches }) => batches)) {
          expect(batch.length).toBeGreaterThan(0);
          expect(batch.length).toBeLessThanOrEqual(imagesPerCall);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('batches', () => {
  it('are full but for the last one, and together what was given', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), fc.integer({ min: 1, max: 10 }), (items, size) => {
        const batches = inBatches(items, size);
        expect(batches.flat()).toEqual(items);
        expect(batches.slice(0, -1).every((batch) => batch.length === size)).toBe(true);
      }),
    );
  });
});
