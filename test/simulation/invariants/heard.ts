/** 1. What is on record is told: what notices count adds up to what opened and ended. */

import { registryKey } from '../../../lib/image/registry.ts';
import type { Group } from '../../../lib/incident/incident.ts';
import { scopeIn } from '../../../lib/incident/silence.ts';
import { isStanding } from '../../../lib/replication/decision.ts';
import type { Seen, Told, Watch } from '../watch.ts';
import { clockSeconds, tellSeconds } from './bounds.ts';

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
export function watchNotices({ now, faults, incidents, table, fail }: Seen): Watch {
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
      // What came back, under another kind perhaps, before its end was told, is told of as open.
      const reopened = [...conversations.values()].some(({ openings }) =>
        openings.some((other) => other.id === opening.id && other.openedAt > openedAt),
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
