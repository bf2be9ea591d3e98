/** An image that is there and lacks something, in the lines that are kept and told. */

import { describe, expect, it } from 'vitest';
import { keptIncomplete } from '../../lib/alert/incomplete.ts';
import { shortDigest } from '../../lib/image/digest.ts';
import type { Incomplete } from '../../lib/sweep/wholeness.ts';
import { digestOf, ireland, source } from '../samples.ts';

const digest = digestOf('index');
const digests = ['one', 'two', 'three', 'four', 'five'].map(digestOf);
const [one = digest, two = digest] = digests;

const lacking: Incomplete = {
  source,
  destination: ireland,
  repository: 'prod-api',
  image: { digest, tags: ['1.4', 'latest'] },
  children: [],
  layers: [],
};

const remove = [
  '  Push the image again; or delete it there, and have it copied again:',
  `    aws ecr batch-delete-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=${digest} && aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333`,
];

function lacks(change: Partial<Incomplete>): string | undefined {
  return keptIncomplete({ ...lacking, ...change }).text[0];
}

describe('an image that is not whole', () => {
  it('is one line of its destination, with what it lacks and what to do', () => {
    const name = `prod-api:1.4 (${shortDigest(digest)})`;
    expect(keptIncomplete({ ...lacking, children: [{ digest: one }], layers: [two] })).toEqual({
      key: `prod-api@${digest}`,
      about: ireland,
      rank: 0,
      text: [
        `${name}: 1 child is not there (${shortDigest(one)}), 1 layer is not there (${shortDigest(two)}).`,
        '  See it:',
        `    aws ecr batch-check-layer-availability --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --layer-digests ${two}`,
        ...remove,
      ],
      count: 1,
      names: ['prod-api'],
      repositories: 1,
    });
  });

  it('that lacks no layers has none to see', () => {
    expect(keptIncomplete({ ...lacking, children: [{ digest: one }] }).text.slice(1)).toEqual(remove);
  });

  it('without a tag goes by its digest', () => {
    expect(lacks({ image: { digest, tags: [] }, layers: [one] })).toBe(
      `prod-api@${digest} (${shortDigest(digest)}): 1 layer is not there (${shortDigest(one)}).`,
    );
  });

  it('names children with their platforms', () => {
    expect(lacks({ children: [{ digest: one, platform: 'linux/arm64' }, { digest: two }] })).toContain(
      `: 2 children are not there (linux/arm64 ${shortDigest(one)}, ${shortDigest(two)}).`,
    );
  });

  it('names three, and counts the others', () => {
    const three = digests.slice(0, 3).map(shortDigest).join(', ');
    expect(lacks({ layers: digests.slice(0, 3) })).toContain(`: 3 layers are not there (${three}).`);
    expect(lacks({ layers: digests })).toContain(`: 5 layers are not there (${three} and 2 more).`);
    const { text } = keptIncomplete({ ...lacking, layers: digests });
    expect(text[2]).toMatch(new RegExp(` --layer-digests ${digests.slice(0, 3).join(' ')}$`));
  });
});
