/** 1. A replica that is not at its destination by its deadline comes on record, and what is on record is told. */

import { type Registry, registryKey, sameRegistry } from '../../../lib/image/registry.ts';
import type { Group, Incident } from '../../../lib/incident/incident.ts';
import { scopeIn } from '../../../lib/incident/silence.ts';
import { isStanding } from '../../../lib/replication/decision.ts';
import type { Replica } from '../../../lib/replication/rules.ts';
import { isNamed, type Need } from '../truth.ts';
import type { Expectation, Invariant, Seen, Told, Watch } from '../watch.ts';
import {
  calmSeconds,
  clockSeconds,
  longestGapSeconds,
  recoverySeconds,
  reportSeconds,
  sweepSeconds,
  sweepTagsSeconds,
  tellSeconds,
} from './bounds.ts';

export const told: Invariant = {
  name: 'told by the deadline',
  watch: (seen) => {
    const record = watchRecord(seen);
    const swept = watchSweeps(seen);
    const notices = watchNotices(seen);
    const checked = (): void => {
      record();
      swept();
      notices.checked?.();
    };
    return { ...notices, checked, atRest: checked, atEnd: checked };
  },
};

const isWrong = (need: Need): boolean => need !== 'met' && need !== 'void';

/** Pushes whose events came: each replica that has been missing all the time has an incident. */
function watchRecord({ now, faults, truth, expectations, incidents, queues, fail }: Seen): () => void {
  const settled = new Set<Expectation>();

  return () => {
    const time = now();
    for (const expected of expectations) {
      const { replica, pushedAt, deadlineAt, deliveredAt } = expected;
      if (settled.has(expected) || deliveredAt === undefined || deadlineAt > time) continue;
      // What was there for a moment may have been seen: later is not the push's business any more.
      if (truth.since(replica, isWrong, pushedAt, time) !== pushedAt) {
        settled.add(expected);
        continue;
      }
      if ([...incidents.keys()].some((id) => isAbout(incidents.get(id), replica))) {
        settled.add(expected);
        continue;
      }
      const due = Math.max(deadlineAt, deliveredAt);
      if (time <= byWhen(due) || isDeadLetter(replica)) continue;
      // What was on record, and has ended with another tag's arrival, is looked at again after a gap.
      const lookedAt = (lastEndOf(replica, deadlineAt) ?? 0) + longestGapSeconds * 1000;
      if (time > byWhen(Math.max(due, lookedAt)))
        fail(`${inWords(replica)} is ${truth.need(replica, time)} since its push, and nobody reported it`);
    }
  };

  /** The latest time at which something due must be on record. */
  function byWhen(due: number): number {
    const isCalm = faults.lastAt() < due - calmSeconds * 1000;
    return isCalm ? due + reportSeconds * 1000 : Math.max(due, faults.lastAt()) + recoverySeconds * 1000;
  }

  /** When the last incident about it ended, if that was since its deadline. */
  function lastEndOf(replica: Replica, deadlineAt: number): number | undefined {
    const ends = [...incidents.keys()].flatMap((id) => {
      const was = incidents.during(id, deadlineAt, now()).some((one) => isAbout(one, replica));
      return was && incidents.get(id)?.state !== 'open' ? incidents.changes(id, deadlineAt, now()) : [];
    });
    return ends.length === 0 ? undefined : Math.max(...ends);
  }

  /** An alarm speaks of dead letters; they are somebody's to move back. */
  function isDeadLetter({ digest }: Replica): boolean {
    return queues.some(({ deadLetters }) => deadLetters.some(({ body }) => body.includes(digest)));
  }
}

/** Whatever its event said, and whatever became of it since: a sweep finds each replica that is not there. */
function watchSweeps({
  now,
  setting,
  faults,
  truth,
  ecr,
  expectations,
  incidents,
  table,
  sweeps,
  fail,
}: Seen): () => void {
  const judged = new Set<string>();
  const bounds: { readonly [N in 'missing' | 'tag-mismatch']: number } = {
    missing: sweepSeconds,
    'tag-mismatch': sweepTagsSeconds(setting.deadlineMinutes * 60),
  };

  return () => {
    for (const begin of sweeps) {
      for (const need of ['missing', 'tag-mismatch'] as const) {
        const key = `${begin} ${need}`;
        if (judged.has(key) || now() < begin + bounds[need] * 1000) continue;
        judged.add(key);
        // What was struck meanwhile may have to come again; the next sweep is judged then.
        if (faults.lastAt() < begin) judge(begin, need);
      }
    }
  };

  function judge(begin: number, need: 'missing' | 'tag-mismatch'): void {
    for (const { replica, pushedAt } of expectations) {
      if (pushedAt > begin || !isDue(replica, begin, need)) continue;
      if (truth.since(replica, (one) => one === need, begin, now()) !== begin) continue;
      if (![...incidents.keys()].some((id) => isAbout(incidents.get(id), replica)))
        fail(`${inWords(replica)} is ${need} since a sweep began, which did not report it`);
    }
  }

  /** Neither young nor, if it is missing, older than its rule as the monitor has seen it. */
  function isDue(replica: Replica, begin: number, need: 'missing' | 'tag-mismatch'): boolean {
    const { source, repository, digest, destination } = replica;
    const original = ecr.shelfOf(source, repository)?.get(digest);
    if (original?.storage !== 'ACTIVE' || original.arrivedAt === undefined) return false;
    const old = original.arrivedAt + (setting.deadlineMinutes * 60 + clockSeconds) * 1000;
    if (old > begin) return false;
    return (
      need === 'tag-mismatch' ||
      original.arrivedAt > expectedSince(source, repository, destination) + clockSeconds * 1000
    );
  }

  function expectedSince(source: Registry, repository: string, destination: Registry): number {
    const watched = table.readWatched().find((one) => sameRegistry(one.source, source));
    let since = Number.POSITIVE_INFINITY;
    for (const { rules, since: seenAt } of watched?.rules.toReversed() ?? []) {
      if (!isNamed(rules, source, repository, destination)) break;
      since = seenAt;
    }
    return since;
  }
}

function isAbout(incident: Incident | undefined, replica: Replica): boolean {
  if (incident?.state !== 'open' || incident.kind === 'unreadable') return false;
  const { source, repository, digest, tag, destination } = incident.replica;
  return (
    digest === replica.digest &&
    repository === replica.repository &&
    sameRegistry(source, replica.source) &&
    sameRegistry(destination, replica.destination) &&
    (incident.kind !== 'tag-mismatch' || tag === replica.tag)
  );
}

export function inWords({ source, repository, digest, tag, destination }: Replica): string {
  return `${repository}${tag === undefined ? '' : `:${tag}`}@${digest.slice(7, 15)} ${registryKey(source)}→${registryKey(destination)}`;
}

/** One opening of one incident, in the conversation that it belongs to. */
interface Opening {
  readonly id: string;
  readonly openedAt: number;
  closedAt: number | undefined;
  /** It stood long enough without any fault: people must have heard of it, and of its end. */
  openingIsDue: boolean;
  closingIsDue: boolean;
}

interface Conversation {
  readonly group: Group;
  readonly openings: Opening[];
  readonly unread: string;
  readonly sequences: Set<number>;
  opened: number;
  ended: number;
  last: Told | undefined;
  lastAt: number;
}

/** Counts, since a notice names twenty: what was told adds up to what was on record. */
function watchNotices({ now, faults, incidents, table, fail }: Seen): Watch {
  const conversations = new Map<string, Conversation>();

  function conversationOf(group: Group): Conversation {
    const destination = registryKey(group.destination);
    const { kind } = group;
    const key = `${destination} ${kind}`;
    const known = conversations.get(key);
    if (known !== undefined) return known;
    const unread = kind === 'unreadable' ? '' : `${destination} unreadable`;
    const made: Conversation = {
      group,
      openings: [],
      unread,
      sequences: new Set<number>(),
      opened: 0,
      ended: 0,
      last: undefined,
      lastAt: 0,
    };
    conversations.set(key, made);
    return made;
  }

  function isSilenced(group: Group, from: number, to: number): boolean {
    return table
      .readSilences()
      .some((silence) => silence.from <= to && silence.until > from && scopeIn(silence, group) !== 'none');
  }

  function check(key: string, conversation: Conversation): void {
    const time = now();
    // While a destination cannot be read, nothing is said of single images; the time counts from the end of that.
    const held = incidents.during(conversation.unread, time - tellSeconds * 1000, time);
    if (held.some((one) => one?.state === 'open')) return;
    // Nor of what somebody silenced; it is told of afterwards.
    if (isSilenced(conversation.group, time - tellSeconds * 1000, time)) return;
    if (faults.lastAt() > time - tellSeconds * 1000) return;
    const isOld = (at: number): boolean => at < time - tellSeconds * 1000;
    for (const opening of conversation.openings) {
      const { openedAt, closedAt } = opening;
      if (closedAt === undefined && isOld(openedAt)) opening.openingIsDue = true;
      const reopened = conversation.openings.some(
        (other) => other.id === opening.id && other.openedAt > openedAt,
      );
      if (closedAt !== undefined && opening.openingIsDue && isOld(closedAt) && !reopened)
        opening.closingIsDue = true;
    }
    const due = conversation.openings.filter(({ openingIsDue }) => openingIsDue).length;
    const over = conversation.openings.filter(({ closingIsDue }) => closingIsDue).length;
    if (conversation.opened < due)
      fail(`${key}: ${due} openings stood for ${tellSeconds} s, ${conversation.opened} were told`);
    if (conversation.ended < over)
      fail(`${key}: ${over} endings stood for ${tellSeconds} s, ${conversation.ended} were told`);
    if (conversation.opened > conversation.openings.length)
      fail(`${key}: ${conversation.openings.length} openings, ${conversation.opened} were told`);
    const open = conversation.openings.filter(({ closedAt }) => closedAt === undefined).length;
    const isStill = conversation.openings.every(
      ({ openedAt, closedAt }) => isOld(openedAt) && (closedAt === undefined || isOld(closedAt)),
    );
    // A notice in the time of a silence counts what is not silent; what is known already is not told anew after it.
    const { last, lastAt } = conversation;
    const isWhole = !isSilenced(
      conversation.group,
      lastAt - clockSeconds * 1000,
      lastAt + clockSeconds * 1000,
    );
    if (isStill && isWhole && last !== undefined && last.open !== open)
      fail(`${key}: ${open} are open, people were last told of ${last.open}`);
  }

  return {
    saved: (incident, before) => {
      const { id, state, muted, kind, replica } = incident;
      const wasHeard = before?.state === 'open' && before.muted !== true;
      const isHeard = state === 'open' && muted !== true;
      const { openings } = conversationOf({
        destination: replica.destination,
        kind: before?.state === 'open' ? before.kind : kind,
      });
      if (isHeard && !wasHeard) {
        openings.push({ id, openedAt: now(), closedAt: undefined, openingIsDue: false, closingIsDue: false });
      } else if (wasHeard && !isHeard) {
        const last = openings.findLast((opening) => opening.id === id);
        if (last !== undefined) last.closedAt = now();
      }
    },
    taken: (notice) => {
      if (isStanding(notice.kind)) return;
      const conversation = conversationOf(notice);
      if (conversation.sequences.has(notice.sequence)) return;
      conversation.sequences.add(notice.sequence);
      const { opened, resolved, withdrawn, givenUp } = notice.news;
      conversation.opened += opened;
      conversation.ended += resolved + withdrawn + givenUp;
      conversation.last = notice;
      conversation.lastAt = now();
    },
    checked: () => {
      for (const [key, conversation] of conversations) check(key, conversation);
    },
  };
}
