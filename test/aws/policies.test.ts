/** Policies and manifests are anybody's text: whatever it is, it is read or said to be unknown, and nothing is thrown. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseLifecyclePolicy } from '../../lib/aws/lifecycle-policy.ts';
import { parseManifest } from '../../lib/aws/manifest.ts';
import { parseRegistryPolicy } from '../../lib/aws/registry-policy.ts';

const anyText = fc.oneof(
  fc.string(),
  fc.json(),
  fc.jsonValue().map((value) => JSON.stringify(value)),
);

test('any text is a lifecycle policy with what is known of it, and what is not', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const { rules, unknown } = parseLifecyclePolicy(text);
      // Only a policy without a rule says nothing.
      if (rules.length + unknown.length === 0) expect(JSON.parse(text).rules).toEqual([]);
    }),
  );
});

const rule = fc.record({
  rulePriority: fc.integer(),
  selection: fc.record({
    tagStatus: fc.constantFrom('tagged', 'untagged', 'any', 'some', 1),
    countType: fc.constantFrom('imageCountMoreThan', 'sinceImagePushed', 'sinceImagePulled', 'sinceNever'),
    countNumber: fc.oneof(fc.integer(), fc.string()),
  }),
  action: fc.record({ type: fc.constantFrom('expire', 'transition', 'move') }),
});

test('every rule of a lifecycle policy is either known or named as unknown', () => {
  fc.assert(
    fc.property(fc.array(rule), (rules) => {
      const policy = parseLifecyclePolicy(JSON.stringify({ rules }));
      expect(policy.rules.length + policy.unknown.length).toBe(rules.length);
    }),
  );
});

test('any text is a registry policy or none, and a manifest or none', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      expect(() => [parseRegistryPolicy(text), parseManifest(text)]).not.toThrow();
    }),
  );
});
