/** Plays a story to its end under the eyes of the invariants, and tells what came of it. */

import { createHash } from 'node:crypto';
import type { Digest } from '../../lib/image/digest.ts';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import { incidentGapSeconds } from '../../lib/incident/transition.ts';
import type { LifecycleRule } from '../../lib/sweep/lifecycle.ts';
import { inHandSeconds } from './invariants/bounds.ts';
import { invariants as all } from './invariants.ts';
import { beginning, clockOf, type Entry, type FaultKind, type Story } from './story.ts';
import { createSystem, type System } from './system.ts';
import type { Invariant } from './watch.ts';

export interface Violation {
  readonly invariant: string;
  readonly what: string;
  readonly at: string;
}

export interface Played {
  readonly violation?: Violation;
  readonly faults: ReadonlyMap<FaultKind, number>;
  readonly counts: System['counts'];
  /** A number made of every call and its time: the same for the same story, wherever it is played. */
  readonly course: number;
}

export interface PlayOptions {
  readonly trace?: (line: string) => void;
  readonly invariants?: readonly Invariant[];
}

/** After the last fault: everything that must be told is told within this, by the bounds of the invariants. */
const restSeconds = 26 * 60;
/** A tag that a sweep saw astray is confirmed when its deadline has passed, and then told. */
const restAfterDeadlineSeconds = 18 * 60;
/** After everything was repaired: every incident is closed and the last all-clear sent. */
const endSeconds = 26 * 60;
/** What has been open for days is looked at once an hour. */
const longEndSeconds = endSeconds + incidentGapSeconds(Number.POSITIVE_INFINITY);

export async function play(story: Story, options: PlayOptions = {}): Promise<Played> {
  let violation: Violation | undefined;
  const { trace } = options;
  const since = (): string => clockOf((system.timeline.now() - beginning) / 1000);
  const system = createSystem({
    seed: story.seed,
    setting: story.setting,
    invariants: options.invariants ?? all,
    fail: (invariant, what) => {
      violation ??= { invariant, what, at: since() };
      trace?.(`${since()} !! ${invariant}: ${what}`);
    },
    ...(trace === undefined ? {} : { trace: (line) => trace(`${since()} ${line()}`) }),
  });
  const { timeline, faults } = system;

  for (const entry of story.entries) {
    timeline.at(beginning + entry.at * 1000, () => {
      trace?.(`${since()} ── ${entry.do}`);
      happen(system, entry);
    });
  }
  const run = async (seconds: number): Promise<void> => {
    if (violation !== undefined) return;
    await timeline.run(timeline.now() + seconds * 1000, () => violation !== undefined);
  };

  await run(story.setting.endsAfterSeconds);
  faults.end();
  // What was in hand for the last time when the last fault struck is a dead letter only now.
  await run(inHandSeconds + 60);
  system.redrive();
  system.sweep();
  const { deadlineMinutes } = story.setting;
  if (!isOver(system)) await run(Math.max(restSeconds, deadlineMinutes * 60 + restAfterDeadlineSeconds));
  if (violation === undefined) system.tell('atRest');
  repairEverything(system);
  const isLong = story.setting.endsAfterSeconds > 24 * 60 * 60;
  await run(isOver(system) ? 60 : isLong ? longEndSeconds : endSeconds);
  if (violation === undefined) system.tell('atEnd');
  return {
    ...(violation === undefined ? {} : { violation }),
    faults: faults.counts,
    counts: system.counts,
    course: system.course(),
  };
}

/** Nothing waits, nothing was ever wrong: the rest would be minutes in which nothing happens. */
function isOver({ seen }: System): boolean {
  const isQuiet = seen.queues.every(({ waiting }) => waiting.size === 0);
  const isFine = seen.expectations.every(({ replica }) => seen.truth.need(replica, seen.now()) === 'met');
  return isQuiet && isFine && seen.incidents.keys().length === 0;
}

function digestOf(image: string): Digest {
  return `sha256:${createHash('sha256').update(image).digest('hex')}` as Digest;
}

/** What nobody has pulled for a month is deleted. */
const unpulled: LifecycleRule = {
  priority: 1,
  tagStatus: 'any',
  countType: 'sinceImagePulled',
  countNumber: 30,
  action: 'expire',
};

function happen({ ecr, backfills, faults, redrive, silence, timeline }: System, entry: Entry): void {
  switch (entry.do) {
    case 'push': {
      const { registry, repository, image, tag, fates } = entry;
      const named = tag === undefined ? {} : { tag };
      const fateAt = (destination: Registry) => fates[registryKey(destination)];
      ecr.push({ registry, repository, digest: digestOf(image), ...named }, fateAt);
      break;
    }
    case 'delete-image':
      ecr.change({ ...entry, digest: digestOf(entry.image) }, 'delete');
      break;
    case 'archive':
    case 'restore':
      ecr.change({ ...entry, digest: digestOf(entry.image) }, entry.do);
      break;
    case 'delete-tag':
      ecr.deleteTag(entry.registry, entry.repository, entry.tag);
      break;
    case 'delete-repository':
      ecr.deleteRepository(entry.registry, entry.repository);
      break;
    case 'repair': {
      const { registry, repository, image, tag } = entry;
      ecr.put({ registry, repository, digest: digestOf(image), ...(tag === undefined ? {} : { tag }) });
      break;
    }
    case 'rules':
      ecr.putRules(entry.registry, entry.rules);
      break;
    case 'backfill':
      backfills.start(entry.registry, entry.destination);
      break;
    case 'lose-layer':
      ecr.loseLayer({ ...entry, digest: digestOf(entry.image) });
      break;
    case 'lifecycle':
      ecr.putLifecycle(entry.registry, entry.repository, { rules: [unpulled], unknown: [] });
      break;
    case 'silence': {
      const { at: _, do: __, seconds, ...matching } = entry;
      silence(matching, seconds);
      break;
    }
    case 'redrive':
      redrive();
      break;
    case 'burst':
      faults.begin({ ...entry, until: timeline.now() + entry.seconds * 1000 });
      break;
  }
}

/** Every replica that is not as it must be comes to be so; half of them an operator restores, the rest arrive. */
function repairEverything({ ecr, seen }: System): void {
  const now = seen.now();
  for (const incidentId of seen.incidents.keys()) {
    const incident = seen.incidents.get(incidentId);
    if (incident?.state !== 'open' || incident.kind === 'unreadable') continue;
    const { replica } = incident;
    const need = seen.truth.need(replica, now);
    if (need === 'met' || need === 'void') continue;
    const { repository, digest, tag, destination: registry } = replica;
    if (need === 'archived') ecr.change({ registry, repository, digest }, 'restore');
    const isTagHere =
      tag !== undefined &&
      ecr.shelves
        .get(`${registryKey(replica.source)} ${repository}`)
        ?.get(digest)
        ?.tags.includes(tag);
    ecr.put({ registry, repository, digest, ...(isTagHere ? { tag } : {}) });
  }
}
