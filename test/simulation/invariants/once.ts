/** 3. An identity has one open incident at most; notices keep their rate and their order; what was opened ends. */

import { registryKey } from '../../../lib/image/registry.ts';
import type { Incident } from '../../../lib/incident/incident.ts';
import { defaultNoticePolicy } from '../../../lib/incident/notice.ts';
import type { Invariant, Seen, Told, Watch } from '../watch.ts';
import { clockSeconds, closeSeconds, leastBetweenCopies, recoverySeconds } from './bounds.ts';
import { inWords } from './words.ts';

const leastBetweenNotices = defaultNoticePolicy.spacingSeconds - clockSeconds;
const leastBetweenReminders = defaultNoticePolicy.reminderSeconds - clockSeconds;

export const once: Invariant = {
  name: 'told once',
  watch: (seen) => {
    const incidents = watchIncidents(seen);
    return { ...watchNotices(seen), ...incidents };
  },
};

function watchIncidents({ now, faults, truth, incidents, fail }: Seen): Watch {
  const idOf = new Map<string, string>();

  function checkEnds(): void {
    const time = now();
    for (const id of incidents.keys()) {
      const incident = incidents.get(id);
      if (incident?.state !== 'open' || incident.kind === 'unreadable') continue;
      const bound = Math.max(closeSeconds((time - incident.openedAt) / 1000), 0);
      const from = Math.max(incident.openedAt, faults.lastAt() + recoverySeconds * 1000);
      if (time - from <= bound * 1000) continue;
      const needs = truth.needs(incident.replica, time - bound * 1000, time);
      if (needs.size === 1 && (needs.has('met') || needs.has('void')))
        fail(
          `${inWords(incident.replica)} is ${[...needs][0]} for ${Math.round(bound)} s, and its incident is open`,
        );
    }
  }

  return {
    saved: (incident, before) => {
      const identity = identityOf(incident);
      const known = idOf.get(identity) ?? incident.id;
      idOf.set(identity, known);
      if (known !== incident.id) fail(`${identity} has two incidents: ${known} and ${incident.id}`);
      if (before?.state !== 'open' || incident.state !== 'open') return;
      if (before.openedAt !== incident.openedAt || before.kind !== incident.kind)
        fail(`${incident.id} was open, and is opened again`);
    },
    checked: checkEnds,
    atEnd: () => {
      checkEnds();
      for (const id of incidents.keys()) {
        const incident = incidents.get(id);
        if (incident?.state === 'open' && incident.kind === 'unreadable')
          fail(`${incident.id} is open, and everything can be read`);
      }
    },
  };
}

function identityOf({ kind, replica }: Incident): string {
  const { source, repository, digest, tag, destination } = replica;
  if (kind === 'unreadable') return registryKey(destination);
  const image = kind === 'tag-mismatch' ? `tag ${tag} on ${digest}` : digest;
  return `${registryKey(source)} ${repository} ${image} ${registryKey(destination)}`;
}

interface Conversation {
  last: Told | undefined;
  lastAt: number;
  confirmed: number;
}

function watchNotices({ now, fail }: Seen): Watch {
  const conversations = new Map<string, Conversation>();
  const conversationOf = (key: string): Conversation => {
    const known = conversations.get(key) ?? {
      last: undefined,
      lastAt: Number.NEGATIVE_INFINITY,
      confirmed: 0,
    };
    conversations.set(key, known);
    return known;
  };

  function taken(told: Told): void {
    const key = `${registryKey(told.destination)} ${told.kind}`;
    const conversation = conversationOf(key);
    const { last, lastAt, confirmed } = conversation;
    const passed = (now() - lastAt) / 1000;
    const said = `${key}: ${told.notice} ${told.sequence}`;
    if (told.sequence <= confirmed) fail(`${said} is sent, and was confirmed`);
    if (last?.sequence === told.sequence) {
      if (passed < leastBetweenCopies) fail(`${said} is sent twice within ${passed} s`);
    } else {
      if (told.sequence !== (last?.sequence ?? 0) + 1) fail(`${said} follows ${last?.sequence ?? 'nothing'}`);
      if (passed < leastBetweenNotices) fail(`${said} comes ${passed} s after the one before`);
      const talking = last !== undefined && last.notice !== 'clear';
      // After an all-clear, what came and went unheard of is told in another one.
      const begins = told.notice === 'firing' || (told.notice === 'clear' && !talking);
      if (talking === begins) fail(`${said} follows ${last?.notice ?? 'nothing'}`);
      if (told.notice === 'reminder' && passed < leastBetweenReminders)
        fail(`${said} comes after ${passed} s`);
    }
    if (told.notice === 'clear' ? told.open > 0 : told.open === 0 && told.kind !== 'not-allowed')
      fail(`${said} says that ${told.open} are open`);
    const named = told.incidents.filter(({ state }) => state === 'open').length;
    if (named > told.open) fail(`${said} names ${named} open ones of ${told.open}`);
    conversation.last = told;
    conversation.lastAt = now();
  }

  return {
    taken,
    confirmed: ({ group, sequence }) => {
      conversationOf(`${registryKey(group.destination)} ${group.kind}`).confirmed = sequence;
    },
  };
}
