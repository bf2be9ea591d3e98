/** Another look at incidents that are open: in batches by destination and repository, never a call an incident. */

import pLimit from 'p-limit';
import { registryKey, sameRegistry } from '../image/registry.ts';
import type { Incident } from '../incident/incident.ts';
import { evidenceOf, type Finding, lookedAt } from '../incident/transition.ts';
import type { Ports, RulesReading } from '../ports.ts';
import { tagMovedOn } from '../replication/decision.ts';
import { sendTo } from '../replication/rules.ts';
import type { Verdict } from '../replication/verdict.ts';
import { gatherEvidence, type MoreEvidence } from './evidence.ts';
import { look } from './look.ts';
import { writesAtOnce } from './report.ts';
import { clocksApartMs, rulesOfSources } from './rules-of-sources.ts';

export interface Round {
  /** Incidents that ended, or that people have to be told of anew. */
  readonly changed: readonly Incident[];
  /** Destinations found unreadable while looking. */
  readonly findings: readonly Finding[];
  /** How many were written at all: none means that the table is the trouble. */
  readonly written: number;
}

export type RoundPorts = Pick<
  Ports,
  'now' | 'log' | 'readRules' | 'readImages' | 'readTags' | 'readClaims' | 'saveIncident'
>;

export async function lookAgain(
  ports: RoundPorts,
  incidents: readonly Incident[],
  leastGapSeconds: number,
): Promise<Round> {
  const rules = await rulesOfSources(
    ports,
    // Rules from before it was opened may not have the rule that it was opened for, and nobody would look at it again.
    incidents.map(({ replica: { source }, openedAt }) => ({ source, notBefore: openedAt + clocksApartMs })),
  );
  const verdicts = await verdictsOn(ports, incidents, rules);
  const evidence = await gatherEvidence(
    // Whether a tag can move was found out when the incident was opened, and stays in its evidence.
    { ...ports, readTagSettings: async () => undefined },
    incidents.map(({ replica }, index) => ({ replica, verdict: verdicts[index] ?? unknown, due: false })),
  );
  const changed: Incident[] = [];
  let written = 0;
  const limit = pLimit(writesAtOnce);
  await Promise.all(
    incidents.map((incident, index) =>
      limit(async () => {
        const verdict = verdicts[index] ?? unknown;
        const next = afterLook(incident, rules, verdict, evidence[index] ?? {}, leastGapSeconds, ports.now());
        try {
          if ((await ports.saveIncident(next)) === 'conflict') return;
          written += 1;
          if (next.changedAt !== incident.changedAt) changed.push(next);
        } catch (error) {
          ports.log('ERROR', 'Incident not updated', { incident: incident.id, error: String(error) });
        }
      }),
    ),
  );
  return { changed, findings: unreadableDestinations(incidents, verdicts), written };
}

const unknown: Verdict = { is: 'unreadable', why: 'service-error' };

/** What cannot be read of a source are its rules; of any other destination, its images. */
async function verdictsOn(
  ports: Pick<Ports, 'readImages' | 'readTags'>,
  incidents: readonly Incident[],
  rules: ReadonlyMap<string, RulesReading>,
): Promise<readonly Verdict[]> {
  const verdicts = await look(
    ports,
    incidents.map(({ replica }) => replica),
  );
  return incidents.map(({ replica }, index) => {
    if (!sameRegistry(replica.source, replica.destination)) return verdicts[index] ?? unknown;
    const reading = rules.get(registryKey(replica.source));
    return reading?.is === 'unreadable' ? reading : { is: 'missing' };
  });
}

function afterLook(
  incident: Incident,
  rules: ReadonlyMap<string, RulesReading>,
  verdict: Verdict,
  { claim, sourceTag }: MoreEvidence,
  leastGapSeconds: number,
  now: number,
): Incident {
  const look = {
    expected: isExpected(incident, rules.get(registryKey(incident.replica.source))),
    verdict,
    ...(claim === undefined ? {} : { claim }),
    tagMovedOn: verdict.is === 'tag-mismatch' && tagMovedOn(incident.replica.digest, sourceTag),
    leastGapSeconds,
  };
  return lookedAt(incident, look, now);
}

/** Rules that cannot be read withdraw nothing. */
function isExpected({ kind, replica }: Incident, reading: RulesReading | undefined): boolean {
  if (reading?.is !== 'read' || sameRegistry(replica.source, replica.destination)) return true;
  // Of a whole destination the image is only what showed it: any rule that names it will do.
  if (kind === 'unreadable') {
    const named = reading.rules.flatMap(({ destinations }) => destinations);
    return named.some((registry) => sameRegistry(registry, replica.destination));
  }
  return sendTo(reading.rules, replica);
}

function unreadableDestinations(
  incidents: readonly Incident[],
  verdicts: readonly Verdict[],
): readonly Finding[] {
  return incidents.flatMap((incident, index): Finding[] => {
    const verdict = verdicts[index] ?? unknown;
    if (verdict.is !== 'unreadable' || incident.kind === 'unreadable') return [];
    const { replica, pushedAt, deadlineSeconds } = incident;
    return [
      { kind: 'unreadable', replica, pushedAt, deadlineSeconds, evidence: evidenceOf(verdict, undefined) },
    ];
  });
}
