/** The end of a backfill in a line, why an image of it failed, and what to do next. */

import type { Registry } from '../image/registry.ts';
import type { Backfill, BackfillEnd, BackfillResult } from '../sweep/backfill.ts';
import { describeBackfillFailures } from './backfill-commands.ts';
import { startBackfill } from './commands.ts';
import type { Step } from './cure.ts';
import { characters, cut, failureCodeLimit } from './limits.ts';
import { grouped } from './words.ts';

/** `Backfill to eu-west-1 (111122223333) complete: 24 of 24 copied, all seen there`. */
export function headline(end: BackfillEnd): string {
  const { backfill, verification } = end;
  const { destination, status, progress } = backfill;
  const what = `Backfill to ${place(destination)} ${endings[status]}`;
  if (progress === undefined) return `${what} before it began to copy`;
  if (progress.total === 0) return `${what}: nothing was left to copy`;
  const copied = `${grouped(progress.completed)} of ${grouped(progress.total)} copied`;
  const failed = progress.failed > 0 ? `, ${grouped(progress.failed)} failed` : '';
  return `${what}: ${copied}${failed}${progress.completed === 0 ? '' : `, ${seenInWords(verification)}`}`;
}

function seenInWords({ seen, notSeen, unreadable, notLookedAt }: BackfillEnd['verification']): string {
  if (notSeen + unreadable + notLookedAt === 0) return 'all seen there';
  const parts = [
    [seen, 'seen there'],
    [notSeen, 'not'],
    [unreadable, 'unreadable'],
    [notLookedAt, 'not looked at'],
  ] as const;
  return parts
    .filter(([n]) => n > 0)
    .map(([n, what]) => `${grouped(n)} ${what}`)
    .join(', ');
}

const endings: { readonly [S in Backfill['status']]: string } = {
  PREPARING: 'is being prepared',
  IN_PROGRESS: 'goes on',
  STOPPING: 'is being stopped',
  COMPLETE: 'complete',
  FAILED: 'failed',
  STOPPED: 'was stopped',
};

export function failureOf({ failureCode, childFailureCodes }: BackfillResult): string {
  const children = childFailureCodes.length === 0 ? [] : [`its children: ${childFailureCodes.join(', ')}`];
  return [failureCode ?? 'no failure code', ...children].join('; ');
}

/** ECR's free text: neither long, nor a line of its own. */
export function shortCode(text: string): string {
  return cut(text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' '), failureCodeLimit, '…', characters);
}

export function stepsOf({ backfill, verification }: BackfillEnd): readonly Step[] {
  const failed = (backfill.progress?.failed ?? 0) > 0 || backfill.status === 'FAILED';
  const incomplete = failed || verification.notSeen > 0 || backfill.status === 'STOPPED';
  return [
    ...(failed ? [{ say: 'See every failure:', command: describeBackfillFailures(backfill) }] : []),
    ...(incomplete
      ? [
          {
            say: 'Copy again what is still missing, when the cause is gone:',
            command: startBackfill(backfill),
          },
        ]
      : []),
  ];
}

export function place({ account, region }: Registry): string {
  return `${region} (${account})`;
}
