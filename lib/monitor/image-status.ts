/** The use case behind `status IMAGE`: one image at every destination that the rules name, looked at once. */

import type { ImageReference } from '../image/image-reference.ts';
import type { Registry } from '../image/registry.ts';
import type { Ports } from '../ports.ts';
import { claimFor } from '../replication/claim.ts';
import { expectedReplicas } from '../replication/rules.ts';
import type { ReadFault } from '../replication/verdict.ts';
import { gatherEvidence } from './evidence.ts';
import { look } from './look.ts';
import { type ReplicaStatus, replicaStatus } from './replica-status.ts';
import { readSourceImage, type SourceImage, type SourceReading } from './source-image.ts';

export type ImageStatus =
  | Exclude<SourceReading, { is: 'found' }>
  | { readonly is: 'rules-unreadable'; readonly why: ReadFault }
  | { readonly is: 'uncovered'; readonly image: SourceImage }
  | { readonly is: 'looked'; readonly image: SourceImage; readonly replicas: readonly ReplicaStatus[] };

type StatusPorts = Pick<
  Ports,
  'now' | 'readRules' | 'readImages' | 'readTags' | 'readTagSettings' | 'readClaims'
>;

export async function readImageStatus(
  ports: StatusPorts,
  source: Registry,
  reference: ImageReference,
): Promise<ImageStatus> {
  const rules = await ports.readRules(source);
  if (rules.is === 'unreadable') return { is: 'rules-unreadable', why: rules.why };
  const reading = await readSourceImage(ports, source, reference);
  if (reading.is !== 'found') return reading;
  const { image } = reading;
  const { pushedAt: _, ...name } = image;
  const replicas = expectedReplicas(rules.rules, name);
  if (replicas.length === 0) return { is: 'uncovered', image };
  const [verdicts, claims] = await Promise.all([
    look(ports, replicas),
    ports.readClaims(source, image.repository, image.digest),
  ]);
  const judged = replicas.map((replica, index) => ({
    replica,
    verdict: verdicts[index] ?? { is: 'unreadable' as const, why: 'service-error' as const },
    due: true,
  }));
  // The claims are known by now: what is still asked for are tags, where they are not as they should be.
  const evidence = await gatherEvidence({ ...ports, readClaims: async () => claims }, judged);
  return {
    is: 'looked',
    image,
    replicas: judged.map(({ replica: { destination }, verdict }, index) =>
      replicaStatus(
        image,
        destination,
        verdict,
        { ...evidence[index], claim: claimFor(claims, destination) },
        ports.now(),
      ),
    ),
  };
}
