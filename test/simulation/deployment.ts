/** What is deployed: every function, the queue or the schedule that calls it, and its tries, as serverless.yml and deploy/ have them. */

import type { Config } from '../../lib/config.ts';
import { watchBackfills } from '../../lib/monitor/backfills.ts';
import { watchConfig } from '../../lib/monitor/config-watch.ts';
import { followUp } from '../../lib/monitor/follow-up.ts';
import { settleImageActions } from '../../lib/monitor/image-actions.ts';
import { readAllManifests } from '../../lib/monitor/manifests.ts';
import type { QueueRecord } from '../../lib/monitor/records.ts';
import { repair } from '../../lib/monitor/repair.ts';
import { settleReplicationActions } from '../../lib/monitor/replication-actions.ts';
import { checkSettings } from '../../lib/monitor/settings.ts';
import { startSweep } from '../../lib/monitor/start-sweep.ts';
import { settleSweepMessages } from '../../lib/monitor/sweep-message.ts';
import type { Ports } from '../../lib/ports.ts';
import type { Faults } from './faults.ts';
import { type FunctionName, timeoutSeconds } from './invocation.ts';
import type { AllPorts } from './ports.ts';
import { createQueue, type Message, type QueueModel, type QueueOptions, visibilitySeconds } from './queue.ts';
import type { Setting } from './story.ts';
import type { Timeline } from './timeline.ts';
import type { Run, Watch } from './watch.ts';

/** As serverless.yml has it. */
const ofEvents = { mostAtOnce: 10, visibilitySeconds };
/** As functions/sweep-repository.ts keeps it free for the rest of its time-out. */
const readingMs = (timeoutSeconds['sweep-repository'] - 120) * 1000;

/** deploy/backfills.yml. */
const backfillMinutes = 5;
/** An hour when it is deployed, less here, so that a pass is gone on with. */
export const passMinutes = 15;
/** A schedule begins with its first pause, and not on the minute of all the others. */
export const firstAfterSeconds = (minutes: number): number => minutes * 60 + 10;

/** Runs a function once, in an environment that is free or new. */
export type Start = <T>(
  functionName: FunctionName,
  messages: readonly Message[],
  work: (ports: AllPorts) => Promise<T>,
  ended: (run: Run, answer: T | undefined) => void,
) => void;

/** Tells the invariants of something. */
export type Hear = <K extends keyof Watch>(what: K, ...input: Parameters<NonNullable<Watch[K]>>) => void;

export interface Deployment {
  readonly pushes: QueueModel;
  readonly reports: QueueModel;
  readonly sweep: () => void;
  /** When sweeps began (epoch ms). */
  readonly sweeps: readonly number[];
  readonly configWatch: (event: object) => void;
  /** The topic hands a document to whoever is subscribed. */
  readonly notify: (document: string) => void;
}

interface Site {
  readonly timeline: Timeline;
  readonly faults: Faults;
  readonly config: Config;
  readonly setting: Setting;
  readonly start: Start;
  readonly hear: Hear;
  /** Where the queues are found by those who send to them. */
  readonly queueOf: Map<FunctionName, QueueModel>;
}

export function deploy({ timeline, faults, config, setting, start, hear, queueOf }: Site): Deployment {
  function queueFor(
    functionName: 'image-action' | 'replication-action' | 'sweep-repository',
    options: Omit<QueueOptions, 'name'>,
    work: (ports: Ports, records: readonly QueueRecord[]) => Promise<ReadonlySet<string>>,
  ): QueueModel {
    const queue = createQueue(timeline, faults, { ...options, name: functionName }, (batch) =>
      start(
        functionName,
        batch,
        (ports) =>
          work(
            ports,
            batch.map(({ id: messageId, body, waitingFor }) => ({
              messageId,
              body,
              ...(waitingFor === undefined ? {} : { waitingFor }),
            })),
          ),
        (run, unfinished) => {
          for (const message of unfinished === undefined ? [] : batch) {
            if (!unfinished?.has(message.id)) hear('acknowledged', message, functionName, run);
          }
          queue.settle(batch, unfinished);
        },
      ),
    );
    queueOf.set(functionName, queue);
    return queue;
  }

  /** What Lambda tells a function of the time that it has left. */
  const ends = (ports: Pick<Ports, 'now'>, functionName: FunctionName): number =>
    ports.now() + timeoutSeconds[functionName] * 1000;

  const pushes = queueFor(
    'image-action',
    { ...ofEvents, delaySeconds: 15, batchSize: 1000, batchWindowSeconds: 5 },
    (ports, records) => settleImageActions(ports, config.policies, records, ends(ports, 'image-action')),
  );
  const reports = queueFor(
    'replication-action',
    { ...ofEvents, delaySeconds: 0, batchSize: 100, batchWindowSeconds: 1 },
    (ports, records) =>
      settleReplicationActions(ports, config.policies, records, ends(ports, 'replication-action')),
  );

  queueFor(
    'sweep-repository',
    { mostAtOnce: 2, visibilitySeconds: 1800, delaySeconds: 0, batchSize: 1, batchWindowSeconds: 0 },
    (ports, records) => settleSweepMessages(ports, config.policies, records, ports.now() + readingMs),
  );

  const sweeps: number[] = [];

  /** Lambda calls an asynchronous function again, twice, after one minute and after two, with the same event. */
  function runAsync(
    functionName: FunctionName,
    work: (ports: AllPorts) => Promise<void>,
    { messages = [], dead = () => {} }: { messages?: readonly Message[]; dead?: () => void } = {},
    more = 2,
  ): void {
    start(functionName, messages, work, (run) => {
      if (run.end === 'answered') return;
      if (more === 0) return dead();
      timeline.after((3 - more) * 60, () => runAsync(functionName, work, { messages, dead }, more - 1));
    });
  }

  function sweep(): void {
    sweeps.push(timeline.now());
    const id = `sweep-${sweeps.length}`;
    runAsync('sweep', (ports) => startSweep(ports, config, {}, id));
  }

  function sweepNowAndThen(): void {
    sweep();
    timeline.after(setting.sweepMinutes * 60, sweepNowAndThen);
  }
  timeline.after(setting.sweepMinutes * 60 + 30, sweepNowAndThen);

  function runFollowUp(): void {
    start(
      'follow-up',
      [],
      (ports) => followUp(ports, config),
      () => {},
    );
  }

  /** EventBridge Scheduler: every minute, at least once as a rule. */
  function everyMinute(): void {
    if (!faults.strikes('schedule-missed')) runFollowUp();
    if (faults.strikes('schedule-doubled')) timeline.after(0.2, runFollowUp);
    hear('checked');
    timeline.after(60, everyMinute);
  }
  timeline.after(60, everyMinute);

  // ── What can be switched on ─────────────────────────────────────────────────────────────────────────────────────

  const { sources, more: switchedOn = [] } = setting;

  function scheduled(
    functionName: FunctionName,
    minutes: number,
    work: (ports: AllPorts) => Promise<void>,
  ): void {
    if (!switchedOn.some((name) => name === functionName)) return;
    const run = (): void => start(functionName, [], work, () => {});
    const again = (): void => {
      if (!faults.strikes('schedule-missed')) run();
      if (faults.strikes('schedule-doubled')) timeline.after(0.2, run);
      timeline.after(minutes * 60, again);
    };
    timeline.after(firstAfterSeconds(minutes), again);
  }

  scheduled('backfill', backfillMinutes, (ports) => watchBackfills(ports, config.policies, sources));
  scheduled('repair', backfillMinutes, (ports) => repair(ports, { ...config, repair: 'backfill' }, sources));
  scheduled('settings', passMinutes, (ports) => {
    return checkSettings(
      ports,
      config.policies,
      sources,
      ports.now() + (timeoutSeconds.settings - 120) * 1000,
    );
  });
  scheduled('manifests', passMinutes, (ports) => {
    const until = ports.now() + (timeoutSeconds.manifests - 180) * 1000;
    return readAllManifests(ports, config.policies, config.hub, sources, until);
  });

  let notified = 0;
  function notify(document: string): void {
    if (!switchedOn.includes('slack')) return;
    notified += 1;
    const id = `notice-${notified}`;
    const message = { id, firstId: id, body: document, line: '', visibleAt: 0, receives: 1 };
    const event = { Records: [{ Sns: { MessageId: id, Message: document } }] };
    const post = (ports: AllPorts) => ports.postNotices(event, ports.now() + timeoutSeconds.slack * 1000);
    hear('handedToSlack', id);
    const tries = { messages: [message], dead: () => hear('slackGaveUp', id) };
    timeline.after(0.1, () => runAsync('slack', post, tries));
  }

  return {
    notify,
    pushes,
    reports,
    sweep,
    sweeps,
    configWatch: (event) => runAsync('config-watch', (ports) => watchConfig(ports, config, event)),
  };
}
