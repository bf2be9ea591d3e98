/** What to do about each finding about settings, letter for letter: to see it first, and to change it then. */

import { expect, test } from 'vitest';
import { settingSteps } from '../../lib/alert/setting-cure.ts';
import type { SettingFinding, SettingKind } from '../../lib/sweep/setting-finding.ts';
import { examples, replica } from './setting-examples.ts';

/** A line of the AWS CLI about the destination's registry, or its repository. */
const there = (verb: string, ...flags: string[]): string =>
  [`aws ecr ${verb} --registry-id 111122223333 --region eu-west-1`, ...flags].join(' ');
const repository = '--repository-name prod/api';
const copy = (account: string): string =>
  `aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=${account}`;

const lifecycle = [
  ['See the policy:', there('get-lifecycle-policy', repository)],
  [
    'See what it would take now:',
    [
      there('start-lifecycle-policy-preview', repository),
      there('wait lifecycle-policy-preview-complete', repository),
      there('get-lifecycle-policy-preview', repository),
    ].join(' && '),
  ],
  [
    'Put a policy there that keeps what the source keeps, or take it away:',
    there('delete-lifecycle-policy', repository),
  ],
] as const;

const steps: { readonly [K in SettingKind]: readonly (readonly [say: string, command?: string])[] } = {
  'tag-settings-differ': [
    [
      'Set the tags there as they are at the source:',
      there(
        'put-image-tag-mutability',
        repository,
        '--image-tag-mutability IMMUTABLE_WITH_EXCLUSION',
        "--image-tag-mutability-exclusion-filters 'filterType=WILDCARD,filter=latest'",
      ),
    ],
  ],
  'encryption-differs': [
    [
      'See what creates repositories there; a repository keeps the encryption it was created with:',
      'aws ecr describe-repository-creation-templates --region eu-west-1',
    ],
    [
      'Put the encryption into the template, delete the repository there when nobody needs it, and copy its images again:',
      copy('111122223333'),
    ],
  ],
  'scanning-differs': [
    [
      'In account 111122223333, see the scanning rules; where there are some, change those:',
      'aws ecr get-registry-scanning-configuration --region eu-west-1',
    ],
    [
      'Where there are none, set the repository as at the source:',
      there('put-image-scanning-configuration', repository, '--image-scanning-configuration scanOnPush=true'),
    ],
  ],
  'lifecycle-expires-untagged': lifecycle,
  'lifecycle-expires-unpulled': lifecycle,
  'lifecycle-archives': lifecycle,
  'lifecycle-unknown': lifecycle,
  'no-creation-template': [
    ['See the templates there:', 'aws ecr describe-repository-creation-templates --region eu-west-1'],
    [
      'In account 111122223333, make one, with the settings that your repositories have:',
      'aws ecr create-repository-creation-template --region eu-west-1 --prefix ROOT --applied-for REPLICATION',
    ],
  ],
  'template-without-role': [
    [
      'In account 111122223333, give it a role of that account that ECR may take, which may create repositories, tag them and use the key:',
      'aws ecr update-repository-creation-template --region eu-west-1 --prefix prod --custom-role-arn arn:aws:iam::111122223333:role/ROLE',
    ],
    ['Copy what did not arrive meanwhile:', copy('111122223333')],
  ],
  'not-admitted': [
    [
      'In account 444455556666, see the registry policy, and grant what is missing:',
      'aws ecr get-registry-policy --region eu-west-1',
    ],
    ['Copy what did not arrive meanwhile:', copy('444455556666')],
  ],
  uncovered: [
    [
      'If they must be replicated, add a rule or a prefix; else ignore them in the parameter deadlinesByPrefix (PREFIX=ignore):',
      'aws ecr describe-registry --region us-east-1',
    ],
  ],
  'rule-chain': [
    [
      "If they must get there, name ap-southeast-2 (111122223333) in the source's own rules:",
      'aws ecr describe-registry --region us-east-1',
    ],
  ],
  'prefix-too-wide': [
    [
      'If they must not be replicated, end the prefix with its separator (prod/):',
      'aws ecr describe-registry --region us-east-1',
    ],
  ],
  'settings-unreadable': [
    ['Let the monitor read it in eu-west-1 of account 444455556666: ecr:GetLifecyclePolicy.'],
  ],
};

test.each(examples)('$kind is seen and mended so', (finding) => {
  expect(
    settingSteps(finding).map(({ say, command }) => [say, ...(command === undefined ? [] : [command])]),
  ).toEqual(steps[finding.kind]);
});

function commandFor(finding: SettingFinding): string | undefined {
  return settingSteps(finding).at(-1)?.command;
}

test('tags without exceptions are set without filters', () => {
  const mutable = { mutability: 'MUTABLE', exceptions: [] } as const;
  const immutable = { mutability: 'IMMUTABLE', exceptions: [] } as const;
  expect(commandFor({ kind: 'tag-settings-differ', ...replica, atSource: immutable, there: mutable })).toBe(
    there('put-image-tag-mutability', repository, '--image-tag-mutability IMMUTABLE'),
  );
});

test('a repository that is scanned by hand at the source is set so', () => {
  const manual = { type: 'BASIC', frequency: 'MANUAL' } as const;
  const onPush = { type: 'BASIC', frequency: 'SCAN_ON_PUSH' } as const;
  expect(commandFor({ kind: 'scanning-differs', ...replica, atSource: manual, there: onPush })).toMatch(
    / scanOnPush=false$/,
  );
});
