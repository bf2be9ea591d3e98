/** The use case behind `audit`: every repository that a rule covers, compared with its destinations, from here and now. */

import pLimit from 'p-limit';
import type { AuditFinding } from '../audit/document.ts';
import { driftFinding } from '../audit/finding.ts';
import type { Gathering } from '../audit/gather.ts';
import { settingFinding } from '../audit/setting.ts';
import type { Registry } from '../image/registry.ts';
import type { Policies } from '../policies.ts';
import type { Ports } from '../ports.ts';
import type { Replica, ReplicationRule } from '../replication/rules.ts';
import type { ReadFault } from '../replication/verdict.ts';
import type { DestinationComparison, Drift, RepositoryComparison } from '../sweep/comparison.ts';
import { createPushes, partOf } from '../sweep/part.ts';
import type { SettingPorts } from '../sweep/setting-ports.ts';
import { compareRepository } from './compare-repository.ts';
import { gatherEvidence, type MoreEvidence } from './evidence.ts';
import { registryFindings } from './registry-settings.ts';
import { isMeantBy } from './replica-status.ts';
import { listRepositoriesToSweep } from './repositories-to-sweep.ts';
import { skippingSilent } from './silent-regions.ts';

export interface AuditWish {
  readonly sources: readonly Registry[];
  readonly prefix?: string;
  /** Regions or `ACCOUNT/REGION`; none: all that the rules name. */
  readonly destinations: readonly string[];
  /** Images pushed before (epoch ms) were never going to be replicated. */
  readonly since?: number;
  /** What settings will do later is told as well. */
  readonly settings: boolean;
  /** Repositories under way at once. */
  readonly atOnce: number;
}

export type AuditProgress =
  /** Of one source: how many repositories there are to compare. */
  | { readonly is: 'listed'; readonly repositories: number }
  | { readonly is: 'page'; readonly images: number }
  | { readonly is: 'compared'; readonly comparison: RepositoryComparison };

type AuditPorts = Pick<
  Ports,
  | 'now'
  | 'readRules'
  | 'readRepositories'
  | 'readInventory'
  | 'readImages'
  | 'readClaims'
  | 'readTags'
  | 'readTagSettings'
> &
  SettingPorts & {
    /** Of what `readRepositories` throws. */
    readonly faultOf: (error: unknown) => ReadFault;
  };

/** ECR tells its claim one image a call: of each repository and destination the newest, and of all not more than this. */
const mostClaims = { ofOne: 200, ofAll: 2_000 };

/** What is found goes into `gathering` as it is found: who stops this keeps what is there. */
export async function audit(
  ports: AuditPorts,
  policies: Pick<Policies, 'looks'>,
  wish: AuditWish,
  gathering: Gathering,
  onProgress: (progress: AuditProgress) => void,
): Promise<void> {
  const limit = pLimit(wish.atOnce);
  const patient = { ...ports, readInventory: skippingSilent(ports.readInventory) };
  let claims = mostClaims.ofAll;
  const takeClaims = (wanted: number): number => {
    const taken = Math.min(wanted, claims, mostClaims.ofOne);
    claims -= taken;
    return taken;
  };
  const meant = (destination: Registry): boolean =>
    wish.destinations.length === 0 || wish.destinations.some((written) => isMeantBy(destination, written));

  async function auditSource(source: Registry): Promise<void> {
    const scope = wish.prefix === undefined ? {} : { prefix: wish.prefix };
    const listing = await listRepositoriesToSweep(ports, policies, source, scope).catch((error: unknown) => ({
      is: 'unreadable' as const,
      why: ports.faultOf(error),
    }));
    if (listing.is === 'unreadable') return gathering.addUnreadableSource(source, listing.why);
    const covered = listing.covered
      .map(({ repository, destinations }) => ({ repository, destinations: destinations.filter(meant) }))
      .filter(({ destinations }) => destinations.length > 0);
    gathering.addSource({
      registry: source,
      rules: listing.rules,
      repositories: listing.repositories.length,
      repositoriesCovered: covered.length,
    });
    onProgress({ is: 'listed', repositories: covered.length });
    if (wish.settings) await addSettings(source, listing.rules, listing.repositories);
    await Promise.all(
      covered.map(({ repository, destinations }) =>
        limit(async () => {
          const comparison = await compareRepository(
            patient,
            policies,
            { source, repository, destinations, historyBefore: () => wish.since },
            (progress) => {
              if (progress.is === 'page') onProgress({ is: 'page', images: progress.images });
            },
          );
          const findings = await findingsOf(ports, comparison, takeClaims);
          gathering.addRepository(comparison, findings);
          onProgress({ is: 'compared', comparison });
        }),
      ),
    );
  }

  /** What could not be read of them is `doctor`'s to tell: an audit is about images. */
  async function addSettings(
    registry: Registry,
    rules: readonly ReplicationRule[],
    repositories: readonly string[],
  ): Promise<void> {
    const ruled = {
      registry,
      rules: rules.map((rule) => ({ ...rule, destinations: rule.destinations.filter(meant) })),
    };
    const found = await registryFindings(ports, ruled, repositories, []);
    gathering.addFindings(found.filter(({ kind }) => kind !== 'settings-unreadable').map(settingFinding));
  }

  await Promise.all(wish.sources.map(auditSource));
}

async function findingsOf(
  ports: Pick<Ports, 'readImages' | 'readClaims' | 'readTags' | 'readTagSettings'>,
  { source, repository, destinations }: RepositoryComparison,
  takeClaims: (wanted: number) => number,
): Promise<readonly AuditFinding[]> {
  const findings: AuditFinding[] = [];
  for (const comparison of destinations) {
    const place = { source, repository, destination: comparison.destination };
    const evidence = await evidenceOn(ports, place, comparison, takeClaims);
    const pushOf = createPushes(comparison.drifts.map(({ image }) => image));
    for (const drift of comparison.drifts) {
      const part = pushOf(drift.image) === undefined ? partOf(drift.image) : 'child';
      findings.push(driftFinding(place, comparison, drift, part, evidence.get(drift)));
    }
  }
  return findings;
}

/** Of the missing, what ECR says; of tags that are elsewhere, whether they can move at all. */
async function evidenceOn(
  ports: Pick<Ports, 'readImages' | 'readClaims' | 'readTags' | 'readTagSettings'>,
  place: Omit<Replica, 'digest' | 'tag'>,
  { drifts, repositoryAbsent }: DestinationComparison,
  takeClaims: (wanted: number) => number,
): Promise<ReadonlyMap<Drift, MoreEvidence>> {
  const missing = drifts
    .filter((drift) => drift.is === 'missing')
    .toSorted((a, b) => (b.image.pushedAt ?? 0) - (a.image.pushedAt ?? 0));
  const asked: readonly Drift[] = [
    ...missing.slice(0, takeClaims(missing.length)),
    // Their claim explains nothing, but it is one call with the rest; the first tell whether tags can move there.
    ...drifts.filter((drift) => drift.is === 'tag-mismatch').slice(0, mostClaims.ofOne),
  ];
  const evidence = await gatherEvidence(
    ports,
    asked.map((drift) => ({
      replica: {
        ...place,
        digest: drift.image.digest,
        ...(drift.is === 'tag-mismatch' ? { tag: drift.tag } : {}),
      },
      verdict:
        drift.is === 'tag-mismatch'
          ? { is: 'tag-mismatch', ...(drift.found === undefined ? {} : { found: drift.found }) }
          : { is: 'missing', ...(repositoryAbsent ? { repository: 'absent' } : {}) },
      due: true,
    })),
  );
  return new Map(asked.map((drift, index) => [drift, evidence[index] ?? {}]));
}
