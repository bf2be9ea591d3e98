/** Peer (d): an EventBridge rule with an SNS topic as its target. Every failure event that ECR sends is an e-mail. */

import type { EcrEvent } from '../../../lib/local/ecr-events.ts';

/** Answers the e-mail that the rule sends for an event, or undefined where it does not match. */
export function mailOf(event: EcrEvent): { readonly subject: string; readonly text: string } | undefined {
  if (event['detail-type'] !== 'ECR Replication Action' || event.detail['result'] === 'SUCCESS') {
    return undefined;
  }
  // SNS gives e-mails from EventBridge the same subject each, and the event itself for a text.
  return { subject: 'AWS Notification Message', text: JSON.stringify(event) };
}
