/** The AWS CLI lines and console links, letter for letter: they are pasted at night. */

import * as ecr from '@aws-sdk/client-ecr';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as commands from '../../lib/alert/commands.ts';
import { isDigest } from '../../lib/image/digest.ts';
import { isRepositoryName, isTag } from '../../lib/image/reference.ts';
import { accountPattern, regionPattern } from '../../lib/image/registry.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf, ireland, replicaOf, source, sydney } from '../samples.ts';
import { faultsOf, requestOf } from './cli-line.ts';

const replica = { ...replicaOf(), tag: '1.4.2' };
const digest = digestOf('prod-api');

describe('a command', () => {
  it.each([
    [
      'asks the destination for the image by digest',
      commands.describeAtDestination(replica),
      `aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=${digest} --filter imageStatus=ANY`,
    ],
    [
      'asks the destination for the image by tag',
      commands.describeTagAtDestination(replica),
      'aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageTag=1.4.2 --filter imageStatus=ANY',
    ],
    [
      'asks the source what ECR says',
      commands.describeReplicationStatus(replica),
      `aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=${digest}`,
    ],
    [
      'asks a registry for its rules',
      commands.describeRegistry(source),
      'aws ecr describe-registry --region us-east-1',
    ],
    [
      'asks a registry for its policy',
      commands.getRegistryPolicy(ireland),
      'aws ecr get-registry-policy --region eu-west-1',
    ],
    [
      'asks a registry how it makes repositories',
      commands.describeCreationTemplates(ireland),
      'aws ecr describe-repository-creation-templates --region eu-west-1',
    ],
    [
      'asks the destination what it deletes and archives',
      commands.getLifecyclePolicy(replica),
      'aws ecr get-lifecycle-policy --registry-id 111122223333 --region eu-west-1 --repository-name prod-api',
    ],
    [
      'puts a tag on the image that is there',
      commands.putTag(replica),
      `aws ecr put-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-tag 1.4.2 --image-digest ${digest} --image-manifest "$(aws ecr batch-get-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=${digest} --query 'images[0].imageManifest' --output text)"`,
    ],
    [
      'copies again what is missing at the destination',
      commands.startBackfill(replica),
      'aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333',
    ],
    [
      'restores an archived image',
      commands.restoreImage(replica),
      `aws ecr update-image-storage-class --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-id imageDigest=${digest} --target-storage-class STANDARD`,
    ],
    [
      'frees a tag',
      commands.deleteTag(replica),
      'aws ecr batch-delete-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageTag=1.4.2',
    ],
  ])('%s', (_, line, expected) => {
    expect(line).toBe(expected);
  });
});

/** Every line that this room can write about one image. */
function linesAbout(one: commands.TaggedReplica): readonly string[] {
  const {
    describeRegistry,
    getRegistryPolicy,
    describeCreationTemplates,
    consoleLink: _,
    ...ofImages
  } = commands;
  const ofRegistries = { describeRegistry, getRegistryPolicy, describeCreationTemplates };
  return [
    ...Object.values(ofImages).map((write) => write(one)),
    ...Object.values(ofRegistries).map((write) => write(one.destination)),
  ];
}

describe('the lines for the AWS CLI', () => {
  it('are requests that the installed SDK knows, with members that these requests have', () => {
    fc.assert(
      fc.property(arbitrary.replica, arbitrary.tag, (one, tag) => {
        for (const line of linesAbout({ ...one, tag })) expect(faultsOf(line)).toEqual([]);
      }),
    );
  });

  it.each([
    ['aws ecr describe-image --region eu-west-1', 'no such command: describe-image'],
    ['aws ecr describe-images --region eu-west-1', 'describe-images: repositoryName is missing'],
    ['aws ecr describe-registry --registry-id 1', 'describe-registry: no member registryId'],
    [
      'aws ecr describe-images --repository-name a --image-ids digest=b',
      'describe-images: imageIds no member digest',
    ],
    [
      'aws ecr start-replication-backfill --destination region=eu-west-1',
      'start-replication-backfill: destination registryId is missing',
    ],
  ])('would not pass wrong: %s', (line, fault) => {
    expect(faultsOf(line)).toEqual([fault]);
  });

  it('use values that the installed SDK knows', () => {
    const values = linesAbout(replica).flatMap((line) => [
      ...line.matchAll(/imageStatus=(\w+)|--target-storage-class (\w+)/g),
    ]);
    const known: readonly string[] = [
      ...Object.values(ecr.ImageStatusFilter),
      ...Object.values(ecr.TargetStorageClass),
    ];
    expect(values.length).toBeGreaterThan(0);
    for (const [, status, storageClass] of values) expect(known).toContain(status ?? storageClass);
  });

  it('name the Region, and the account where the request has a place for it', () => {
    for (const line of linesAbout({ ...replica, destination: sydney })) {
      expect(line).toMatch(/ --region (?:us-east-1|ap-southeast-2)\b/);
      const [, verb = ''] = /^aws ecr (\S+)/.exec(line) ?? [];
      const takesAccount = requestOf(verb)?.[4].includes('registryId');
      expect(line.includes(' --registry-id 111122223333 ')).toBe(takesAccount);
    }
  });

  it('can be pasted into a shell as they stand, whatever the image', () => {
    fc.assert(
      fc.property(arbitrary.replica, arbitrary.tag, (one, tag) => {
        for (const line of linesAbout({ ...one, tag })) {
          const plain = line.replace(/"\$\((.*)\)"$/, '$1').replace("'images[0].imageManifest'", '');
          expect(plain).toMatch(/^aws ecr [\w./:@=,+ -]+$/);
        }
      }),
    );
  });
});

describe('what a line is made of', () => {
  const everyCharacter = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit));
  const isAccount = (text: string): boolean => accountPattern.test(text);
  const isRegion = (text: string): boolean => regionPattern.test(text);

  /** `sample` is well-formed; every character is tried at its beginning, within it and at its end. */
  it.each<[string, (text: string) => boolean, string]>([
    ['repository', isRepositoryName, 'prod-api'],
    ['tag', isTag, '1.4.2'],
    ['digest', isDigest, `sha256:${'0'.repeat(64)}`],
    ['account', isAccount, '111122223333'],
    ['Region', isRegion, 'eu-west-1'],
  ])('has no character that a shell or the CLI would take for its own: %s', (_, isOne, sample) => {
    expect(isOne(sample)).toBe(true);
    const middle = Math.floor(sample.length / 2);
    const accepted = everyCharacter.filter((character) =>
      [
        character + sample.slice(1),
        sample.slice(0, middle) + character + sample.slice(middle + 1),
        sample.slice(0, -1) + character,
        sample + character,
      ].some(isOne),
    );
    expect(accepted.join('')).toMatch(/^[\w./:=@+-]+$/);
    // What begins with a dash would be a flag.
    expect(isOne(`-${sample.slice(1)}`)).toBe(false);
  });
});

describe('a link to the console', () => {
  it.each([
    [
      'eu-west-1',
      'https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1',
    ],
    [
      'cn-north-1',
      'https://cn-north-1.console.amazonaws.cn/ecr/repositories/private/111122223333/prod-api?region=cn-north-1',
    ],
    [
      'us-gov-west-1',
      'https://us-gov-west-1.console.amazonaws-us-gov.com/ecr/repositories/private/111122223333/prod-api?region=us-gov-west-1',
    ],
  ])('of %s goes to the repository there', (region, link) => {
    expect(commands.consoleLink({ account: '111122223333', region }, 'prod-api')).toBe(link);
  });

  it('is a well-formed address, whatever the repository', () => {
    fc.assert(
      fc.property(arbitrary.registry, arbitrary.repository, (registry, repository) => {
        const link = new URL(commands.consoleLink(registry, repository));
        expect(link.searchParams.get('region')).toBe(registry.region);
        expect(link.protocol).toBe('https:');
      }),
    );
  });
});
