/** The `silence` command as its user runs it, against a table on the local AWS. */

import { afterAll, beforeAll, expect, it } from 'vitest';
import { tableDefinition } from '../../lib/aws/table-definition.ts';
import { type LocalAws, startLocalAws } from '../../lib/local/local-aws.ts';
import { type Binary, buildBinary, type Ran } from './binary.ts';

let aws: LocalAws;
let binary: Binary;

beforeAll(async () => {
  [aws, binary] = await Promise.all([startLocalAws(), buildBinary()]);
  await aws.createTable(tableDefinition('incidents'));
});
afterAll(() => aws?.stop());

function silence(...words: string[]): Promise<Ran> {
  return binary.run(['silence', ...words], { ...aws.environment(), INCIDENTS_TABLE: 'incidents' });
}

it('adds a silence, lists it, and ends it', { timeout: 90_000 }, async () => {
  const added = await silence(
    ...['add', '--destination', 'eu-west-1', '--prefix', 'batch/', '--for', '2h'],
    ...['--reason', 'migration', '--author', 'ann'],
  );
  expect(added).toMatchObject({ code: 0, err: '' });
  expect(added.out).toMatch(/^[0-9a-f]{8} {2}to eu-west-1, batch\/\* {2}until .* UTC {2}ann: migration\n$/);

  const listed = await silence('list', '--json');
  const { version, silences } = JSON.parse(listed.out);
  expect(version).toBe('1');
  expect(silences).toMatchObject([{ destination: 'eu-west-1', repositoryPrefix: 'batch/', author: 'ann' }]);
  expect(silences[0].until - silences[0].from).toBe(2 * 60 * 60 * 1000);

  expect(await silence('end', silences[0].id)).toMatchObject({ code: 0, out: '' });
  expect(await silence('list')).toMatchObject({ code: 0, out: '', err: 'Nothing is silent.\n' });
  expect((await silence('list', '--all')).out).toContain('ended');
});

it.each([
  ['nothing to be silent', ['add', '--for', '2h', '--reason', 'x'], 'what is to be silent'],
  ['a destination that is none', ['add', '--destination', 'mars', '--for', '2h', '--reason', 'x'], 'mars'],
  [
    'an image without a tag',
    ['add', '--image', 'prod-api', '--for', '2h', '--reason', 'x'],
    'repository:tag',
  ],
  [
    'a duration without a unit',
    ['add', '--prefix', 'p', '--for', '20', '--reason', 'x'],
    '"20" is not a duration',
  ],
  ['a silence without an end', ['add', '--prefix', 'p', '--for', '90d', '--reason', 'x'], 'at most 30d'],
  ['no reason', ['add', '--prefix', 'p', '--for', '2h'], "'--reason <text>'"],
  ['an unknown flag', ['list', '--nope'], "unknown option '--nope'"],
])('refuses %s with one line and exit code 2', async (_, words, says) => {
  const { code, err } = await silence(...words);
  expect(code).toBe(2);
  expect(err).toContain(says);
  expect(err).not.toContain('    at ');
});

it('says that there is no such silence with exit code 1', async () => {
  const { code, err } = await silence('end', 'ffffffff');
  expect(code).toBe(1);
  expect(err).toBe('error: no silence ffffffff; `silence list` shows them\n');
});

it('says that it could not tell with exit code 3 when the table is not there', async () => {
  const { code, err } = await silence('list', '--table', 'elsewhere');
  expect(code).toBe(3);
  expect(err).toContain('no such table in this account and Region');
});
