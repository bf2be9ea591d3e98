/** One contract for every incident store: the memory one and the table on a DynamoDB that answers over loopback. */

import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { incidentTable } from '../../lib/aws/incident-table.ts';
import { noticeTable } from '../../lib/aws/notice-table.ts';
import { rulesTable } from '../../lib/aws/rules-table.ts';
import { sweepTable } from '../../lib/aws/sweep-table.ts';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import type { Incident } from '../../lib/incident/incident.ts';
import { closed, open, resolve } from '../../lib/incident/transition.ts';
import { type IncidentStore, memoryIncidentStore } from '../../lib/local/incident-store.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { noCounts, type SweepResult, type SweepRun, summarize } from '../../lib/sweep/run.ts';
import { watchedFrom, withRules } from '../../lib/sweep/watched.ts';
import { digestOf, finding, ireland, noticeFor, overdueGroup, source } from '../samples.ts';

const rules = [{ destinations: [ireland], prefixes: ['prod-'] }];
const run: SweepRun = { id: 'run 1', source, startedAt: Date.now(), repositories: 2, results: 2 };

function sweepResult(repository: string, destination: typeof ireland): SweepResult {
  return {
    repository,
    destination,
    reading: 'read',
    counts: { ...noCounts, expected: 4, inSync: 3, missing: 1 },
  };
}

let aws: LocalAws;
let tables = 0;

beforeAll(async () => {
  aws = await startLocalAws();
});
afterAll(() => aws.stop());

async function dynamoStore(): Promise<IncidentStore> {
  tables += 1;
  const name = `incidents-${tables}`;
  await aws.createTable(tableDefinition(name));
  const client = new DynamoDBClient({
    endpoint: aws.endpoints.dynamodb,
    region: 'us-east-1',
    credentials: { accessKeyId: '111122223333', secretAccessKey: 'local' },
  });
  const table = { client, name };
  return {
    ...incidentTable(table),
    ...noticeTable(table),
    ...rulesTable(table),
    ...sweepTable(table, Date.now),
  };
}

const stores: [string, () => Promise<IncidentStore>][] = [
  ['in memory', async () => memoryIncidentStore()],
  ['in DynamoDB', dynamoStore],
];

describe.each(stores)('the incident store %s', (_, make) => {
  let store: IncidentStore;
  beforeEach(async () => {
    store = await make();
  });

  async function save(incident: Incident): Promise<Incident> {
    expect(await store.saveIncident(incident)).toBe('saved');
    return incident;
  }

  it('gives back what was saved, field by field', async () => {
    const incident = await save(
      open(finding({ kind: 'failed', evidence: { ecrSays: 'FAILED', failureCode: 'X' } }), undefined, 5),
    );
    expect(await store.findIncidents([incident.id, 'somebody else'])).toEqual(
      new Map([[incident.id, incident]]),
    );
  });

  it('finds more incidents than one call takes', async () => {
    const saved = await Promise.all(
      Array.from({ length: 205 }, (_, n) =>
        save(open(finding({ digest: digestOf(`many ${n}`) }), undefined, n)),
      ),
    );
    const found = await store.findIncidents(saved.map(({ id }) => id));
    expect(found.size).toBe(205);
  });

  it('opens an identity once, whoever else tries', async () => {
    const first = open(finding({}), undefined, 5);
    const outcomes = await Promise.all([
      store.saveIncident(first),
      store.saveIncident({ ...first, openedAt: 6 }),
    ]);
    expect(outcomes.sort()).toEqual(['conflict', 'saved']);
  });

  it('takes a closing only over the revision that was read', async () => {
    const incident = await save(open(finding({}), undefined, 5));
    await save(resolve(incident, 9, 10));
    expect(await store.saveIncident(closed(incident, 'withdrawn', 11))).toBe('conflict');
    expect((await store.findIncidents([incident.id])).get(incident.id)?.state).toBe('resolved');
  });

  it('opens a closed incident again with the next revision', async () => {
    const incident = await save(open(finding({}), undefined, 5));
    const ended = await save(resolve(incident, 9, 10));
    const again = await save(open(finding({}), ended, 20));
    expect(again.openings).toEqual([5, 20]);
    expect((await store.readOpen(overdueGroup, 5)).ids.size).toBe(1);
  });

  it('counts what is open in a group and names those that opened first', async () => {
    const incidents: Incident[] = [];
    for (const n of [4, 2, 5, 1, 3]) {
      incidents.push(await save(open(finding({ digest: digestOf(`n${n}`) }), undefined, n * 1000)));
    }
    await save(open(finding({ kind: 'failed', digest: digestOf('other kind') }), undefined, 1));
    await save(closed(incidents[3] as Incident, 'withdrawn', 9000));
    const { ids, oldest } = await store.readOpen(overdueGroup, 2);
    expect(ids.size).toBe(4);
    expect(oldest.map(({ openedAt }) => openedAt)).toEqual([2000, 3000]);
  });

  it('gives the incidents whose look is due, the one due longest first, and no more than asked for', async () => {
    for (const n of [3, 1, 2]) {
      await save({ ...open(finding({ digest: digestOf(`n${n}`) }), undefined, 0), lookAt: n * 10 });
    }
    const due = await store.readDue(overdueGroup, 25, 5);
    expect(due.map(({ lookAt }) => lookAt)).toEqual([10, 20]);
    expect((await store.readDue(overdueGroup, 100, 1)).map(({ lookAt }) => lookAt)).toEqual([10]);
  });

  it('gives the changes after a time in the order they happened, each incident as it is now', async () => {
    const first = await save(open(finding({ digest: digestOf('a') }), undefined, 10));
    await save(open(finding({ digest: digestOf('b') }), undefined, 20));
    await save(resolve(first, 25, 30));
    const seen: [number, string][] = [];
    for await (const page of store.readChanges(overdueGroup, 10)) {
      for (const { changedAt, state } of page) seen.push([changedAt, state]);
    }
    expect(seen).toEqual([
      [20, 'open'],
      [30, 'resolved'],
    ]);
  });

  it('gives the number of a notice to one sender only', async () => {
    const notice = noticeFor(overdueGroup, { sequence: 1, claimedAt: 100 });
    expect(await store.claimNotice(notice)).toBe('claimed');
    expect(await store.claimNotice({ ...notice, claimedAt: 101 })).toBe('taken');
    expect(await store.latestNotice(overdueGroup)).toEqual(notice);
  });

  it('keeps when a notice was confirmed', async () => {
    const notice = noticeFor(overdueGroup, { sequence: 1, claimedAt: 100 });
    await store.claimNotice(notice);
    await store.confirmNotice(notice, 150);
    expect(await store.latestNotice(overdueGroup)).toEqual({ ...notice, confirmedAt: 150 });
  });

  it('lets an unconfirmed claim be replaced, by one sender, and not once it is confirmed', async () => {
    const notice = noticeFor(overdueGroup, { sequence: 1, claimedAt: 100 });
    await store.claimNotice(notice);
    const second = { ...notice, claimedAt: 900 };
    expect(await store.claimNotice(second, 100)).toBe('claimed');
    expect(await store.claimNotice({ ...notice, claimedAt: 901 }, 100)).toBe('taken');
    await store.confirmNotice(notice, 950); // The first holder wakes up late: the claim is not his any more.
    expect((await store.latestNotice(overdueGroup))?.confirmedAt).toBeUndefined();
    await store.confirmNotice(second, 960);
    expect(await store.claimNotice({ ...notice, claimedAt: 1900 }, 900)).toBe('taken');
  });

  it('answers the last notice of a group, past number nine', async () => {
    for (let sequence = 1; sequence <= 11; sequence += 1) {
      await store.claimNotice(noticeFor(overdueGroup, { sequence, claimedAt: sequence }));
    }
    expect((await store.latestNotice(overdueGroup))?.sequence).toBe(11);
  });

  it('keeps the rules of a registry, and takes new ones only over those that were read', async () => {
    const rules = [{ destinations: [ireland], prefixes: ['prod-'] }];
    expect(await store.readKnownRules(source)).toBeUndefined();
    expect(await store.saveKnownRules(source, rules, 0)).toBe('saved');
    expect(await store.saveKnownRules(source, [], 0)).toBe('conflict');
    expect(await store.readKnownRules(source)).toEqual({ rules, revision: 1 });
    expect(await store.saveKnownRules(source, [], 1)).toBe('saved');
  });

  it('notes a registry before its rules are known, and knows no rules by that', async () => {
    await store.noteRegistry(source);
    await store.noteRegistry(source);
    expect(await store.readKnownRegistries()).toEqual([source]);
    expect(await store.readKnownRules(source)).toBeUndefined();
    const rules = [{ destinations: [ireland], prefixes: [] }];
    expect(await store.saveKnownRules(source, rules, 0)).toBe('saved');
    await store.noteRegistry(source);
    expect(await store.readKnownRules(source)).toEqual({ rules, revision: 1 });
    expect(await store.readKnownRegistries()).toEqual([source]);
  });

  it('keeps silences, the newest word of each', async () => {
    const silence = {
      id: 's1',
      destination: 'eu-west-1',
      from: 1,
      until: 2,
      author: 'ann',
      reason: 'migration',
    };
    await store.saveSilence(silence);
    await store.saveSilence({ ...silence, until: 5 });
    expect(await store.readSilences()).toEqual([{ ...silence, until: 5 }]);
  });

  it('remembers groups, each once', async () => {
    const other = { ...overdueGroup, kind: 'failed' as const };
    await store.noteGroups([overdueGroup, other]);
    await store.noteGroups([overdueGroup]);
    const kinds = (await store.readGroups()).map(({ kind }) => kind);
    expect(kinds.sort()).toEqual(['failed', 'overdue']);
  });

  it('keeps watched registries, each written over the revision that was read', async () => {
    const first = { ...withRules(watchedFrom(source, 5), rules, 6), revision: 1 };
    expect(await store.saveWatched(first)).toBe('saved');
    expect(await store.saveWatched(first)).toBe('conflict');
    const results = [sweepResult('prod-a', ireland)];
    const second = { ...first, revision: 2, latest: summarize(run, results, 9, [ireland], undefined) };
    expect(await store.saveWatched(second)).toBe('saved');
    expect(await store.saveWatched({ ...second, revision: 4 })).toBe('conflict');
    expect(await store.readWatched()).toEqual([second]);
  });

  it('keeps runs until they are over, and begins each once', async () => {
    const other = { ...run, id: 'run 2', prefix: 'prod-' };
    await store.beginRun(run);
    await store.beginRun(other);
    await store.beginRun({ ...run, results: 99 });
    expect(await store.readRuns()).toEqual([run, other]);
    await store.endRun({ ...run, over: { at: 7, as: 'complete' } });
    await store.beginRun(run);
    expect(await store.readRuns()).toEqual([other]);
  });

  it('keeps one result a repository and destination of a run, the last one, and counts them', async () => {
    const listed = [{ is: 'missing', digest: digestOf('x'), part: 'image' } as const];
    const result = { ...sweepResult('prod-a', ireland), listed, notListed: 3 };
    await store.saveResult(run.id, { ...result, reading: 'throttled' });
    await store.saveResult(run.id, result);
    await store.saveResult(run.id, { ...sweepResult('prod-b', ireland), listed: [], notListed: 0 });
    await store.saveResult('run 2', { ...sweepResult('prod-a', ireland), listed: [], notListed: 0 });
    expect(await store.countResults(run.id)).toBe(2);
    expect(await store.countResults('run 3')).toBe(0);
    const read = [];
    for await (const page of store.readResults(run.id)) read.push(...page);
    expect(read).toMatchObject([sweepResult('prod-a', ireland), sweepResult('prod-b', ireland)]);
  });
});
