/** A notice as one SNS publication: a subject, a text for each protocol, attributes for filter policies. */

import { groupKey } from '../incident/incident.ts';
import type { Notice } from '../incident/notice.ts';
import type { Publication } from '../ports.ts';
import { emailText } from './email.ts';
import { headline } from './headline.ts';
import { subjectLine, textLimit } from './limits.ts';
import { machineNotice, severityOf, statusOf } from './machine.ts';

export function publicationOf(notice: Notice): Publication {
  const status = statusOf(notice);
  return {
    subject: subjectLine(`[${status}] ${headline(notice)}`),
    texts: { default: machineText(notice), email: emailText(notice) },
    attributes: {
      severity: severityOf(notice),
      status,
      kind: notice.group.kind,
      destinationRegion: notice.group.destination.region,
      repository: repositoryOf(notice),
    },
  };
}

/** The machine's document; where it would be too long, with fewer incidents, and it says so in `openNotListed`. */
function machineText(notice: Notice): string {
  for (let listed = notice.listed.length; listed >= 0; listed = Math.floor(listed / 2)) {
    const text = JSON.stringify(machineNotice({ ...notice, listed: notice.listed.slice(0, listed) }));
    if (Buffer.byteLength(text) <= textLimit || listed === 0) return text;
  }
  throw new Error(`a notice of ${groupKey(notice.group)} without incidents is too long`);
}

/** SNS filter policies match one value: the repository when there is one only, else `*`. */
function repositoryOf(notice: Notice): string {
  const [first, ...rest] = new Set(notice.listed.map((incident) => incident.replica.repository));
  return first !== undefined && rest.length === 0 && notice.openCount <= notice.listed.length ? first : '*';
}
