/** E-mails as somebody reads them who was woken on a phone: whole, one for each kind, cause and type of notice. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emailText } from '../../lib/alert/email.ts';
import { headline } from '../../lib/alert/headline.ts';
import { jsonBytes, textLimit } from '../../lib/alert/limits.ts';
import type { Incident, IncidentEvidence } from '../../lib/incident/incident.ts';
import type { Notice } from '../../lib/incident/notice.ts';
import { closed, lookedAt, open, resolve } from '../../lib/incident/transition.ts';
import type { IncidentKind } from '../../lib/replication/decision.ts';
import type { Replica } from '../../lib/replication/rules.ts';
import * as arbitrary from '../arbitraries.ts';
import { digestOf, ireland, noticeFor, source } from '../samples.ts';
import { deadlineAt, firing, noticeOf, opened, pushedAt } from './examples.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** What people get when one image, or one destination, is not as it must be. */
function told(kind: IncidentKind, evidence: IncidentEvidence, replica: Partial<Replica> = {}): string {
  return emailText(firing(opened(kind, evidence, replica)));
}

const elsewhere = { destination: { account: '444455556666', region: 'eu-west-1' } };
const otherDigest = digestOf('another image');

const copying: IncidentEvidence = { seen: 'missing', ecrSays: 'IN_PROGRESS' };
const overdue = opened('overdue', copying);
const first = firing(overdue);

/** `prod-api:1.4.0`, `prod-api:1.4.1` … */
function several(n: number): readonly Incident[] {
  return Array.from({ length: n }, (_, index) => overdueImage(`1.4.${index}`));
}

function overdueImage(tag: string, at = deadlineAt): Incident {
  return opened('overdue', copying, { digest: digestOf(tag), tag }, at);
}

describe('the mail about an image that failed', () => {
  it('shows the code as ECR gave it, and does not pretend to know what it means', () => {
    expect(
      told('failed', { seen: 'missing', ecrSays: 'FAILED', failureCode: 'KmsError' }),
    ).toMatchInlineSnapshot(`
      "prod-api:1.4.2 failed to replicate to eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  FAILED, failure code KmsError
      Why       ECR reported a failure. What its failure codes mean is not published, so the cause is unknown.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      2. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('says so when there is no code', () => {
    expect(told('failed', { seen: 'missing', ecrSays: 'FAILED' })).toMatchInlineSnapshot(`
      "prod-api:1.4.2 failed to replicate to eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  FAILED, without a failure code
      Why       ECR reported a failure. What its failure codes mean is not published, so the cause is unknown.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      2. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('explains how it can have failed when ECR has no entry for it', () => {
    expect(told('failed', { seen: 'missing', ecrSays: 'no-entry' })).toMatchInlineSnapshot(`
      "prod-api:1.4.2 failed to replicate to eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  nothing: it has no entry for this destination; it reported a failure before
      Why       ECR reported a failure. What its failure codes mean is not published, so the cause is unknown.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      2. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('between accounts sends to the registry policy', () => {
    expect(told('failed', { seen: 'missing', ecrSays: 'FAILED' }, elsewhere)).toMatchInlineSnapshot(`
      "prod-api:1.4.2 failed to replicate to eu-west-1 (444455556666).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 444455556666
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  FAILED, without a failure code
      Why       ECR reported a failure. Between accounts the cause is most often the registry policy of the destination, which must allow ecr:ReplicateImage and ecr:CreateRepository to the source account.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/444455556666/prod-api?region=eu-west-1

      What to do next
      1. In account 444455556666, check the registry policy:
         aws ecr get-registry-policy --region eu-west-1
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=444455556666
      "
    `);
  });

  it('without a repository there does not sound certain about why', () => {
    expect(
      told('failed', { seen: 'missing', ecrSays: 'FAILED', repositoryAbsent: true }),
    ).toMatchInlineSnapshot(`
      "prod-api:1.4.2 failed to replicate to eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there, nor is the repository
      ECR says  FAILED, without a failure code
      Why       ECR reported a failure, and the destination has no repository of this name: perhaps ECR could not create it.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. In account 111122223333, check the creation templates; one with a KMS key or tags needs a customRoleArn:
         aws ecr describe-repository-creation-templates --region eu-west-1
      2. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('without a repository in another account looks at its policy and its templates', () => {
    expect(
      told('failed', { seen: 'missing', ecrSays: 'FAILED', repositoryAbsent: true }, elsewhere),
    ).toMatchInlineSnapshot(`
      "prod-api:1.4.2 failed to replicate to eu-west-1 (444455556666).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 444455556666
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there, nor is the repository
      ECR says  FAILED, without a failure code
      Why       ECR reported a failure, and the destination has no repository of this name: perhaps ECR could not create it.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/444455556666/prod-api?region=eu-west-1

      What to do next
      1. In account 444455556666, check the registry policy:
         aws ecr get-registry-policy --region eu-west-1
      2. In account 444455556666, check the creation templates; one with a KMS key or tags needs a customRoleArn:
         aws ecr describe-repository-creation-templates --region eu-west-1
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=444455556666
      "
    `);
  });
});

describe('the mail about an image that is not there at its deadline', () => {
  it('says that ECR is still copying', () => {
    expect(emailText(first)).toMatchInlineSnapshot(`
      "prod-api:1.4.2 overdue in eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('calls the cause unknown when ECR did not answer', () => {
    expect(told('overdue', { seen: 'missing', ecrSays: 'unreadable' })).toMatchInlineSnapshot(`
      "prod-api:1.4.2 overdue in eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  nothing: its replication status could not be read
      Why       The image is not there, and ECR did not say what became of it: the cause is unknown.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('says that ECR has no record of it', () => {
    expect(told('not-started', { seen: 'missing', ecrSays: 'no-entry' })).toMatchInlineSnapshot(`
      "prod-api:1.4.2 never copied to eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  nothing: it has no entry for this destination
      Why       ECR has no record of copying it: the image was pushed before the rule existed, or replication never began.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. In account 111122223333, check the rules:
         aws ecr describe-registry --region us-east-1
      2. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('says that ECR contradicts what was seen', () => {
    expect(told('contradicted', { seen: 'missing', ecrSays: 'COMPLETE' })).toMatchInlineSnapshot(`
      "prod-api:1.4.2 missing in eu-west-1 (111122223333), though ECR said COMPLETE.

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  COMPLETE
      Why       ECR says that it copied the image, and it is not there: something deleted it, a lifecycle policy perhaps, or it never arrived.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      2. See whether a lifecycle policy deletes it there:
         aws ecr get-lifecycle-policy --registry-id 111122223333 --region eu-west-1 --repository-name prod-api
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('names an untagged image by its digest, short where it must be', () => {
    const { tag: _, ...untagged } = overdue.replica;
    expect(emailText(firing({ ...overdue, replica: untagged }))).toMatchInlineSnapshot(`
      "prod-api@sha256:092120ab3f03 overdue in eu-west-1 (111122223333).

      Image     prod-api@sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });
});

describe('the mail about an image that is there, but not as it must be', () => {
  it('says which image has the tag', () => {
    expect(
      told('tag-mismatch', { seen: 'tag-mismatch', ecrSays: 'COMPLETE', found: otherDigest }),
    ).toMatchInlineSnapshot(`
      "Tag prod-api:1.4.2 on another image in eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: the tag is on sha256:210277cb6266afe7c6cc4227ff3e9efc818f55234a7d7fbf033ab602440f2437
      ECR says  COMPLETE
      Why       The image is there, but its tag is on another image: a pull by this tag gets the wrong one.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what the tag is on there:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageTag=1.4.2 --filter imageStatus=ANY
      2. Put the tag on the right image there:
         aws ecr put-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-tag 1.4.2 --image-digest sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --image-manifest "$(aws ecr batch-get-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --query 'images[0].imageManifest' --output text)"
      "
    `);
  });

  it('says that the tag cannot move', () => {
    expect(
      told('tag-mismatch', {
        seen: 'tag-mismatch',
        ecrSays: 'COMPLETE',
        found: otherDigest,
        tagImmutable: true,
      }),
    ).toMatchInlineSnapshot(`
      "Tag prod-api:1.4.2 on another image in eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: the tag is on sha256:210277cb6266afe7c6cc4227ff3e9efc818f55234a7d7fbf033ab602440f2437
      ECR says  COMPLETE
      Why       The image is there, but its tag is on another image: a pull by this tag gets the wrong one. The repository there keeps this tag where it is (tag immutability).
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what the tag is on there:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageTag=1.4.2 --filter imageStatus=ANY
      2. If that image is not needed, free the tag; an image that loses its last tag is deleted:
         aws ecr batch-delete-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageTag=1.4.2
      3. Put the tag on the right image there:
         aws ecr put-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-tag 1.4.2 --image-digest sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --image-manifest "$(aws ecr batch-get-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --query 'images[0].imageManifest' --output text)"
      "
    `);
  });

  it('says that the tag is missing', () => {
    expect(told('tag-mismatch', { seen: 'tag-mismatch', ecrSays: 'COMPLETE' })).toMatchInlineSnapshot(`
      "Tag prod-api:1.4.2 missing in eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: there without this tag
      ECR says  COMPLETE
      Why       The image is there, but without its tag: a pull by this tag fails.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See which tags it has there:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      2. Put the tag on the right image there:
         aws ecr put-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-tag 1.4.2 --image-digest sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --image-manifest "$(aws ecr batch-get-image --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --query 'images[0].imageManifest' --output text)"
      "
    `);
  });

  it('says that it is archived', () => {
    expect(told('archived', { seen: 'archived', ecrSays: 'COMPLETE' })).toMatchInlineSnapshot(`
      "prod-api:1.4.2 archived in eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: there, but archived
      ECR says  COMPLETE
      Why       The image is there, but archived: a pull fails until it is restored.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. Restore it:
         aws ecr update-image-storage-class --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --target-storage-class STANDARD
      2. See whether a lifecycle policy archives it there:
         aws ecr get-lifecycle-policy --registry-id 111122223333 --region eu-west-1 --repository-name prod-api
      "
    `);
  });
});

describe('the mail about a registry that cannot be read', () => {
  it('says to wait when ECR throttles', () => {
    expect(told('unreadable', { seen: 'unreadable', unreadable: 'throttled' })).toMatchInlineSnapshot(`
      "The monitor cannot read eu-west-1 (111122223333): throttled.

      While this lasts, nothing is told of single images there.

      Registry  eu-west-1, account 111122223333
      Since     2026-11-24 03:10:00 UTC
      Looked    2026-11-24 03:10:00 UTC: could not tell (throttled)
      Why       ECR throttles the calls: whether images arrived is unknown until it answers again.
      Shown by  prod-api:1.4.2
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. Wait: the monitor looks again by itself.
      2. If it lasts, see whether you can read it:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      "
    `);
  });

  it('says what the monitor must be allowed', () => {
    expect(told('unreadable', { seen: 'unreadable', unreadable: 'access-denied' })).toMatchInlineSnapshot(`
      "The monitor cannot read eu-west-1 (111122223333): access denied.

      While this lasts, nothing is told of single images there.

      Registry  eu-west-1, account 111122223333
      Since     2026-11-24 03:10:00 UTC
      Looked    2026-11-24 03:10:00 UTC: could not tell (access-denied)
      Why       The monitor may not read this registry: whether images arrived is unknown until it may.
      Shown by  prod-api:1.4.2
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. Allow the monitor ecr:DescribeImages in eu-west-1 of account 111122223333: its own role, or, where that is another account, the read role of spoke.yml (parameter readRoleName). A service control policy may deny it, too.
      2. See whether you can read it:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      "
    `);
  });

  it('says that the Region does not answer', () => {
    expect(
      told('unreadable', { seen: 'unreadable', unreadable: 'region-unavailable' }),
    ).toMatchInlineSnapshot(`
      "The monitor cannot read eu-west-1 (111122223333): the Region does not answer.

      While this lasts, nothing is told of single images there.

      Registry  eu-west-1, account 111122223333
      Since     2026-11-24 03:10:00 UTC
      Looked    2026-11-24 03:10:00 UTC: could not tell (region-unavailable)
      Why       The Region does not answer: whether images arrived is unknown, and a failover to it may fail as well.
      Shown by  prod-api:1.4.2
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See the AWS Health Dashboard, and whether the Region is enabled in the account.
      2. See whether you can read it:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      "
    `);
  });

  it('says that ECR answers with errors', () => {
    expect(told('unreadable', { seen: 'unreadable', unreadable: 'service-error' })).toMatchInlineSnapshot(`
      "The monitor cannot read eu-west-1 (111122223333): ECR answers with errors.

      While this lasts, nothing is told of single images there.

      Registry  eu-west-1, account 111122223333
      Since     2026-11-24 03:10:00 UTC
      Looked    2026-11-24 03:10:00 UTC: could not tell (service-error)
      Why       ECR answers with errors: whether images arrived is unknown until it recovers.
      Shown by  prod-api:1.4.2
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. Wait: the monitor looks again by itself.
      2. If it lasts, see whether you can read it:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      "
    `);
  });

  it('speaks of the rules when it is the source', () => {
    expect(
      told('unreadable', { seen: 'unreadable', unreadable: 'access-denied' }, { destination: source }),
    ).toMatchInlineSnapshot(`
      "The monitor cannot read the replication rules of us-east-1 (111122223333): access denied.

      Registry  us-east-1, account 111122223333
      Since     2026-11-24 03:10:00 UTC
      Looked    2026-11-24 03:10:00 UTC: could not tell (access-denied)
      Why       The monitor may not read this registry: whether images arrived is unknown until it may.
      Shown by  prod-api:1.4.2
      Console   https://us-east-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=us-east-1

      What to do next
      1. Allow the monitor ecr:DescribeRegistry in us-east-1 of account 111122223333: its own role, or, where that is another account, the read role of spoke.yml (parameter readRoleName). A service control policy may deny it, too.
      2. In account 111122223333, see whether you can read it:
         aws ecr describe-registry --region us-east-1
      "
    `);
  });
});

describe('the mail about several images', () => {
  it('shows three in full', () => {
    expect(emailText(firing(...several(3)))).toMatchInlineSnapshot(`
      "3 images overdue in eu-west-1 (111122223333).

      Image     prod-api:1.4.0
      Digest    sha256:74b860b3270666137a4d543c3e3d1e4e473d54636f7593d1c17bf693e6540bbe
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Image     prod-api:1.4.1
      Digest    sha256:f0b672321a89484f4da859ffc741bbfe8b5b693d387f7e05f84c5de625a1cc61
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Image     prod-api:1.4.2
      Digest    sha256:8ec5a17af8275faf8adc4a9ef9a201cd68d26fe6216e78450e871070a46bbd50
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next, for prod-api:1.4.0
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:74b860b3270666137a4d543c3e3d1e4e473d54636f7593d1c17bf693e6540bbe --filter imageStatus=ANY
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:74b860b3270666137a4d543c3e3d1e4e473d54636f7593d1c17bf693e6540bbe
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('shows three of twenty-five in full, names up to twenty and counts the rest', () => {
    expect(emailText(firing(...several(25)))).toMatchInlineSnapshot(`
      "25 images overdue in eu-west-1 (111122223333).

      Image     prod-api:1.4.0
      Digest    sha256:74b860b3270666137a4d543c3e3d1e4e473d54636f7593d1c17bf693e6540bbe
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Image     prod-api:1.4.1
      Digest    sha256:f0b672321a89484f4da859ffc741bbfe8b5b693d387f7e05f84c5de625a1cc61
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Image     prod-api:1.4.2
      Digest    sha256:8ec5a17af8275faf8adc4a9ef9a201cd68d26fe6216e78450e871070a46bbd50
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (30 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next, for prod-api:1.4.0
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:74b860b3270666137a4d543c3e3d1e4e473d54636f7593d1c17bf693e6540bbe --filter imageStatus=ANY
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:74b860b3270666137a4d543c3e3d1e4e473d54636f7593d1c17bf693e6540bbe
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333

      The others
      - prod-api:1.4.3 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.4 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.5 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.6 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.7 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.8 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.9 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.10 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.11 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.12 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.13 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.14 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.15 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.16 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.17 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.18 from 111122223333/us-east-1: pushed 30 min ago
      - prod-api:1.4.19 from 111122223333/us-east-1: pushed 30 min ago
      … and 5 more open; all are in the table of incidents: index "open", key "111122223333/eu-west-1 overdue".
      "
    `);
  });
});

describe('the mails that follow', () => {
  it('say what is new and what is over', () => {
    const [one, two, three] = several(3) as [Incident, Incident, Incident];
    const over = resolve(one, deadlineAt + 5 * minute, deadlineAt + 6 * minute);
    const fresh = overdueImage('1.4.9', deadlineAt + 8 * minute);
    const update = noticeOf([over, two, three, fresh], deadlineAt + 10 * minute, firing(one, two, three));
    expect(emailText(update)).toMatchInlineSnapshot(`
      "3 images (1 new) overdue in eu-west-1 (111122223333).

      Since the last message: 1 new, 1 resolved. Open now: 3. It began 10 min ago, 2026-11-24 03:10:00 UTC.

      Image     prod-api:1.4.9
      Digest    sha256:56d8d5fa97855629732370779f383ebe14709594a6a797e0287dff1442f8c445
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (40 min ago; deadline 30 min)
      Looked    2026-11-24 03:18:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Image     prod-api:1.4.1
      Digest    sha256:f0b672321a89484f4da859ffc741bbfe8b5b693d387f7e05f84c5de625a1cc61
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (40 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Image     prod-api:1.4.2
      Digest    sha256:8ec5a17af8275faf8adc4a9ef9a201cd68d26fe6216e78450e871070a46bbd50
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (40 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next, for prod-api:1.4.9
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:56d8d5fa97855629732370779f383ebe14709594a6a797e0287dff1442f8c445 --filter imageStatus=ANY
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:56d8d5fa97855629732370779f383ebe14709594a6a797e0287dff1442f8c445
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333

      The others
      - prod-api:1.4.0 from 111122223333/us-east-1: arrived 35 min after the push: 5 min late
      "
    `);
  });

  it('say that it goes on when there is only good news', () => {
    const [one, two, three] = several(3) as [Incident, Incident, Incident];
    const over = resolve(one, deadlineAt + 5 * minute, deadlineAt + 6 * minute);
    const gone = closed(two, 'withdrawn', deadlineAt + 6 * minute);
    const update = noticeOf([over, gone, three], deadlineAt + 10 * minute, firing(one, two, three));
    expect(emailText(update)).toMatchInlineSnapshot(`
      "Still open: prod-api:1.4.2 overdue in eu-west-1 (111122223333).

      Since the last message: 1 resolved, 1 no longer expected. Open now: 1. It began 10 min ago, 2026-11-24 03:10:00 UTC.

      Image     prod-api:1.4.2
      Digest    sha256:8ec5a17af8275faf8adc4a9ef9a201cd68d26fe6216e78450e871070a46bbd50
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (40 min ago; deadline 30 min)
      Looked    2026-11-24 03:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:8ec5a17af8275faf8adc4a9ef9a201cd68d26fe6216e78450e871070a46bbd50 --filter imageStatus=ANY
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:8ec5a17af8275faf8adc4a9ef9a201cd68d26fe6216e78450e871070a46bbd50
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333

      The others
      - prod-api:1.4.0 from 111122223333/us-east-1: arrived 35 min after the push: 5 min late
      - prod-api:1.4.1 from 111122223333/us-east-1: no longer expected
      "
    `);
  });

  it('remind after a day, in the words of the last look', () => {
    const looked = lookedAt(
      overdue,
      {
        expected: true,
        verdict: { is: 'missing' },
        claim: { says: 'FAILED', failureCode: 'KmsError' },
        tagMovedOn: false,
        leastGapSeconds: 0,
      },
      deadlineAt + day,
    );
    expect(emailText(noticeOf([looked], deadlineAt + day + 2 * minute, first))).toMatchInlineSnapshot(`
      "Still open after 24 h 02 min: prod-api:1.4.2 overdue in eu-west-1 (111122223333).

      Nothing has changed since the last message. Open since 2026-11-24 03:10:00 UTC.

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (24 h 32 min ago; deadline 30 min)
      Since     2026-11-24 03:10:00 UTC
      Looked    2026-11-25 03:10:00 UTC: not there
      ECR says  FAILED, failure code KmsError
      Why       ECR reported a failure. What its failure codes mean is not published, so the cause is unknown.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      2. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('remind of a registry that still cannot be read', () => {
    const blind = opened('unreadable', { seen: 'unreadable', unreadable: 'throttled' });
    expect(emailText(noticeOf([blind], deadlineAt + day + minute, firing(blind)))).toMatchInlineSnapshot(`
      "Still open after 24 h 01 min: the monitor cannot read eu-west-1 (111122223333): throttled.

      Nothing has changed since the last message. Open since 2026-11-24 03:10:00 UTC.

      While this lasts, nothing is told of single images there.

      Registry  eu-west-1, account 111122223333
      Since     2026-11-24 03:10:00 UTC
      Looked    2026-11-24 03:10:00 UTC: could not tell (throttled)
      Why       ECR throttles the calls: whether images arrived is unknown until it answers again.
      Shown by  prod-api:1.4.2
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. Wait: the monitor looks again by itself.
      2. If it lasts, see whether you can read it:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      "
    `);
  });

  it('say of an image that came back how often it did', () => {
    const over = resolve(overdue, deadlineAt + 12 * minute, deadlineAt + 13 * minute);
    const found = {
      kind: 'overdue',
      replica: overdue.replica,
      pushedAt,
      deadlineSeconds: 1800,
      evidence: copying,
    } as const;
    const back = open(found, over, deadlineAt + 2 * hour);
    expect(emailText(firing(back))).toMatchInlineSnapshot(`
      "prod-api:1.4.2 overdue in eu-west-1 (111122223333).

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (2 h 30 min ago; deadline 30 min)
      Since     2026-11-24 05:10:00 UTC; it has come back, opened 2 times
      Looked    2026-11-24 05:10:00 UTC: not there
      ECR says  IN_PROGRESS
      Why       ECR says that it is still copying: the image may yet arrive.
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });
});

describe('the mail that says that it is over', () => {
  it('says how late the image was', () => {
    const over = resolve(overdue, deadlineAt + 12 * minute, deadlineAt + 13 * minute);
    expect(emailText(noticeOf([over], deadlineAt + 13 * minute, first))).toMatchInlineSnapshot(`
      "prod-api:1.4.2 arrived 12 min late in eu-west-1 (111122223333).

      Nothing else of this kind is open there. It lasted 13 min, since 2026-11-24 03:10:00 UTC.

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (deadline 30 min)
      Arrived   2026-11-24 03:22:00 UTC, 42 min after the push: 12 min late
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Nothing is left to do.
      "
    `);
  });

  it('says of an image that nobody waits for any more why', () => {
    const over = closed(overdue, 'withdrawn', deadlineAt + 13 * minute);
    expect(emailText(noticeOf([over], deadlineAt + 13 * minute, first))).toMatchInlineSnapshot(`
      "prod-api:1.4.2 no longer expected in eu-west-1 (111122223333).

      Nothing else of this kind is open there. It lasted 13 min, since 2026-11-24 03:10:00 UTC.

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (deadline 30 min)
      Closed    2026-11-24 03:23:00 UTC: the image, its tag or the rule is gone
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Nothing is left to do.
      "
    `);
  });

  it('says of an image that was given up that it still is not there, and what to do', () => {
    const over = closed(overdue, 'given-up', deadlineAt + 7 * day);
    expect(emailText(noticeOf([over], deadlineAt + 7 * day, first))).toMatchInlineSnapshot(`
      "Given up after 7 d: prod-api:1.4.2 overdue in eu-west-1 (111122223333).

      Nothing else of this kind is open there. It lasted 7 d, since 2026-11-24 03:10:00 UTC.

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (deadline 30 min)
      Given up  2026-12-01 03:10:00 UTC: no longer looked at, still not as it must be
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88 --filter imageStatus=ANY
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333
      "
    `);
  });

  it('says of a tag that it is right', () => {
    const wrong = opened('tag-mismatch', { seen: 'tag-mismatch', ecrSays: 'COMPLETE', found: otherDigest });
    const over = resolve(wrong, pushedAt + 5_000, deadlineAt + hour);
    expect(emailText(noticeOf([over], deadlineAt + hour, firing(wrong)))).toMatchInlineSnapshot(`
      "Tag prod-api:1.4.2 right in eu-west-1 (111122223333) now.

      Nothing else of this kind is open there. It lasted 60 min, since 2026-11-24 03:10:00 UTC.

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (deadline 30 min)
      Tag right 2026-11-24 04:10:00 UTC: seen there on this image
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Nothing is left to do.
      "
    `);
  });

  it('says of an archived image that it is restored', () => {
    const archived = opened('archived', { seen: 'archived', ecrSays: 'COMPLETE' });
    const over = resolve(archived, pushedAt + 5_000, deadlineAt + hour);
    expect(emailText(noticeOf([over], deadlineAt + hour, firing(archived)))).toMatchInlineSnapshot(`
      "prod-api:1.4.2 no longer archived in eu-west-1 (111122223333).

      Nothing else of this kind is open there. It lasted 60 min, since 2026-11-24 03:10:00 UTC.

      Image     prod-api:1.4.2
      Digest    sha256:092120ab3f03f7ccf3439977dbf6758cd1c995d672af448d80fb77fafb1dff88
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (deadline 30 min)
      Restored  2026-11-24 04:10:00 UTC: seen there, active
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Nothing is left to do.
      "
    `);
  });

  it('says of a registry that it can be read again', () => {
    const blind = opened('unreadable', { seen: 'unreadable', unreadable: 'throttled' });
    const over = closed(blind, 'resolved', deadlineAt + hour);
    expect(emailText(noticeOf([over], deadlineAt + hour, firing(blind)))).toMatchInlineSnapshot(`
      "The monitor can read eu-west-1 (111122223333) again.

      Nothing else of this kind is open there. It lasted 60 min, since 2026-11-24 03:10:00 UTC.

      Registry  eu-west-1, account 111122223333
      Readable  2026-11-24 04:10:00 UTC
      Shown by  prod-api:1.4.2
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      Nothing is left to do.
      "
    `);
  });

  it('of twenty-five images gives a line to each that it names', () => {
    const images = several(25);
    const over = images.map((incident, index) =>
      index < 22
        ? resolve(incident, deadlineAt + (index + 1) * minute, deadlineAt + hour)
        : closed(incident, index < 24 ? 'withdrawn' : 'given-up', deadlineAt + hour),
    );
    expect(emailText(noticeOf(over, deadlineAt + hour, firing(...images)))).toMatchInlineSnapshot(`
      "22 images arrived in eu-west-1 (111122223333), 2 no longer expected, 1 given up.

      Nothing else of this kind is open there. It lasted 60 min, since 2026-11-24 03:10:00 UTC.

      What was given up is still not as it must be: it is in the table of incidents.

      What is over
      - prod-api:1.4.0 from 111122223333/us-east-1: arrived 31 min after the push: 60 s late
      - prod-api:1.4.1 from 111122223333/us-east-1: arrived 32 min after the push: 2 min late
      - prod-api:1.4.2 from 111122223333/us-east-1: arrived 33 min after the push: 3 min late
      - prod-api:1.4.3 from 111122223333/us-east-1: arrived 34 min after the push: 4 min late
      - prod-api:1.4.4 from 111122223333/us-east-1: arrived 35 min after the push: 5 min late
      - prod-api:1.4.5 from 111122223333/us-east-1: arrived 36 min after the push: 6 min late
      - prod-api:1.4.6 from 111122223333/us-east-1: arrived 37 min after the push: 7 min late
      - prod-api:1.4.7 from 111122223333/us-east-1: arrived 38 min after the push: 8 min late
      - prod-api:1.4.8 from 111122223333/us-east-1: arrived 39 min after the push: 9 min late
      - prod-api:1.4.9 from 111122223333/us-east-1: arrived 40 min after the push: 10 min late
      - prod-api:1.4.10 from 111122223333/us-east-1: arrived 41 min after the push: 11 min late
      - prod-api:1.4.11 from 111122223333/us-east-1: arrived 42 min after the push: 12 min late
      - prod-api:1.4.12 from 111122223333/us-east-1: arrived 43 min after the push: 13 min late
      - prod-api:1.4.13 from 111122223333/us-east-1: arrived 44 min after the push: 14 min late
      - prod-api:1.4.14 from 111122223333/us-east-1: arrived 45 min after the push: 15 min late
      - prod-api:1.4.15 from 111122223333/us-east-1: arrived 46 min after the push: 16 min late
      - prod-api:1.4.16 from 111122223333/us-east-1: arrived 47 min after the push: 17 min late
      - prod-api:1.4.17 from 111122223333/us-east-1: arrived 48 min after the push: 18 min late
      - prod-api:1.4.18 from 111122223333/us-east-1: arrived 49 min after the push: 19 min late
      - prod-api:1.4.19 from 111122223333/us-east-1: arrived 50 min after the push: 20 min late
      … and 5 more that are over; all are in the table of incidents: index "changes", key "111122223333/eu-west-1 overdue".
      "
    `);
  });

  it('shows in full what was given up, and gives a line to what is right', () => {
    const [one, two] = several(2);
    if (one === undefined || two === undefined) throw new Error('two images');
    const ends = [
      resolve(one, deadlineAt + minute, deadlineAt + hour),
      closed(two, 'given-up', deadlineAt + hour),
    ];
    expect(emailText(noticeOf(ends, deadlineAt + hour, firing(one, two)))).toMatchInlineSnapshot(`
      "prod-api:1.4.0 arrived 60 s late in eu-west-1 (111122223333), 1 given up.

      Nothing else of this kind is open there. It lasted 60 min, since 2026-11-24 03:10:00 UTC.

      Image     prod-api:1.4.1
      Digest    sha256:f0b672321a89484f4da859ffc741bbfe8b5b693d387f7e05f84c5de625a1cc61
      From      us-east-1, account 111122223333
      To        eu-west-1, account 111122223333
      Pushed    2026-11-24 02:40:00 UTC (deadline 30 min)
      Given up  2026-11-24 04:10:00 UTC: no longer looked at, still not as it must be
      Console   https://eu-west-1.console.aws.amazon.com/ecr/repositories/private/111122223333/prod-api?region=eu-west-1

      What to do next
      1. See what the destination has:
         aws ecr describe-images --registry-id 111122223333 --region eu-west-1 --repository-name prod-api --image-ids imageDigest=sha256:f0b672321a89484f4da859ffc741bbfe8b5b693d387f7e05f84c5de625a1cc61 --filter imageStatus=ANY
      2. See what ECR says now:
         aws ecr describe-image-replication-status --registry-id 111122223333 --region us-east-1 --repository-name prod-api --image-id imageDigest=sha256:f0b672321a89484f4da859ffc741bbfe8b5b693d387f7e05f84c5de625a1cc61
      3. Copy what is missing there (needs a recent AWS CLI), or push the image again:
         aws ecr start-replication-backfill --registry-id 111122223333 --region us-east-1 --destination region=eu-west-1,registryId=111122223333

      The others
      - prod-api:1.4.0 from 111122223333/us-east-1: arrived 31 min after the push: 60 s late
      "
    `);
  });

  it('gives a line to what was given up beyond three', () => {
    const images = several(4);
    const ends = images.map((incident) => closed(incident, 'given-up', deadlineAt + hour));
    const text = emailText(noticeOf(ends, deadlineAt + hour, firing(...images)));
    expect(text.match(/^Given up {2}/gm)).toHaveLength(3);
    expect(text).toContain('\nThe others\n- prod-api:1.4.3 from 111122223333/us-east-1: given up\n');
  });

  it('does not say that it is over when nothing ended: what is silenced may be open', () => {
    const nothing = { open: 0, resolved: 0, withdrawn: 0, 'given-up': 0 };
    const silenced: Notice = { ...first, type: 'clear', openCount: 0, news: nothing, listed: [] };
    expect(emailText(silenced)).toMatchInlineSnapshot(`
      "Closed without news: images overdue in eu-west-1 (111122223333).

      What was open there is silenced, or its end was told before.
      "
    `);
  });
});

describe('the mail about a destination that is not allowed', () => {
  it('says which rules name it, and what to do', () => {
    const about = ['111122223333/us-east-1 replicates every repository to it'];
    expect(
      emailText(noticeFor({ destination: ireland, kind: 'not-allowed' }, { about, sources: [source] })),
    ).toMatchInlineSnapshot(`
      "A replication rule names eu-west-1 (111122223333), which is not allowed.

      111122223333/us-east-1 replicates every repository to it

      What to do next
      1. In account 111122223333, see the rules:
         aws ecr describe-registry --region us-east-1
      2. If images must not go there, take the destination out of the rules; what has arrived there stays until it is deleted.
      3. If they may, add it to the parameter allowedDestinations and deploy the monitor again.
      "
    `);
  });
});

describe('the mail about what stands with a registry', () => {
  const group = { destination: ireland, kind: 'settings' } as const;
  const about = ['web is not covered.', '  See the rules:'];

  it('says what is so, and leaves what to do to its lines', () => {
    expect(emailText(noticeFor(group, { about, openCount: 1 }))).toMatchInlineSnapshot(`
      "1 setting of eu-west-1 (111122223333) or its destinations may harm replication later.

      web is not covered.
        See the rules:
      "
    `);
  });

  it('does not say when it reminds that nothing has changed: it is read anew', () => {
    const reminder = noticeFor(group, { type: 'reminder', about, since: hour, claimedAt: 2 * day });
    expect(emailText(reminder)).toMatchInlineSnapshot(`
      "Still: 1 setting of eu-west-1 (111122223333) or its destinations may harm replication later.

      First told 47 h 00 min ago, 1970-01-01 01:00:00 UTC.

      web is not covered.
        See the rules:
      "
    `);
  });

  it('says that nothing is left to do when it is over, with nothing that ended', () => {
    const news = { open: 0, resolved: 0, withdrawn: 0, 'given-up': 0 };
    const clear = noticeFor(group, { type: 'clear', openCount: 0, news, claimedAt: day });
    expect(emailText(clear)).toMatchInlineSnapshot(`
      "The settings of eu-west-1 (111122223333) and its destinations are as they must be.

      Nothing else of this kind is open there. It lasted 24 h 00 min, since 1970-01-01 00:00:00 UTC.

      Nothing is left to do.
      "
    `);
  });

  it('that cannot be read says what is not told meanwhile, whether an image shows it or not', () => {
    const unreadable = noticeFor({ ...group, kind: 'unreadable' }, { listed: [] });
    expect(emailText(unreadable)).toMatchInlineSnapshot(`
      "The monitor cannot read eu-west-1 (111122223333).

      While this lasts, nothing is told of single images there.

      The others
      … and 1 more open; all are in the table of incidents: index "open", key "111122223333/eu-west-1 unreadable".
      "
    `);
  });
});

describe('every mail', () => {
  it('begins with the headline, keeps within its limit, and ends with a line break', () => {
    fc.assert(
      fc.property(arbitrary.notice, (notice) => {
        const text = emailText(notice);
        expect(text.startsWith(`${headline(notice)}.\n`)).toBe(true);
        expect(text.endsWith('\n')).toBe(true);
        expect(jsonBytes(text)).toBeLessThanOrEqual(textLimit);
      }),
    );
  });

  it('speaks of every image that it names once, and counts all others', () => {
    const counts = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.nat({ max: 40 }));
    fc.assert(
      fc.property(counts, ([n, over]) => {
        const images = several(n);
        const ended = images.map((incident, index) =>
          index < over ? resolve(incident, undefined, deadlineAt + 10 * minute) : incident,
        );
        const isOver = over > 0;
        const notice = isOver
          ? noticeOf(ended, deadlineAt + 10 * minute, firing(...images))
          : firing(...images);
        const text = emailText(notice);
        const named = notice.listed.filter(({ replica }) =>
          new RegExp(`^(?:Image     |- )prod-api:${replica.tag}(?: from .*)?$`, 'm').test(text),
        );
        expect(named).toHaveLength(notice.listed.length);
        const more = [...text.matchAll(/^… and (\d+) more/gm)].map(([, count]) => Number(count));
        const spokenOf = Math.min(n, notice.openCount + notice.news.resolved);
        expect(named.length + more.reduce((sum, count) => sum + count, 0)).toBe(spokenOf);
      }),
    );
  });

  it('lets no failure code begin a line of its own', () => {
    const failureCode = 'Code\r\n\u2028\u0000What to do next\u007f\n1. rm -rf /';
    const text = told('failed', { seen: 'missing', ecrSays: 'FAILED', failureCode });
    expect(text).toContain('ECR says  FAILED, failure code Code What to do next 1. rm -rf /\n');
  });

  it('that is too long says that it was cut, and where the rest is', () => {
    const failureCode = 'x'.repeat(textLimit);
    const text = told('failed', { seen: 'missing', ecrSays: 'FAILED', failureCode });
    expect(text).toMatch(
      /x\n\n… cut here: the message is too long for SNS\. The table of incidents has the rest\.\n$/,
    );
    expect(jsonBytes(text)).toBeLessThanOrEqual(textLimit);
  });

  it('never says that nothing is left to do while something is', () => {
    fc.assert(
      fc.property(arbitrary.notice, (notice) => {
        const isRight = notice.type === 'clear' && notice.news['given-up'] === 0;
        if (emailText(notice).includes('Nothing is left to do.')) expect(isRight).toBe(true);
      }),
    );
  });
});
