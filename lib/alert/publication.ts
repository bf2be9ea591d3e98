/** A notice as one SNS publication: a subject, a text for each protocol, attributes for filter policies. */

import { fingerprint, groupKey, type Incident } from '../incident/incident.ts';
import type { Notice } from '../incident/notice.ts';
import type { Publication } from '../ports.ts';
import { chatNotice } from './chat.ts';
import { emailText } from './email.ts';
import { headline } from './headline.ts';
import {
  attributeLimit,
  characters,
  cut,
  failureCodeLimit,
  jsonBytes,
  subjectLine,
  textLimit,
} from './limits.ts';
import { machineNotice, severityOf, statusOf } from './machine.ts';
import { reachOf, repositoriesOf } from './route.ts';
import { count } from './words.ts';

export function publicationOf(notice: Notice): Publication {
  const status = statusOf(notice);
  const told = { ...notice, listed: notice.listed.map(withShortFailureCode) };
  return {
    id: `${fingerprint(groupKey(notice.group))}-${notice.sequence}`,
    subject: subjectLine(`[${status}] ${headline(notice)}`),
    texts: {
      default: documentOf(told, machineNotice),
      email: emailText(told),
      https: documentOf(told, chatNotice),
    },
    attributes: {
      severity: severityOf(notice),
      status,
      kind: notice.group.kind,
      destinationRegion: cut(notice.group.destination.region, attributeLimit, '…'),
      repository: repositoryOf(notice),
    },
    reach: reachOf(notice),
  };
}

/** A free text of ECR's, the only part of a notice without a limit of its own. */
function withShortFailureCode(incident: Incident): Incident {
  const { failureCode } = incident.evidence;
  if (failureCode === undefined) return incident;
  const rest = '… (cut; aws ecr describe-image-replication-status shows it whole)';
  return {
    ...incident,
    evidence: { ...incident.evidence, failureCode: cut(failureCode, failureCodeLimit, rest, characters) },
  };
}

/** A JSON document; where it would be too long, with fewer incidents and lines, and it says how many it leaves out. */
function documentOf(notice: Notice, write: (notice: Notice) => object): string {
  for (let most = Math.max(notice.listed.length, notice.about?.length ?? 0); ; most = Math.floor(most / 2)) {
    const text = JSON.stringify(write(withAtMost(notice, most)));
    if (jsonBytes(text) <= textLimit || most === 0) return text;
  }
}

function withAtMost(notice: Notice, most: number): Notice {
  const { listed, about = [] } = notice;
  const left = about.length - most;
  return {
    ...notice,
    listed: listed.slice(0, most),
    ...(left > 0 ? { about: [...about.slice(0, most), `… and ${count(left, 'more line')}`] } : {}),
  };
}

/** SNS filter policies match one value: the repository when there is one only, else `*`. */
function repositoryOf(notice: Notice): string {
  const repositories = repositoriesOf(notice);
  const [only, ...others] = repositories === 'any' ? [] : repositories;
  return only !== undefined && others.length === 0 && jsonBytes(only) <= attributeLimit ? only : '*';
}
