/** Shares, places and kinds as the report writes them. */

import { clockTime } from '../alert/words.ts';
import type { AuditDocument, AuditFinding } from '../audit/document.ts';

/** `99.9 %`: rounded down, so that only all is 100 %; what is more than nothing is never `0 %`. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1 %';
  const tenths = Math.floor(share * 1000 + 1e-9) / 10;
  return `${tenths === 100 && share < 1 ? 99.9 : tenths} %`;
}

/** A registry, written `ACCOUNT/REGION`, as people call it. */
export type Place = (registry: string) => string;

/** The Region alone, unless the document speaks of several accounts. */
export function placesOf({ sources, routes }: Pick<AuditDocument, 'sources' | 'routes'>): Place {
  const registries = [
    ...sources.flatMap(({ registry, rules }) => [registry, ...rules.flatMap((rule) => rule.destinations)]),
    ...routes.flatMap((route) => [route.source, route.destination]),
  ];
  const accounts = new Set(registries.map((registry) => registry.split('/')[0]));
  return (registry) => {
    const [account = '', region] = registry.split('/');
    if (region === undefined) return registry;
    return accounts.size > 1 ? `${region} (${account})` : region;
  };
}

const kinds = {
  missing: 'Missing',
  'tag-mismatch': 'Tag mismatch',
  archived: 'Archived',
  unreadable: 'Unreadable',
  history: 'Older than the rule',
  settings: 'Settings',
  extra: 'Only there',
} as const;
/** What findings are filtered by: every kind that is not about images or readings is about settings. */
export type KindGroup = keyof typeof kinds;
export const kindGroups = Object.keys(kinds).filter(isKindGroup);

export function isKindGroup(text: string): text is KindGroup {
  return text in kinds;
}

export function kindGroupOf({ kind }: Pick<AuditFinding, 'kind'>): KindGroup {
  return isKindGroup(kind) ? kind : 'settings';
}

export function kindGroupInWords(group: KindGroup): string {
  return kinds[group];
}

/** `missing` → `Missing`, `destination-not-allowed` → `Destination not allowed`. */
export function kindInWords(kind: string): string {
  if (isKindGroup(kind)) return kinds[kind];
  const words = kind.replaceAll(/[-_]+/g, ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `prod/api:v1.2`, `prod/api@sha256:1234abcd…`, the repository alone, or else its kind. */
export function subjectOf({ repository, tag, digest, kind }: AuditFinding): string {
  const name = repository ?? '';
  if (tag !== undefined) return `${name}:${tag}`;
  if (digest !== undefined) return `${name}@${shortDigest(digest)}`;
  return name === '' ? kindInWords(kind) : name;
}

function shortDigest(digest: string): string {
  return digest.length > 20 ? `${digest.slice(0, 19)}…` : digest;
}

/** `2026-11-24 13:41:07 UTC`; what is not a time is shown as it is. */
export function timeInWords(text: string): string {
  const at = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? text : clockTime(at);
}
