/** The findings of an audit as CSV (RFC 4180), one a line, safe to open with a spreadsheet. */

import type { AuditDocument, AuditFinding } from './document.ts';

const columns = {
  kind: (one) => one.kind,
  severity: (one) => one.severity,
  source: (one) => one.source,
  destination: (one) => one.destination,
  repository: (one) => one.repository,
  tag: (one) => one.tag,
  digest: (one) => one.digest,
  part: (one) => one.part,
  pushedAt: (one) => one.pushedAt,
  count: (one) => one.count?.toString(),
  ecrSays: (one) => one.ecrSays,
  failureCode: (one) => one.failureCode,
  cause: (one) => one.cause,
  explanation: (one) => one.explanation,
  cure: ({ cures: [first] }) =>
    first === undefined ? undefined : `${first.text} ${first.command ?? ''}`.trim(),
} satisfies Record<string, (finding: AuditFinding) => string | undefined>;

export function csvOf({ findings }: AuditDocument): string {
  const rows = findings.map((finding) => Object.values(columns).map((read) => cell(read(finding) ?? '')));
  return [Object.keys(columns), ...rows].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/**
 * OWASP, "CSV Injection": what begins so is a formula to a spreadsheet, an apostrophe before it makes it text. Control
 * characters have no place in a cell.
 */
function cell(text: string): string {
  const plain = text.toWellFormed().replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
  const safe = /^\s*[=+\-@]/.test(plain) ? `'${plain}` : plain;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
