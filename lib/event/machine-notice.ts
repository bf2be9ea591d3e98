/** What SNS hands to a Lambda → the notices in it, from the document for machines (docs/notice.schema.json), and alarms. */

import * as v from 'valibot';
import { quoted } from '../parsed.ts';
import type { Classified } from './envelope.ts';
import * as envelope from './envelope.ts';

const text = v.string();
const amount = v.pipe(v.number(), v.integer(), v.minValue(0));
const optional = v.exactOptional;
const registry = v.object({ account: text, region: text });

// Only what is used, and no closed lists: a kind or a cause that is new to this reader is still told.
const incident = v.object({
  state: text,
  image: text,
  repository: text,
  source: registry,
  destination: registry,
  pushedAt: envelope.time,
  deadlineSeconds: v.number(),
  lastLookAt: envelope.time,
  arrivedAt: optional(envelope.time),
  latenessSeconds: optional(v.number()),
  evidence: v.object({
    seen: optional(text),
    ecrSays: optional(text),
    failureCode: optional(text),
    found: optional(text),
    repositoryAbsent: optional(v.boolean()),
    unreadable: optional(text),
  }),
  explanation: text,
});

const notice = v.object({
  version: v.literal('1'),
  type: v.literal('ecr-replication-notice'),
  fingerprint: text,
  sequence: amount,
  notice: v.picklist(['firing', 'update', 'reminder', 'clear']),
  severity: v.picklist(['critical', 'warning', 'info']),
  kind: text,
  destination: registry,
  summary: text,
  since: envelope.time,
  sentAt: envelope.time,
  open: amount,
  news: v.object({ opened: amount, resolved: amount, withdrawn: amount, givenUp: amount }),
  incidents: v.array(incident),
  about: optional(v.array(text)),
  nextSteps: v.array(v.object({ say: text, command: optional(text) })),
  openNotListed: amount,
});

const configuration = v.object({
  version: v.literal('1'),
  type: v.literal('ecr-configuration-change'),
  call: text,
  changedAt: envelope.time,
  by: text,
  summary: v.array(text),
});

const backfill = v.object({
  version: v.literal('1'),
  type: v.literal('ecr-replication-backfill'),
  severity: v.picklist(['warning', 'info']),
  summary: text,
  startedBy: text,
  startedAt: envelope.time,
  nextSteps: v.array(v.object({ say: text, command: text })),
});

/** CloudWatch User Guide, "Notifying users on alarm changes": alarms publish to the same topic. */
const alarm = v.pipe(
  v.object({
    AlarmName: text,
    AlarmDescription: v.nullish(text, ''),
    NewStateValue: text,
    NewStateReason: text,
  }),
  v.transform(
    ({ AlarmName: name, AlarmDescription: description, NewStateValue: state, NewStateReason: reason }) => ({
      type: 'alarm' as const,
      name,
      description,
      state,
      reason,
    }),
  ),
);

/** Times in epoch milliseconds. */
export type MachineNotice = v.InferOutput<typeof notice>;
export type ConfigurationNotice = v.InferOutput<typeof configuration>;
export type BackfillNotice = v.InferOutput<typeof backfill>;
export type AlarmNotice = v.InferOutput<typeof alarm>;

/** One SNS record; `notice` says what is in it. */
export interface NoticeRecord {
  readonly messageId: string;
  readonly notice: Classified<MachineNotice | ConfigurationNotice | BackfillNotice | AlarmNotice>;
}

const record = v.object({ Sns: v.object({ MessageId: text, Message: text }) });
const kind = v.object({ type: text });

/** The records of an SNS event, as Lambda gets it; what is not one comes out as a single record that says so. */
export function noticeRecords(event: unknown): readonly NoticeRecord[] {
  const result = v.safeParse(v.object({ Records: v.array(v.unknown()) }), event);
  if (result.success) return result.output.Records.map(readRecord);
  return [unparseable('unknown', `not an SNS event: ${envelope.faultsOf(result.issues)}`)];
}

function readRecord(value: unknown): NoticeRecord {
  const result = v.safeParse(record, value);
  if (!result.success)
    return unparseable('unknown', `not an SNS record: ${envelope.faultsOf(result.issues)}`);
  const { MessageId: messageId, Message: message } = result.output.Sns;
  try {
    return { messageId, notice: readNotice(JSON.parse(message)) };
  } catch {
    return unparseable(messageId, 'the message is not JSON');
  }
}

function readNotice(document: unknown): NoticeRecord['notice'] {
  const alarming = v.safeParse(alarm, document);
  if (alarming.success) return { is: 'ours', value: alarming.output };
  const head = v.safeParse(kind, document);
  const type = head.success ? head.output.type : notice.entries.type.literal;
  if (type === configuration.entries.type.literal) return classified(v.safeParse(configuration, document));
  if (type === backfill.entries.type.literal) return classified(v.safeParse(backfill, document));
  if (type === notice.entries.type.literal) return classified(v.safeParse(notice, document));
  return { is: 'not-ours', why: `of type ${quoted(type)}` };
}

type Result = v.SafeParseResult<typeof notice | typeof configuration | typeof backfill>;

function classified(result: Result): NoticeRecord['notice'] {
  if (result.success) return { is: 'ours', value: result.output };
  return { is: 'unparseable', fault: envelope.faultsOf(result.issues) };
}

function unparseable(messageId: string, fault: string): NoticeRecord {
  return { messageId, notice: { is: 'unparseable', fault } };
}
