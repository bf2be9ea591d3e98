/** The columns of the heat map: every destination that the audit speaks of. */

import type { AuditDocument } from '../audit/document.ts';

/** All destinations, in the order of the routes; those that only a repository names stand last. */
export function destinationsOf({ routes, repositories }: AuditDocument): readonly string[] {
  return [
    ...new Set([
      ...routes.map(({ destination }) => destination),
      ...repositories.flatMap(({ destinations }) => destinations.map(({ destination }) => destination)),
    ]),
  ];
}
