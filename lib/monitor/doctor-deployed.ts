/** What `doctor` looks at of a deployed monitor: its table, its pulse, and whether anybody hears it. */

import { count } from '../alert/words.ts';
import type { DoctorPorts, Ports } from '../ports.ts';
import type { ReadFault } from '../replication/verdict.ts';
import { type Check, failed, passed, untold } from './checkup.ts';

type TablePorts = Pick<Ports, 'readGroups' | 'readOpen' | 'now'>;

const nameFromStack = {
  say: 'See the outputs of the stack, and whether this is its account and Region:',
  command: "aws cloudformation describe-stacks --query 'Stacks[].Outputs[]'",
};

/** The follow-up runs each minute; CloudWatch shows a metric some minutes late. */
const pulseMinutes = 15;

export async function examineTable(
  ports: TablePorts & {
    readonly faultOf: (error: unknown) => ReadFault;
    readonly isAbsent: (error: unknown) => boolean;
  },
): Promise<Check> {
  try {
    const groups = await ports.readGroups();
    const open = await Promise.all(groups.map((group) => ports.readOpen(group, 0)));
    const total = open.reduce((sum, one) => sum + one.ids.size, 0);
    return passed('monitor', 'table', `can be read; ${count(total, 'incident')} open`);
  } catch (error) {
    if (ports.isAbsent(error)) return failed('monitor', 'table', 'there is no such table', [nameFromStack]);
    return untold('monitor', 'table', ports.faultOf(error), 'dynamodb:Query and dynamodb:BatchGetItem');
  }
}

export async function examinePulse(ports: Pick<DoctorPorts, 'readHeartbeats'>, now: number): Promise<Check> {
  const reading = await ports.readHeartbeats(now - pulseMinutes * 60 * 1000, now);
  if (reading.is === 'unreadable')
    return untold('monitor', 'heartbeat', reading.why, 'cloudwatch:GetMetricStatistics');
  const text = `${count(reading.value, 'run')} of the follow-up in ${pulseMinutes} minutes`;
  if (reading.value > 0) return passed('monitor', 'heartbeat', text);
  return failed('monitor', 'heartbeat', `${text}: nobody looks after open incidents, and no notice is sent`, [
    {
      say: 'See the log group of the function follow-up, and whether its schedule is enabled in this Region.',
    },
  ]);
}

export async function examineTopic(
  ports: Pick<DoctorPorts, 'readSubscribers'>,
  topicArn: string,
): Promise<Check> {
  const reading = await ports.readSubscribers(topicArn);
  if (reading.is === 'unreadable') return untold('monitor', 'topic', reading.why, 'sns:GetTopicAttributes');
  if (reading.value === 'absent')
    return failed('monitor', 'topic', 'there is no such topic', [nameFromStack]);
  const { confirmed, pending } = reading.value;
  const waiting =
    pending === 0 ? '' : `; ${count(pending, 'subscription waits', 'subscriptions wait')} to be confirmed`;
  if (confirmed > 0) return passed('monitor', 'topic', `${count(confirmed, 'subscriber')}${waiting}`);
  return failed('monitor', 'topic', `nobody is subscribed: alerts reach no one${waiting}`, [
    {
      say: pending > 0 ? 'Confirm the subscription in the mail that SNS sent.' : 'Subscribe somebody:',
      ...(pending > 0
        ? {}
        : {
            command: `aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint oncall@example.com`,
          }),
    },
  ]);
}
