/** A change of a registry's replication settings as people, chats and machines get it. */

import { describe, expect, it } from 'vitest';
import { type ChangeTexts, changeTexts } from '../../lib/alert/configuration.ts';
import { chatDescriptionLimit, jsonBytes, textLimit } from '../../lib/alert/limits.ts';
import type { RegistryChange, WatchedCall } from '../../lib/event/registry-change.ts';
import type { CoverageChange } from '../../lib/replication/coverage-change.ts';
import { ireland, source, sydney } from '../samples.ts';

const by = 'arn:aws:iam::111122223333:user/alice';
const change: RegistryChange = {
  registry: source,
  call: 'PutReplicationConfiguration',
  at: Date.parse('2026-11-24T03:12:09Z'),
  by,
};
const none: CoverageChange = { destination: ireland, gained: [], lost: [], covered: 0, named: true };
const lost: CoverageChange = { ...none, lost: ['prod-api', 'prod-web'], named: false };
const gained: CoverageChange = { ...none, destination: sydney, gained: ['prod-api'], covered: 3 };
const many = Array.from({ length: 1_021 }, (_, n) => `prod-${n}`);

function linesOf({ machine }: ChangeTexts): readonly string[] {
  return JSON.parse(machine).summary;
}

describe('a change of the rules', () => {
  const both = (): ChangeTexts => changeTexts(change, [lost, gained], true);

  it('is an e-mail that says what it means, who made it, which repositories, and how to copy what was there', () => {
    expect(both().email).toBe(`eu-west-1 (111122223333) is no longer a destination of 2 repositories.
ap-southeast-2 (111122223333) is now a destination of 1 repository more.

Registry  111122223333/us-east-1
Changed   2026-11-24 03:12:09 UTC, PutReplicationConfiguration
By        ${by}

No longer to eu-west-1 (111122223333):
  prod-api
  prod-web

Now to ap-southeast-2 (111122223333):
  prod-api

ECR copies only what is pushed from now on. To copy what is there already:
   aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=ap-southeast-2,registryId=111122223333
`);
  });

  it('is a chat message with the same lines', () => {
    const title = '🟠 Replication settings of 111122223333/us-east-1 were changed';
    expect(JSON.parse(both().chat)).toEqual({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        title,
        description: [
          '- eu-west-1 (111122223333) is no longer a destination of 2 repositories.',
          '- ap-southeast-2 (111122223333) is now a destination of 1 repository more.',
          `- *By:* \`${by}\``,
          '- *Call:* PutReplicationConfiguration, 2026-11-24 03:12:09 UTC',
        ].join('\n'),
        keywords: ['ecr-replication', 'configuration', 'us-east-1'],
      },
      metadata: {
        threadId: expect.stringMatching(/^[0-9a-f]{32}$/),
        summary: title,
        eventType: 'ecr-replication-configuration',
        additionalContext: {
          registry: '111122223333/us-east-1',
          call: 'PutReplicationConfiguration',
          by,
        },
      },
    });
  });

  it('is a document for machines, in numbers', () => {
    expect(JSON.parse(both().machine)).toEqual({
      version: '1',
      type: 'ecr-configuration-change',
      registry: source,
      call: 'PutReplicationConfiguration',
      changedAt: '2026-11-24T03:12:09.000Z',
      by,
      summary: [
        'eu-west-1 (111122223333) is no longer a destination of 2 repositories.',
        'ap-southeast-2 (111122223333) is now a destination of 1 repository more.',
      ],
      destinations: [
        { destination: ireland, gained: 0, lost: 2, covered: 0 },
        { destination: sydney, gained: 1, lost: 0, covered: 3 },
      ],
    });
  });

  it('has its first line for a summary, and the number of the others', () => {
    const first =
      '111122223333/us-east-1: eu-west-1 (111122223333) is no longer a destination of 2 repositories.';
    expect(changeTexts(change, [lost], true).summary).toBe(first);
    expect(both().summary).toBe(`${first} (and 1 more change)`);
    expect(changeTexts(change, [lost, gained, gained], true).summary).toBe(`${first} (and 2 more changes)`);
  });

  it.each<[string, CoverageChange, readonly string[]]>([
    ['gained where there was none', { ...gained, covered: 1 }, ['is now a destination of 1 repository.']],
    [
      'lost and gained',
      { ...lost, destination: sydney, gained: ['web'], covered: 1, named: true },
      ['is no longer a destination of 2 repositories.', 'is now a destination of 1 repository.'],
    ],
    [
      'named, without a repository yet',
      { ...none, destination: sydney },
      ['is now a destination, of no repository yet.'],
    ],
    [
      'named no more, without a repository before',
      { ...none, destination: sydney, named: false },
      ['is no longer a destination; no repository was covered.'],
    ],
  ])('is told of a destination that is %s', (_, coverage, lines) => {
    expect(linesOf(changeTexts(change, [coverage], true))).toEqual(
      lines.map((line) => `ap-southeast-2 (111122223333) ${line}`),
    );
  });

  it('is what holds now when nobody knows what was before', () => {
    expect(linesOf(changeTexts(change, [gained], false))).toEqual([
      'ap-southeast-2 (111122223333) is a destination of 3 repositories; what it was before is not on record.',
    ]);
  });

  it('that concerns nothing says so, without a command', () => {
    const { email, severity } = changeTexts(change, [], true);
    expect(email).toBe(`The replication rules were written again; no repository is concerned.

Registry  111122223333/us-east-1
Changed   2026-11-24 03:12:09 UTC, PutReplicationConfiguration
By        ${by}
`);
    expect(severity).toBe('info');
  });

  it('is a warning when any repository loses a destination, and information otherwise', () => {
    expect(both().severity).toBe('warning');
    const harmless = changeTexts(change, [gained, none], true);
    expect(harmless.severity).toBe('info');
    expect(JSON.parse(harmless.chat).content.title).toMatch(/^🟢 /);
  });

  it('names a command only for a destination that gained something', () => {
    const { email } = changeTexts(change, [lost, gained, none], true);
    expect(email.match(/start-replication-backfill/g)).toHaveLength(1);
    expect(changeTexts(change, [lost, none], true).email).not.toContain('start-replication-backfill');
  });

  it('names twenty repositories, and counts the others', () => {
    const { email } = changeTexts(change, [{ ...lost, lost: many }], true);
    expect(email).toContain('  prod-19\n  … and 1,001 more\n');
    expect(email).not.toContain('prod-20');
    const twenty = changeTexts(change, [{ ...lost, lost: many.slice(0, 20) }], true).email;
    expect(twenty).toMatch(/ {2}prod-19\n$/);
  });

  it('keeps within what an e-mail and a chat take, and says that it was cut', () => {
    const destinations = Array.from({ length: 300 }, (_, n) => ({
      ...gained,
      destination: { ...sydney, region: `ap-southeast-${n}` },
      gained: many.map((name) => name.repeat(20)),
    }));
    const { email, chat } = changeTexts({ ...change, by: 'x'.repeat(2_000) }, destinations, true);
    expect(jsonBytes(email)).toBeLessThanOrEqual(textLimit + '\\n'.length);
    expect(email).toMatch(/\n\n… cut here\. The rules: aws ecr describe-registry\n$/);
    const { content, metadata } = JSON.parse(chat);
    expect(content.description.length).toBeLessThanOrEqual(chatDescriptionLimit);
    expect(content.description).toMatch(/\n- … and \d+ more lines; the e-mail has them$/);
    expect(metadata.additionalContext.by).toBe(`${'x'.repeat(999)}…`);
  });
});

describe('another call', () => {
  it.each<[WatchedCall, string, string]>([
    [
      'PutRegistryPolicy',
      'info',
      'The registry policy was changed: it decides which accounts may replicate into this registry.',
    ],
    [
      'DeleteRegistryPolicy',
      'warning',
      'The registry policy was deleted: no other account can replicate into this registry any more.',
    ],
    [
      'CreateRepositoryCreationTemplate',
      'info',
      'A repository creation template was added: it shapes repositories that replication creates.',
    ],
    [
      'UpdateRepositoryCreationTemplate',
      'info',
      'A repository creation template was changed: it shapes repositories that replication creates.',
    ],
    [
      'DeleteRepositoryCreationTemplate',
      'info',
      'A repository creation template was deleted: repositories that replication creates get default settings.',
    ],
  ])('%s is told by what it means (%s)', (call, severity, line) => {
    const texts = changeTexts({ ...change, call }, [], true);
    expect(texts).toMatchObject({ severity, summary: `111122223333/us-east-1: ${line}` });
    expect(linesOf(texts)).toEqual([line]);
  });
});
