/** What Lambda makes of a handler's answer. */

import { describe, expect, it } from 'vitest';
import { failedOf } from '../../lib/local/batch-response.ts';

describe('an answer', () => {
  const ids = ['a', 'b'];
  it.each([
    { answer: undefined, failed: [] },
    { answer: null, failed: [] },
    { answer: {}, failed: [] },
    { answer: { batchItemFailures: null }, failed: [] },
    { answer: { batchItemFailures: [] }, failed: [] },
    { answer: { other: 1 }, failed: [] },
    { answer: { batchItemFailures: [{ itemIdentifier: 'b' }] }, failed: ['b'] },
    {
      answer: { batchItemFailures: [{ itemIdentifier: 'b', more: 1 }, { itemIdentifier: 'b' }] },
      failed: ['b'],
    },
    { answer: { batchItemFailures: [{ itemIdentifier: '' }] }, failed: ids },
    { answer: { batchItemFailures: [{ itemIdentifier: null }] }, failed: ids },
    { answer: { batchItemFailures: [{ itemIdentifier: 'b' }, { itemIdentifier: 'c' }] }, failed: ids },
    { answer: { batchItemFailures: [{ messageId: 'b' }] }, failed: ids },
    { answer: { batchItemFailures: 'b' }, failed: ids },
    { answer: ['b'], failed: ids },
    { answer: 'ok', failed: ids },
  ])('$answer means that $failed failed', ({ answer, failed }) => {
    expect([...failedOf(ids, answer)]).toEqual(failed);
  });
});
