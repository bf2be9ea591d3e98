// docs/security.md held to its word: each row of its table names tests that there are, in their own words.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const rows = readFileSync(join(root, 'docs/security.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .map(([attempt = '', stopped = '', shown = '']) => ({ attempt, stopped, shown }))
  // The head of the table, and the rows that only divide it.
  .filter(({ attempt, stopped }) => attempt !== 'attempt' && (stopped !== '' || !attempt.startsWith('**')));

/** `path` "words" "words", `path` … → what cannot be found. */
function faultsOf(shown: string): readonly string[] {
  const faults: string[] = [];
  let text = '';
  for (const [, path, words = ''] of shown.matchAll(/`(test\/[^`]+)`|"([^"]+)"/g)) {
    if (path !== undefined) {
      if (!existsSync(join(root, path))) return [...faults, `no ${path}`];
      text = readFileSync(join(root, path), 'utf8');
    } else
      faults.push(...words.split(' … ').flatMap((part) => (text.includes(part) ? [] : [`no "${part}"`])));
  }
  return faults;
}

it('there is a table of attempts', () => {
  expect(rows.length).toBeGreaterThan(30);
});

it.each(rows)('what is said to stop "$attempt" is shown by a test', ({ stopped, shown }) => {
  expect(stopped).not.toBe('');
  expect(shown).toMatch(/`test\//);
  expect(faultsOf(shown)).toEqual([]);
});

it('a test that is not there would be missed', () => {
  expect(faultsOf('`test/log.test.ts` "no such words", `test/none.test.ts`')).toEqual([
    'no "no such words"',
    'no test/none.test.ts',
  ]);
});
