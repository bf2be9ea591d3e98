/** The sample events of `events/`: complete envelopes, and each is what its name says to the parser that it is for. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { parseImageAction } from '../../lib/event/image-action.ts';
import { parseRegistryChange } from '../../lib/event/registry-change.ts';
import { parseReplicationAction } from '../../lib/event/replication-action.ts';
import { sampleEvent } from './sample-events.ts';

const names = readdirSync(join(import.meta.dirname, '../../events')).map((file) =>
  file.replace(/\.json$/, ''),
);

// EventBridge User Guide, "AWS service events": every key is there in every event.
const complete = v.strictObject({
  version: v.literal('0'),
  id: v.pipe(v.string(), v.uuid()),
  'detail-type': v.string(),
  source: v.literal('aws.ecr'),
  account: v.string(),
  time: v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/)),
  region: v.string(),
  resources: v.array(v.string()),
  detail: v.record(v.string(), v.unknown()),
});

describe('the sample event', () => {
  it.each(names)('%s has everything that EventBridge writes around an event', (name) => {
    expect(v.safeParse(complete, sampleEvent(name)).issues).toBeUndefined();
  });

  it.each<[string, { push?: string; report?: string; change?: string }]>([
    ['image-action-push', { push: 'prod-api' }],
    ['image-action-push-untagged', { push: 'prod-api' }],
    ['image-action-push-uncovered', { push: 'sandbox-tools' }],
    ['image-action-push-documentation', { push: 'prod-documentation' }],
    ['image-action-delete', {}],
    ['image-action-archive', {}],
    ['image-action-restore', { push: 'prod-api' }],
    ['image-scan', {}],
    ['replication-action-success', { report: 'arrived' }],
    ['replication-action-failed', { report: 'failed' }],
    ['registry-change-rules', { change: 'PutReplicationConfiguration' }],
    ['registry-change-refused', {}],
  ])('%s is %j, and nothing to anybody else', (name, { push, report, change }) => {
    const event = sampleEvent(name);
    expect(parseImageAction(event)).toMatchObject(
      push === undefined ? { is: 'not-ours' } : { is: 'ours', value: { repository: push } },
    );
    expect(parseReplicationAction(event)).toMatchObject(
      report === undefined ? { is: 'not-ours' } : { is: 'ours', value: { says: report } },
    );
    expect(parseRegistryChange(event)).toMatchObject(
      change === undefined ? { is: 'not-ours' } : { is: 'ours', value: { call: change } },
    );
  });

  it.each(['replication-action-success', 'replication-action-failed'])(
    '%s names the repository at its destination, where it was emitted',
    (name) => {
      const { resources, account, region } = v.parse(complete, sampleEvent(name));
      expect(resources).toEqual([`arn:aws:ecr:${region}:${account}:repository/prod-api`]);
    },
  );

  it('has an id of its own, each of them', () => {
    const ids = names.map((name) => v.parse(complete, sampleEvent(name)).id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
