/** Bench `notices`: a Region fails with thousands of images; what is written, and how often people are mailed. */

import { type Hour, mailsFor, openAtOnce, openInAnHour } from './kit/failing-region.ts';
import { inDigits } from './kit/numbers.ts';
import type { Bench } from './kit/report.ts';
import { exponentOf, spreadOf } from './kit/statistics.ts';

const writing = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem', 'TransactWriteItems'];
const reading = ['GetItem', 'BatchGetItem', 'Query', 'Scan'];

interface Row extends Hour {
  readonly size: number;
  readonly writes: number;
  readonly reads: number;
  readonly published: number;
  readonly mails: number;
}

async function measure(size: number): Promise<Row> {
  const calls = await openAtOnce(size);
  const sum = (names: readonly string[]): number =>
    names.reduce((total, name) => total + (calls.get(name) ?? 0), 0);
  const known = [...writing, ...reading, 'Publish'];
  for (const name of calls.keys()) {
    if (!known.includes(name)) throw new Error(`${name} is neither a read nor a write that this bench knows`);
  }
  const hour = await openInAnHour(size);
  if (hour.incidents !== size) throw new Error(`${hour.incidents} incidents in place of ${size}`);
  return {
    size,
    writes: sum(writing),
    reads: sum(reading),
    published: sum(['Publish']),
    mails: mailsFor(size),
    ...hour,
  };
}

export const bench: Bench = {
  about: 'thousands of incidents in one destination: writes, and notices',
  run: async ({ quick }) => {
    const rows: Row[] = [];
    for (const size of quick ? [20, 200, 2_000] : [100, 1_000, 10_000]) rows.push(await measure(size));
    const largest = rows.at(-1);
    if (largest === undefined) throw new Error('nothing was measured');
    const sizes = rows.map(({ size }) => size);
    const exponent = (of: (row: Row) => number): number =>
      exponentOf(rows.map((row) => [row.size, of(row)] as const));
    return {
      tables: [
        {
          title: 'Incidents opened at once in one destination: calls on the wire',
          columns: [
            'incidents',
            'DynamoDB writes',
            'writes an incident',
            'DynamoDB reads',
            'SNS Publish',
            '(d) e-mails',
          ],
          rows: rows.map(({ size, writes, reads, published, mails }) =>
            [size, writes, writes / size, reads, published, mails].map(inDigits),
          ),
        },
        {
          title: 'The same number over an hour, with a follow-up each minute',
          columns: [
            'incidents',
            'notices in the hour',
            'looks at open incidents, a write each',
            '(d) e-mails',
          ],
          rows: rows.map(({ size, notices, looks, mails }) => [size, notices, looks, mails].map(inDigits)),
        },
      ],
      figures: [
        {
          what: `DynamoDB writes an incident, ${inDigits(largest.size)} opened`,
          must: 'at most',
          limit: 1.1,
          seen: spreadOf([largest.writes / largest.size]),
        },
        {
          what: `notices in an hour, ${inDigits(largest.size)} opened`,
          must: 'at most',
          limit: 13,
          seen: spreadOf([largest.notices]),
        },
      ],
      growth: [
        { what: 'writes', over: 'incidents', sizes, exponent: exponent(({ writes }) => writes) },
        { what: 'reads', over: 'incidents', sizes, exponent: exponent(({ reads }) => reads) },
        { what: 'notices', over: 'incidents', sizes, exponent: exponent(({ notices }) => notices) },
      ],
      notes: [
        'Counts, which do not vary from run to run: each is made once.',
        'The first table counts requests at a local DynamoDB and a topic, sent by the real SDK in batches as deployed; that ECR calls every replica FAILED is put in below the use case.',
        'A write costs a write unit or two in the table and in each of its two indexes: see docs/cost.md.',
        'SNS switches an e-mail subscription off that is sent more than 10 a second; (d) runs into that.',
      ],
    };
  },
};
