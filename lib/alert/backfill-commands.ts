/** The AWS CLI lines about a replication backfill. */

import type { Backfill } from '../sweep/backfill.ts';
import { cliLine } from './cli-line.ts';

type Named = Pick<Backfill, 'source' | 'id'>;

export function describeBackfillFailures({ source, id }: Named): string {
  return cliLine('describe-replication-backfill-results', source, [
    `--replication-backfill-id ${id}`,
    '--result-status-filter FAILED',
  ]);
}
