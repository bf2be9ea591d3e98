/** Changes of a registry's settings: what people are told, by whom it was, and what is remembered. */

import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { memoryIncidentStore } from '../../lib/local/incident-store.ts';
import { type ConfigWatchPorts, rememberRules, watchConfig } from '../../lib/monitor/config-watch.ts';
import { watchSovereignty } from '../../lib/monitor/sovereignty.ts';
import { defaultPolicies } from '../../lib/policies.ts';
import type { Publication } from '../../lib/ports.ts';
import type { ReplicationRule } from '../../lib/replication/rules.ts';
import { ireland, source, sydney } from '../samples.ts';

const both: ReplicationRule = { destinations: [ireland, sydney], prefixes: ['prod-'] };
const repositories = [...Array.from({ length: 41 }, (_, n) => `prod-${n}`), 'sandbox'];

const settings = { policies: defaultPolicies };
const minute = 60_000;

let clock: number;
let rules: readonly ReplicationRule[];
let told: Publication[];
let ports: ConfigWatchPorts;

beforeEach(() => {
  rules = [both];
  told = [];
  clock = 0;
  ports = {
    ...memoryIncidentStore(),
    now: () => clock,
    log: () => {},
    readRules: async () => ({ is: 'read', rules }),
    readRepositories: async () => repositories,
    publish: async (publication) => void told.push(publication),
  };
});

function event(change: { eventName?: string; errorCode?: string } = {}): object {
  const sample = JSON.parse(
    readFileSync(new URL('../../events/registry-change-rules.json', import.meta.url), 'utf8'),
  );
  return { ...sample, detail: { ...sample.detail, ...change } };
}

describe('a change of the replication rules', () => {
  it('is told in numbers of repositories, with who made it', async () => {
    await rememberRules(ports, source);
    rules = [{ ...both, destinations: [sydney] }];
    await watchConfig(ports, settings, event());
    expect(told).toHaveLength(1);
    expect(told[0]?.texts.email).toContain(
      'eu-west-1 (111122223333) is no longer a destination of 41 repositories.',
    );
    expect(told[0]?.texts.email).toMatch(/By {8}arn:aws:/);
    expect(told[0]?.attributes).toMatchObject({
      kind: 'configuration',
      severity: 'warning',
      destinationRegion: 'eu-west-1',
    });
  });

  it('names the command that copies what was there before', async () => {
    await rememberRules(ports, source);
    rules = [{ ...both, prefixes: ['prod-', 'sandbox'] }];
    await watchConfig(ports, settings, event());
    expect(told[0]?.texts.email).toContain('is now a destination of 1 repository more.');
    expect(told[0]?.texts.email).toContain(
      'start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1',
    );
    expect(told[0]?.attributes['severity']).toBe('info');
  });

  it('is compared with what people were told last', async () => {
    await rememberRules(ports, source);
    rules = [];
    await watchConfig(ports, settings, event());
    rules = [both];
    await watchConfig(ports, settings, event());
    expect(told[1]?.texts.email).toContain(
      'eu-west-1 (111122223333) is now a destination of 41 repositories.',
    );
  });

  it('does not pretend to know what was before when nobody had looked', async () => {
    await watchConfig(ports, settings, event());
    expect(told[0]?.texts.email).toContain(
      'is a destination of 41 repositories; what it was before is not on record.',
    );
  });

  it('is told again when the process dies between telling and remembering', async () => {
    await rememberRules(ports, source);
    rules = [];
    const dying = { ...ports, saveKnownRules: () => Promise.reject(new Error('died')) };
    await expect(watchConfig(dying, settings, event())).rejects.toThrow('died');
    await watchConfig(ports, settings, event());
    expect(told).toHaveLength(2);
  });

  it('waits for another try when the registry cannot be read', async () => {
    const blind: ConfigWatchPorts = {
      ...ports,
      readRules: async () => ({ is: 'unreadable', why: 'throttled' }),
    };
    await expect(watchConfig(blind, settings, event())).rejects.toThrow(
      'the rules cannot be read: throttled',
    );
    expect(told).toHaveLength(0);
  });
});

describe('other calls', () => {
  it('tells of a deleted registry policy as a warning', async () => {
    await watchConfig(ports, settings, event({ eventName: 'DeleteRegistryPolicy' }));
    expect(told[0]?.subject).toContain('registry policy was deleted');
    expect(told[0]?.attributes['severity']).toBe('warning');
  });

  it('says nothing of a call that was refused, or that is not watched', async () => {
    await watchConfig(ports, settings, event({ errorCode: 'AccessDenied' }));
    await watchConfig(ports, settings, event({ eventName: 'PutLifecyclePolicy' }));
    expect(told).toHaveLength(0);
  });

  it('leaves what cannot be read to the dead-letter queue', async () => {
    await expect(watchConfig(ports, settings, { nothing: true })).rejects.toThrow('the event cannot be read');
  });
});

describe('a destination outside the allow-list', () => {
  const strict = { ...settings, allowedDestinations: ['eu-west-1'] };
  const watch = () => watchSovereignty(ports, defaultPolicies.notices, ['eu-west-1'], [source]);

  it('is critical, at once, before the change is told in numbers', async () => {
    await watchConfig(ports, strict, event());
    expect(told[0]?.subject).toBe(
      '[firing] A replication rule names ap-southeast-2 (111122223333), which is not allowed',
    );
    expect(told[0]?.attributes).toMatchObject({
      severity: 'critical',
      kind: 'not-allowed',
      status: 'firing',
    });
    expect(told[0]?.texts.email).toContain(
      '111122223333/us-east-1 replicates repositories that begin with prod- to it',
    );
    for (const text of [told[0]?.texts.email, told[0]?.texts.https, told[0]?.texts.default])
      expect(text).toContain('aws ecr describe-registry --region us-east-1');
    expect(told).toHaveLength(2);
  });

  it('is found without any event, told once, reminded of after a day, and told when it is over', async () => {
    for (let run = 0; run < 60; run += 1) {
      expect(await watch()).toEqual([sydney]);
      clock += minute;
    }
    expect(told).toHaveLength(1);
    clock += 24 * 60 * minute;
    await watch();
    expect(told[1]?.subject).toContain('Still, after 25 h 00 min: a replication rule names ap-southeast-2');
    rules = [{ ...both, destinations: [ireland] }];
    clock += 6 * minute;
    expect(await watch()).toEqual([]);
    expect(told[2]?.subject).toBe(
      '[resolved] No replication rule names ap-southeast-2 (111122223333) any more',
    );
    clock += 6 * minute;
    await watch();
    expect(told).toHaveLength(3);
  });

  it('is not over because the rules cannot be read', async () => {
    await rememberRules(ports, source);
    await watch();
    clock += 10 * minute;
    ports = { ...ports, readRules: async () => ({ is: 'unreadable', why: 'throttled' }) };
    expect(await watch()).toEqual([sydney]);
    expect(told).toHaveLength(1);
  });

  it('is not over because the rules of a registry that was only noted cannot be read', async () => {
    await ports.noteRegistry(source);
    await watch();
    clock += 10 * minute;
    ports = { ...ports, readRules: async () => ({ is: 'unreadable', why: 'throttled' }) };
    await watch();
    expect(told.map(({ attributes }) => attributes['status'])).toEqual(['firing']);
  });

  it("is nobody's business without an allow-list", async () => {
    expect(await watchSovereignty(ports, defaultPolicies.notices, undefined, [source])).toEqual([]);
    expect(told).toHaveLength(0);
  });
});
