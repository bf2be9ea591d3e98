/** What a message that is sent again carries beside its event. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWaitingFor, writeWaitingFor } from '../../lib/event/waiting-for.ts';
import { registry } from '../arbitraries.ts';
import { ireland, sydney } from '../samples.ts';

describe('the destinations still waited for', () => {
  it('are written as registries, comma-separated', () => {
    expect(writeWaitingFor([ireland, sydney])).toBe('111122223333/eu-west-1,111122223333/ap-southeast-2');
  });

  it('are read back as they were written', () => {
    fc.assert(
      fc.property(fc.array(registry, { minLength: 1, maxLength: 25 }), (registries) => {
        expect(readWaitingFor(writeWaitingFor(registries))).toEqual(registries);
      }),
    );
  });

  it.each([undefined, '', ',', 'eu-west-1', '111122223333/eu-west-1,', '111122223333/eu-west-1;x', 'null'])(
    'are all of them when the attribute is %j, which we did not write',
    (text) => {
      expect(readWaitingFor(text)).toBeUndefined();
    },
  );

  it('never make reading throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void readWaitingFor(text)));
  });
});
