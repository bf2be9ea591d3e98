/** An image that is there and lacks something, in the lines that are kept and told: what is lacking, and what to do. */

import { shortDigest } from '../image/digest.ts';
import { imageName } from '../image/reference.ts';
import type { KeptLine } from '../sweep/cycle.ts';
import type { Incomplete } from '../sweep/wholeness.ts';
import { cliLine } from './cli-line.ts';
import { startBackfill } from './commands.ts';
import { indented } from './indent.ts';
import { count } from './words.ts';

/** Children or layers that are named; the rest is counted. */
const mostNamed = 3;

export function keptIncomplete(finding: Incomplete): KeptLine {
  const { destination, repository, image } = finding;
  const [tag] = image.tags;
  const name = imageName({ repository, digest: image.digest, ...(tag === undefined ? {} : { tag }) });
  return {
    key: `${repository}@${image.digest}`,
    about: destination,
    rank: 0,
    text: [`${name} (${shortDigest(image.digest)}): ${lacks(finding)}.`, ...steps(finding)],
    count: 1,
    names: [repository],
    repositories: 1,
  };
}

/** `1 child is not there (linux/arm64 sha256:…), 2 layers are not there (sha256:…, sha256:…)`. */
function lacks({ children, layers }: Incomplete): string {
  const isNot = (n: number): string => (n === 1 ? 'is not there' : 'are not there');
  const named = (names: readonly string[]): string => {
    const more = names.length - mostNamed;
    return `(${names.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''})`;
  };
  const parts: string[] = [];
  if (children.length > 0) {
    const names = children.map(({ digest, platform }) =>
      [...(platform === undefined ? [] : [platform]), shortDigest(digest)].join(' '),
    );
    parts.push(`${count(children.length, 'child', 'children')} ${isNot(children.length)} ${named(names)}`);
  }
  if (layers.length > 0)
    parts.push(`${count(layers.length, 'layer')} ${isNot(layers.length)} ${named(layers.map(shortDigest))}`);
  return parts.join(', ');
}

/** What is there already is not copied again: it has to go first. */
function steps({ source, destination, repository, image, layers }: Incomplete): readonly string[] {
  const named = `--repository-name ${repository}`;
  const check = cliLine('batch-check-layer-availability', destination, [
    named,
    `--layer-digests ${layers.slice(0, mostNamed).join(' ')}`,
  ]);
  const remove = cliLine('batch-delete-image', destination, [
    named,
    `--image-ids imageDigest=${image.digest}`,
  ]);
  return [
    ...(layers.length === 0 ? [] : [{ say: 'See it:', command: check }]),
    {
      say: 'Push the image again; or delete it there, and have it copied again:',
      command: `${remove} && ${startBackfill({ source, destination })}`,
    },
  ].flatMap(indented);
}
