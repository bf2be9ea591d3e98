/** What to do about a whole destination, whose rules are named by the sources that have them. */

import { expect, it } from 'vitest';
import { stepsForHistory, stepsForSovereignty } from '../../lib/alert/cure.ts';
import { ireland } from '../samples.ts';

const sources = ['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2'].map((region) => ({
  account: '111122223333',
  region,
}));
const commands = (steps: readonly { readonly command?: string }[]): readonly (string | undefined)[] =>
  steps.map(({ command }) => command);

it('shows the rules of three sources, and two ways to end it', () => {
  expect(commands(stepsForSovereignty(sources))).toEqual([
    'aws ecr describe-registry --region us-east-1',
    'aws ecr describe-registry --region us-east-2',
    'aws ecr describe-registry --region us-west-1',
    undefined,
    undefined,
  ]);
});

it('copies the past of three sources, or leaves it', () => {
  expect(commands(stepsForHistory(sources, ireland))).toEqual([
    expect.stringContaining('start-replication-backfill --registry-id 111122223333 --region us-east-1 '),
    expect.stringContaining('start-replication-backfill --registry-id 111122223333 --region us-east-2 '),
    expect.stringContaining('start-replication-backfill --registry-id 111122223333 --region us-west-1 '),
    undefined,
  ]);
});
