/** What the user can set about how the monitor behaves, and what it does when nothing is set. */

import { defaultNoticePolicy, type NoticePolicy } from './incident/notice.ts';
import { defaultPolicy, type Policy } from './replication/policy.ts';

export interface Policies {
  readonly looks: Policy;
  readonly notices: NoticePolicy;
  /** Prefixes of the repositories that have metrics of their own. */
  readonly metrics: { readonly byRepository: readonly string[] };
}

export const defaultPolicies: Policies = {
  looks: defaultPolicy,
  notices: defaultNoticePolicy,
  metrics: { byRepository: [] },
};
