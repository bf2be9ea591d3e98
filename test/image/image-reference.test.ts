/** Images as people and pipelines name them: what is understood, and what is refused with which words. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseImageReference, referenceName } from '../../lib/image/image-reference.ts';
import { digestOf } from '../samples.ts';

const digest = digestOf('prod-api');
const ireland = { account: '111122223333', region: 'eu-west-1' };

describe('a reference is understood:', () => {
  it.each([
    ['a repository and a tag', 'prod-api:1.4.2', { repository: 'prod-api', tag: '1.4.2' }],
    ['a path of several parts', 'team/prod/api:v1', { repository: 'team/prod/api', tag: 'v1' }],
    ['a first part with dots, which is no host', 'my.team/api:1', { repository: 'my.team/api', tag: '1' }],
    ['a digest', `prod-api@${digest}`, { repository: 'prod-api', digest }],
    ['a tag and a digest', `prod-api:1@${digest}`, { repository: 'prod-api', tag: '1', digest }],
    [
      'a full image URI',
      '111122223333.dkr.ecr.eu-west-1.amazonaws.com/prod/api:1',
      { repository: 'prod/api', tag: '1', registry: ireland },
    ],
    [
      'a full image URI with a digest',
      `111122223333.dkr.ecr.eu-west-1.amazonaws.com/prod-api@${digest}`,
      { repository: 'prod-api', digest, registry: ireland },
    ],
    [
      'a dual-stack URI',
      '111122223333.dkr-ecr.eu-west-1.on.aws/prod-api:1',
      { repository: 'prod-api', tag: '1', registry: ireland },
    ],
    [
      'a FIPS URI',
      '111122223333.dkr.ecr-fips.us-east-1.amazonaws.com/prod-api:1',
      { repository: 'prod-api', tag: '1', registry: { ...ireland, region: 'us-east-1' } },
    ],
    [
      'a dual-stack FIPS URI',
      '111122223333.dkr-ecr-fips.us-gov-west-1.on.aws/prod-api:1',
      { repository: 'prod-api', tag: '1', registry: { ...ireland, region: 'us-gov-west-1' } },
    ],
    [
      'a URI in China',
      '111122223333.dkr.ecr.cn-north-1.amazonaws.com.cn/prod-api:1',
      { repository: 'prod-api', tag: '1', registry: { ...ireland, region: 'cn-north-1' } },
    ],
  ])('%s', (_, text, value) => {
    expect(parseImageReference(text)).toEqual({ ok: true, value });
  });
});

describe('a reference is refused:', () => {
  it.each([
    ['nothing', '', 'names no repository'],
    ['a repository alone', 'prod-api', 'names a repository, not an image; add :tag or @digest'],
    ['an empty tag', 'prod-api:', '"" is not a tag'],
    ['a tag that is none', 'prod-api:-1', '"-1" is not a tag'],
    ['a tag that is too long', `prod-api:${'a'.repeat(129)}`, 'is not a tag'],
    ['a tag alone', ':1', 'names no repository'],
    ['capitals', 'Prod-API:1', '"Prod-API" is not the name of a repository'],
    ['spaces', 'prod api:1', 'is not the name of a repository'],
    ['a digest that is none', 'prod-api@latest', '"latest" is not a digest'],
    ['two digests', `prod-api@${digest}@${digest}`, 'more than one @'],
    ['control characters', 'prod-api\u001b[31m:1', 'is not the name of a repository'],
    ['a registry without an image', '111122223333.dkr.ecr.eu-west-1.amazonaws.com', 'names no repository'],
    [
      'an account of 11 digits',
      '11112222333.dkr.ecr.eu-west-1.amazonaws.com/a:1',
      'not an account of 12 digits',
    ],
    ['a Region that is none', '111122223333.dkr.ecr.ireland.amazonaws.com/a:1', '"ireland" in'],
    [
      'a Region in the wrong partition',
      '111122223333.dkr.ecr.cn-north-1.amazonaws.com/a:1',
      'registries in cn-north-1 are not in amazonaws.com',
    ],
    ['half a host', '111122223333.dkr.ecr/a:1', 'an ECR registry is'],
    ['a scheme', 'https://111122223333.dkr.ecr.eu-west-1.amazonaws.com/a:1', 'leave out https://'],
    ['a public registry', 'public.ecr.aws/nginx/nginx:1', 'not in a private ECR registry'],
    ['another registry', 'ghcr.io/owner/app:1', 'not in a private ECR registry'],
    ['a registry with a port', 'localhost:5000/app:1', 'not in a private ECR registry'],
  ])('%s', (_, text, says) => {
    const parsed = parseImageReference(text);
    expect(parsed).toMatchObject({ ok: false, fault: expect.stringContaining(says) });
  });
});

const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
const reference = fc.record(
  {
    repository: fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
    tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,20}$/),
    digest: fc.string().map(digestOf),
  },
  { requiredKeys: ['repository', 'tag'] },
);

it('is the same after it was said back and read again', () => {
  fc.assert(
    fc.property(reference, (image) => {
      expect(parseImageReference(referenceName(image))).toEqual({ ok: true, value: image });
    }),
  );
});

it('never throws, whatever is written', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const parsed = parseImageReference(text);
      if (!parsed.ok) expect(parsed.fault).not.toContain('\n');
    }),
  );
});
