/**
 * EventBridge between the local ECR and the emulator, which takes no event of source `aws.ecr` and forwards none to
 * another Region or account. The rules are the deployed ones, and whether one matches is the emulator's own word.
 */

import * as v from 'valibot';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import type { Aws } from './aws.ts';

interface Delivery {
  readonly event: object;
  readonly rule: string;
  readonly target: string;
}

export interface Router {
  /** Puts an event on the default bus of a registry. */
  readonly put: (event: object, at: Registry) => void;
  /** All that was put. */
  readonly seen: () => readonly object[];
  readonly deliveries: () => readonly Delivery[];
  /** What could not be delivered, and why. */
  readonly faults: () => readonly string[];
  /** Resolves when nothing is on its way any more. */
  readonly settled: () => Promise<void>;
}

const rulesAnswer = v.object({
  Rules: v.optional(
    v.array(
      v.object({
        Name: v.string(),
        Arn: v.string(),
        State: v.string(),
        EventPattern: v.optional(v.string()),
      }),
    ),
    [],
  ),
});
const target = v.looseObject({ Id: v.string(), Arn: v.string(), RoleArn: v.optional(v.string()) });
const targetsAnswer = v.object({ Targets: v.optional(v.array(target), []) });
const testAnswer = v.object({ Result: v.boolean() });
const urlAnswer = v.object({ QueueUrl: v.string() });
const unplayed = ['Input', 'InputPath', 'InputTransformer'];

type Rule = v.InferOutput<typeof rulesAnswer>['Rules'][number];
type Target = v.InferOutput<typeof target>;

/** Buses that forward to each other in a ring would never end. */
const mostHops = 3;

export function createRouter(aws: Aws): Router {
  const underWay = new Set<Promise<void>>();
  const seen: object[] = [];
  const deliveries: Delivery[] = [];
  const faults: string[] = [];
  const ask = (at: Registry, operation: string, input: object): Promise<unknown> =>
    aws.json(at, 'events', `AWSEvents.${operation}`, input);

  async function route(event: object, at: Registry, bus: string, hops: number): Promise<void> {
    const { Rules } = v.parse(rulesAnswer, await ask(at, 'ListRules', { EventBusName: bus }));
    for (const rule of Rules) {
      if (rule.State !== 'ENABLED' || rule.EventPattern === undefined) continue;
      const test = { Event: JSON.stringify(event), EventPattern: rule.EventPattern };
      if (!v.parse(testAnswer, await ask(at, 'TestEventPattern', test)).Result) continue;
      const found = await ask(at, 'ListTargetsByRule', { Rule: rule.Name, EventBusName: bus });
      for (const one of v.parse(targetsAnswer, found).Targets) await deliver(event, at, rule, one, hops);
    }
  }

  async function deliver(event: object, at: Registry, rule: Rule, to: Target, hops: number): Promise<void> {
    const [, , service, region = '', account = '', name = ''] = to.Arn.split(':');
    const elsewhere = account !== at.account || region !== at.region;
    if (unplayed.some((key) => key in to))
      throw new Error(`${rule.Name}: an input of its own is not played here`);
    if (service === 'events') {
      // EventBridge User Guide, "Sending and receiving events between …": by a role, except within a Region and account.
      if (elsewhere && to.RoleArn === undefined) throw new Error(`${rule.Name}: forwards without a role`);
      if (hops === mostHops) throw new Error(`${rule.Name}: forwards in a ring`);
      await route(event, { account, region }, name.replace('event-bus/', ''), hops + 1);
    } else if (elsewhere) {
      throw new Error(`${rule.Name}: ${to.Arn} is not in ${registryKey(at)}`);
    } else if (service === 'sqs') {
      const { QueueUrl } = v.parse(
        urlAnswer,
        await aws.json(at, 'sqs', 'AmazonSQS.GetQueueUrl', { QueueName: name }),
      );
      await aws.json(at, 'sqs', 'AmazonSQS.SendMessage', { QueueUrl, MessageBody: JSON.stringify(event) });
    } else if (service === 'sns') {
      const input = { Action: 'Publish', TopicArn: to.Arn, Message: JSON.stringify(event) };
      await aws.query(at, 'sns', '2010-03-31', input);
    } else if (service === 'lambda') {
      await aws.rest(at, 'lambda', `/2015-03-31/functions/${to.Arn.split(':')[6]}/invocations`, {
        method: 'POST',
        headers: { 'x-amz-invocation-type': 'Event' },
        body: JSON.stringify(event),
      });
    } else {
      throw new Error(`${rule.Name}: a target of ${service} is not played here`);
    }
    deliveries.push({ event, rule: rule.Name, target: to.Arn });
  }

  return {
    put: (event, at) => {
      seen.push(event);
      const delivery = route(event, at, 'default', 0).catch((error: unknown) => {
        faults.push(String(error));
      });
      underWay.add(delivery);
      void delivery.finally(() => underWay.delete(delivery));
    },
    seen: () => seen,
    deliveries: () => deliveries,
    faults: () => faults,
    settled: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
