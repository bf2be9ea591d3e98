/** A seed becomes a story: what people, ECR and AWS will do, drawn from one source of chance. */

import { type Registry, registryKey } from '../../lib/image/registry.ts';
import type { Silence } from '../../lib/incident/silence.ts';
import { givenUpAfterSeconds } from '../../lib/incident/transition.ts';
import type { ReplicationRule } from '../../lib/replication/rules.ts';
import { createRandom, type Random } from './random.ts';
import { type Entry, type Fate, type FaultKind, faultKinds, type Setting, type Story } from './story.ts';

const account = '111122223333';
const hub: Registry = { account, region: 'us-east-1' };
const ireland: Registry = { account, region: 'eu-west-1' };
const sydney: Registry = { account, region: 'ap-southeast-2' };
const foreign: Registry = { account: '444455556666', region: 'eu-central-1' };
const registries = [hub, ireland, sydney, foreign] as const;
const repositories = ['prod-api', 'prod-web', 'production-x', 'team/prod', 'sandbox'] as const;

/** How much goes wrong: every rate and every burst is multiplied by it; a kind's own factor comes on top. */
export interface Rates {
  readonly all: number;
  readonly of: { readonly [K in FaultKind]?: number };
}

const hour = 60 * 60;
/** One in so many takes more than a week. */
const longStories = 1 / 400;

const usualRates: Rates = { all: 1, of: {} };

/** Kinds that strike a place, and those that strike everywhere. */
const placed = new Set<FaultKind>([
  'throttled',
  'access-denied',
  'service-error',
  'region-unreachable',
  'half-answer',
]);

export function compose(seed: number, rates: Rates = usualRates): Story {
  const random = createRandom(seed, 'story');
  const deadlineMinutes = random.pick([1, 2, 5, 10, 30]);
  const changeSeconds = Math.round(random.between(10, 40)) * 60;
  // Reminders, muted incidents and those that are given up take days: few stories have them.
  const isLong = random.named('length').happens(longStories);
  const storySeconds = isLong ? givenUpAfterSeconds + 36 * hour : changeSeconds;
  const endsAfterSeconds = storySeconds + deadlineMinutes * 60;
  const setting: Setting = {
    deadlineMinutes,
    allowed: random.happens(0.2) ? 'eu-west-1,ap-southeast-2' : '',
    sources: random.happens(0.3) ? [hub, ireland] : [hub],
    clockAheadSeconds: Object.fromEntries(
      registries.map((registry) => [registryKey(registry), Math.round(random.between(-3, 3) * 10) / 10]),
    ),
    functionClockSeconds: random.pick([0, 0, 1, 2]),
    indexLagSeconds: random.pick([0.01, 0.2, 2]),
    sweepMinutes: isLong ? 60 : random.pick([10, 20, 60]),
    more: switchedOn(random.named('switches')),
    endsAfterSeconds,
  };
  const entries = [
    ...firstRules(random.named('rules'), setting),
    ...changes(random.named('changes'), setting, changeSeconds),
    ...(isLong ? daysOf(random.named('days'), setting, storySeconds) : []),
    ...further(random.named('further'), endsAfterSeconds),
    ...silences(random.named('silences'), endsAfterSeconds),
    ...bursts(random.named('bursts'), endsAfterSeconds, rates),
  ];
  return { seed, setting, entries: entries.sort((a, b) => a.at - b.at) };
}

function firstRules(random: Random, { sources }: Setting): readonly Entry[] {
  return sources.map((registry) => ({ at: 0, do: 'rules', registry, rules: someRules(random, registry) }));
}

function someRules(random: Random, source: Registry): readonly ReplicationRule[] {
  const others = registries.filter((registry) => registry !== source);
  const rule = (): ReplicationRule => ({
    destinations: others.filter(() => random.happens(0.6)),
    prefixes: random.pick([['prod'], ['prod-'], ['prod-', 'team/'], []]),
  });
  const rules = random.happens(0.3) ? [rule(), rule()] : [rule()];
  // A registry without a single rule is a quiet story.
  const [first] = rules;
  return first !== undefined && rules.every(({ destinations }) => destinations.length === 0)
    ? [{ ...first, destinations: others.slice(0, 2) }]
    : rules;
}

/** What people do, in the order of time; the rules in force are followed, so that each destination gets its fate. */
function changes(
  random: Random,
  { sources, deadlineMinutes }: Setting,
  storySeconds: number,
): readonly Entry[] {
  const entries: Entry[] = [];
  const known: { registry: Registry; repository: string; image: string; tag?: string }[] = [];
  const count = random.pick([1, 2, 4, 8, 12]);
  // A Region that fails for a while fails everything that is pushed, and as a rule in one way.
  const storm = random.happens(0.15)
    ? {
        destination: random.pick(registries),
        at: random.between(0, storySeconds / 2),
        pushes: 22 + random.below(25),
        way: random.happens(0.7) ? random.below(5) : undefined,
      }
    : undefined;
  let images = 0;

  function push(at: number, bad?: Registry): void {
    const registry = sources[random.below(sources.length)] ?? hub;
    const earlier = known[random.below(known.length)];
    const again = earlier !== undefined && bad === undefined && random.happens(0.2);
    images += again ? 0 : 1;
    const place = again
      ? { registry: earlier.registry, repository: earlier.repository }
      : { registry, repository: bad === undefined ? random.pick(repositories) : 'prod-api' };
    const image = again ? earlier.image : `image-${images}`;
    const tag = random.happens(0.85)
      ? bad !== undefined
        ? `storm-${images}`
        : random.pick(['latest', '1', '2', `build-${images}`])
      : undefined;
    const named = tag === undefined ? {} : { tag };
    const fates = Object.fromEntries(
      registries.map((destination) => [
        registryKey(destination),
        destination === bad
          ? badFate(random, deadlineMinutes, storm?.way)
          : someFate(random, deadlineMinutes),
      ]),
    );
    entries.push({ at, do: 'push', ...place, image, ...named, fates });
    known.push({ ...place, image, ...named });
  }

  for (let n = 0; n < count; n += 1) push(random.between(1, storySeconds));
  if (storm !== undefined) {
    for (let n = 0; n < storm.pushes; n += 1) push(storm.at + random.between(1, 60), storm.destination);
  }
  for (let n = random.below(6); n > 0; n -= 1) {
    const one = known[random.below(known.length)];
    if (one === undefined) break;
    entries.push(changeOf(random, one, random.between(1, storySeconds)));
  }
  if (random.happens(0.25)) {
    for (let n = 1 + random.below(2); n > 0; n -= 1) {
      const registry = sources[random.below(sources.length)] ?? hub;
      const at = random.between(1, storySeconds);
      entries.push({ at, do: 'rules', registry, rules: someRules(random, registry) });
      if (random.happens(0.5)) push(at + random.between(0.1, 60));
    }
  }
  if (random.happens(0.3)) entries.push({ at: random.between(1, storySeconds), do: 'redrive' });
  return entries;
}

function changeOf(
  random: Random,
  {
    registry,
    repository,
    image,
    tag = 'latest',
  }: { registry: Registry; repository: string; image: string; tag?: string },
  at: number,
): Entry {
  const elsewhere = random.pick(registries);
  const place = { registry: random.happens(0.4) ? registry : elsewhere, repository };
  switch (random.below(7)) {
    case 0:
      return { at, do: 'delete-image', ...place, image };
    case 1:
      return { at, do: 'delete-tag', ...place, tag };
    case 2:
      return { at, do: 'archive', ...place, image };
    case 3:
      return { at, do: 'restore', ...place, image };
    case 4:
      return { at, do: 'delete-repository', ...place };
    default:
      return {
        at,
        do: 'repair',
        registry: elsewhere,
        repository,
        image,
        ...(random.happens(0.8) ? { tag } : {}),
      };
  }
}

function someFate(random: Random, deadlineMinutes: number): Fate {
  if (random.happens(0.55)) return { is: 'arrives', afterSeconds: random.between(1, 8) };
  if (random.happens(0.3))
    return { is: 'arrives', afterSeconds: random.between(0, 2.5) * deadlineMinutes * 60 };
  return badFate(random, deadlineMinutes);
}

function badFate(random: Random, deadlineMinutes: number, way = random.below(5)): Fate {
  const afterSeconds = random.between(1, deadlineMinutes * 60);
  switch (way) {
    case 0:
      return { is: 'arrives-without-tag', afterSeconds };
    case 1:
      return { is: 'fails', afterSeconds: random.between(1, 20) };
    case 2:
      return {
        is: 'fails',
        afterSeconds: random.between(1, 20),
        retry: {
          afterSeconds: random.between(10, 2 * deadlineMinutes * 60),
          claim: random.pick(['IN_PROGRESS', 'FAILED']),
        },
      };
    case 3:
      return { is: 'is-lost', afterSeconds, claim: 'IN_PROGRESS' };
    default:
      return {
        is: 'is-lost',
        afterSeconds,
        claim: random.pick(['IN_PROGRESS', 'COMPLETE', 'NONE']),
        announced: random.happens(0.2),
      };
  }
}

/** Pushes now and then, and one image that comes and goes, so often on its second day that it is muted. */
function daysOf(random: Random, setting: Setting, storySeconds: number): readonly Entry[] {
  const place = { registry: ireland, repository: 'prod-api' };
  const flapping = Array.from({ length: 6 }, (_, n): readonly Entry[] => {
    const at = (24 + 3 * n + random.between(0, 1)) * hour;
    return [
      { at, do: 'delete-image', ...place, image: 'image-1' },
      { at: at + random.between(1.2, 1.8) * hour, do: 'repair', ...place, image: 'image-1' },
    ];
  });
  return [...changes(random, setting, storySeconds), ...flapping.flat()];
}

function switchedOn(random: Random): NonNullable<Setting['more']> {
  const all = ['backfill', 'repair', 'settings', 'manifests', 'slack'] as const;
  return all.filter(() => random.happens(0.4));
}

/** What those that can be switched on have to do with. */
function further(random: Random, storySeconds: number): readonly Entry[] {
  return Array.from({ length: random.happens(0.5) ? 1 + random.below(3) : 0 }, (): Entry => {
    const at = random.between(1, storySeconds);
    const registry = random.pick(registries);
    const repository = random.pick(repositories);
    switch (random.below(3)) {
      case 0:
        return { at, do: 'backfill', registry: hub, destination: random.pick([ireland, sydney, foreign]) };
      case 1:
        return { at, do: 'lose-layer', registry, repository, image: `image-${1 + random.below(6)}` };
      default:
        return { at, do: 'lifecycle', registry, repository };
    }
  });
}

/** What people ask not to be told, each over before the story is. */
function silences(random: Random, storySeconds: number): readonly Entry[] {
  if (!random.happens(0.25)) return [];
  return Array.from({ length: 1 + random.below(2) }, (): Entry => {
    const at = random.between(1, storySeconds - 60);
    const seconds = Math.min(random.between(30, 1_800), storySeconds - at);
    const { account: owner, region } = random.pick(registries);
    const repository = random.pick(repositories);
    const place = random.happens(0.6)
      ? { destination: random.happens(0.5) ? region : `${owner}/${region}` }
      : {};
    const named = random.pick<Pick<Silence, 'repositoryPrefix' | 'image'>>([
      {},
      { repositoryPrefix: 'prod' },
      { image: `${repository}:latest` },
    ]);
    const matching = { ...place, ...named };
    return Object.keys(matching).length === 0
      ? { at, do: 'silence', seconds, repositoryPrefix: repository }
      : { at, do: 'silence', seconds, ...matching };
  });
}

/** In every third story nothing of AWS goes wrong: then the bounds are the narrowest. */
function bursts(random: Random, storySeconds: number, rates: Rates): readonly Entry[] {
  if (rates.all === 0 || random.happens(0.3)) return [];
  const entries: Entry[] = [];
  const few = random.happens(0.5);
  for (const fault of faultKinds) {
    const factor = rates.all * (rates.of[fault] ?? 1);
    if (!random.happens(Math.min(1, (few ? 0.12 : 0.4) * factor))) continue;
    const where = placed.has(fault) ? { where: registryKey(random.pick(registries)) } : {};
    const whole = random.happens(0.2);
    const long = fault === 'region-unreachable' || fault === 'access-denied';
    const rate = whole
      ? random.between(0.005, 0.05)
      : long
        ? 1
        : random.pick([0.05, 0.3, fault === 'death' ? 0.5 : 1]);
    const at = whole ? 0 : random.between(0, storySeconds);
    const seconds = whole ? storySeconds : random.between(20, long ? storySeconds / 2 : 300);
    entries.push({ at, do: 'burst', fault, seconds, rate: Math.min(1, rate * factor), ...where });
  }
  return entries;
}
