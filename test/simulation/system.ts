/** The whole system of one run: registries, events, queues, functions, schedule, table and topic, on one clock and one chance. */

import { type Config, loadConfig } from '../../lib/config.ts';
import type { Digest } from '../../lib/image/digest.ts';
import { type Registry, registryKey } from '../../lib/image/registry.ts';
import type { Incident } from '../../lib/incident/incident.ts';
import type { Silence } from '../../lib/incident/silence.ts';
import type { Series } from '../../lib/metric/series.ts';
import { destinationsOf } from '../../lib/replication/rules.ts';
import { type BackfillModel, createBackfills } from './backfills.ts';
import { deploy, type Hear, type Start } from './deployment.ts';
import { createEcr, type EcrEvent, type EcrModel, type EcrReads } from './ecr.ts';
import { createFaults, type Faults } from './faults.ts';
import { createHistory } from './history.ts';
import { createRunner, type FunctionName } from './invocation.ts';
import { createPassTable } from './pass-table.ts';
import { type Environment, environmentOf, portsOf, type World } from './ports.ts';
import type { QueueModel } from './queue.ts';
import { createRandom } from './random.ts';
import { beginning, type Setting } from './story.ts';
import { createTable } from './table.ts';
import { createTimeline, type Timeline } from './timeline.ts';
import { truthOf } from './truth.ts';
import type { Expectation, Invariant, Seen, Told, Watch } from './watch.ts';
import { eventOf } from './wire.ts';

export interface System {
  readonly timeline: Timeline;
  readonly ecr: EcrModel;
  readonly backfills: BackfillModel;
  readonly faults: Faults;
  readonly redrive: () => void;
  readonly silence: (
    matching: Pick<Silence, 'destination' | 'repositoryPrefix' | 'image'>,
    seconds: number,
  ) => void;
  /** An event reaches the monitor, as it is and at once. */
  readonly receive: (event: EcrEvent) => void;
  /** Somebody orders a sweep. */
  readonly sweep: () => void;
  readonly tell: (moment: 'checked' | 'atRest' | 'atEnd') => void;
  readonly seen: Seen;
  /** A number made of every call so far and its time: two runs of one story have the same. */
  readonly course: () => number;
  readonly counts: {
    calls: number;
    invocations: number;
    messages: number;
    notices: number;
    incidents: number;
  };
}

export interface SystemOptions {
  readonly seed: number;
  readonly setting: Setting;
  readonly invariants: readonly Invariant[];
  readonly fail: (invariant: string, what: string) => void;
  readonly trace?: (line: () => string) => void;
  /** Another ECR than the one of the stories, which keeps all that ever was: for millions of images. */
  readonly ecr?: (now: () => number) => EcrReads;
  /** The metrics of every run. */
  readonly measured?: (series: readonly Series[]) => void;
}

function configOf({ deadlineMinutes, allowed, sources }: Setting): Config {
  const hub = sources[0] ?? { account: '', region: '' };
  const loaded = loadConfig(
    {
      INCIDENTS_TABLE: 'incidents',
      ALERT_TOPIC_ARN: `arn:aws:sns:${hub.region}:${hub.account}:alerts`,
      IMAGE_ACTION_QUEUE_URL: 'https://queue',
      DEADLINE_MINUTES: String(deadlineMinutes),
      ALLOWED_DESTINATIONS: allowed,
    },
    'image-action',
  );
  if (!loaded.ok) throw new Error(loaded.fault);
  return {
    ...loaded.value,
    sourceRegistries: sources,
    ...(allowed === '' ? {} : { allowedDestinations: allowed.split(',') }),
  };
}

export function createSystem(options: SystemOptions): System {
  const { seed, setting, trace = () => {} } = options;
  const config = configOf(setting);
  const random = createRandom(seed);
  const timeline = createTimeline(beginning);
  const { now } = timeline;
  const faults = createFaults(now, random.named('faults'));
  const runner = createRunner<Environment>(timeline, faults, random, trace);
  const counts = { calls: 0, invocations: 0, messages: 0, notices: 0, incidents: 0 };
  let course = 0;
  const lag = random.named('index');
  const table = createTable(now, () =>
    faults.strikes('index-late')
      ? lag.between(1_000, 30_000)
      : lag.between(0, 2) * setting.indexLagSeconds * 1000,
  );
  const incidents = createHistory<Incident | undefined>(now, undefined);
  const expectations: Expectation[] = [];
  const clockOf = (registry: Registry): number =>
    now() + (setting.clockAheadSeconds[registryKey(registry)] ?? 0) * 1000;
  const ecr = createEcr(timeline, clockOf, deliver);
  const passTable = createPassTable();
  const backfills = createBackfills(timeline, ecr, clockOf, random.named('backfills'));

  const watches: Watch[] = [];
  const hear: Hear = (what, ...input) => {
    for (const watch of watches) {
      const heard = watch[what] as ((...input: unknown[]) => void) | undefined;
      heard?.(...input);
    }
  };

  // ── Functions ───────────────────────────────────────────────────────────────────────────────────────────────────

  const environments: Environment[] = [];
  const clocks = random.named('clocks');
  const queueOf = new Map<FunctionName, QueueModel>();
  const world: World = {
    now,
    ecr: options.ecr?.(now) ?? ecr,
    model: ecr,
    backfills,
    passTable,
    table,
    faults,
    runner: {
      call: (run, call) => {
        counts.calls += 1;
        for (let at = 0; at < call.name.length; at += 1)
          course = Math.imul(course ^ call.name.charCodeAt(at), 16_777_619);
        course = Math.imul(course ^ Math.round(now()), 16_777_619);
        return runner.call(run, call);
      },
    },
    chance: random.named('chance'),
    halves: random.named('halves'),
    sendAgain: (run, message) => {
      const functionName =
        run.process.functionName === 'sweep' ? 'sweep-repository' : run.process.functionName;
      const line = run.messages.find(({ id }) => id === message.id)?.line ?? '';
      const sent = queueOf.get(functionName)?.sendAgain(message, line);
      if (sent !== undefined) hear('queued', sent, functionName, { run, message });
    },
    saved: (incident, before, run) => {
      if (before === undefined) counts.incidents += 1;
      incidents.set(incident.id, incident);
      hear('saved', incident, before, run);
    },
    claimed: (notice, run) => hear('claimed', notice, run),
    confirmed: (notice) => hear('confirmed', notice),
    taken: (document, run) => {
      const told = JSON.parse(document) as Told & { type: string };
      trace(() => `topic takes ${told.notice ?? told.type} ${told.kind ?? ''} ${told.sequence ?? ''}`);
      deployed.notify(document);
      if (told.type === 'ecr-replication-backfill') hear('endTold', JSON.parse(document), run);
      if (told.type !== 'ecr-replication-notice') return;
      counts.notices += 1;
      hear('taken', told, run);
    },
    backfillStarted: (...started) => hear('backfillStarted', ...started),
    endConfirmed: (backfill) => hear('endConfirmed', backfill),
    pulled: (...pulled) => hear('pulled', ...pulled),
    posted: (run) => hear('posted', run),
    pause: (milliseconds) => new Promise((resolve) => timeline.after(milliseconds / 1000, () => resolve())),
    measured: (series, run) => {
      options.measured?.(series);
      hear('measured', series, run);
    },
    log: (level, message, fields) => {
      if (level === 'ERROR' || level === 'WARN')
        trace(() => `${level} ${message} ${JSON.stringify(fields ?? {})}`);
    },
  };

  function environmentFor(functionName: FunctionName): Environment {
    for (let at = environments.length - 1; at >= 0; at -= 1) {
      if (environments[at]?.current?.end === 'died') environments.splice(at, 1);
    }
    const idle = environments.find((one) => one.functionName === functionName && !one.isBusy);
    if (idle !== undefined) return idle;
    const ahead = clocks.between(-1, 1) * setting.functionClockSeconds * 1000;
    const made = environmentOf(world, { functionName, clockAheadMs: Math.round(ahead), isBusy: false });
    environments.push(made);
    return made;
  }

  const start: Start = (functionName, messages, work, ended) => {
    counts.invocations += 1;
    runner.start(
      environmentFor(functionName),
      messages,
      (run) => {
        run.process.current = run;
        if (messages.length > 0) hear('received', messages, run);
        return work(portsOf(world, run));
      },
      (run, answer) => {
        ended(run, answer);
        hear('ended', run);
      },
    );
  };

  const { pushes, reports, ...deployed } = deploy({
    timeline,
    faults,
    config,
    setting,
    start,
    hear,
    queueOf,
  });

  // ── Events ──────────────────────────────────────────────────────────────────────────────────────────────────────

  const delivery = random.named('delivery');
  let events = 0;

  function deliver(event: EcrEvent): void {
    events += 1;
    hear('emitted', event);
    const expected = event.is === 'push' ? expect(event) : [];
    const key = `${event.is} ${registryKey(event.registry)} ${event.repository} ${event.digest} ${event.tag} ${event.at}`;
    if (faults.strikesOnce('event-lost', key)) {
      trace(() => `event lost: ${key}`);
      return;
    }
    const late = faults.strikesOnce('event-late', key) ? delivery.between(10, 600) : 0;
    const copies = faults.strikesOnce('event-doubled', key) ? 2 : 1;
    const line = `${events}`;
    for (let copy = 1; copy <= copies; copy += 1) {
      timeline.after(late + delivery.between(0.05, 1.5), () => arriveAs(event, `${line}.${copy}`, expected));
    }
  }

  function arriveAs(event: EcrEvent, line: string, expected: readonly Expectation[]): void {
    const wire = eventOf(event);
    if (event.is === 'rules') {
      deployed.configWatch(wire);
      return;
    }
    counts.messages += 1;
    for (const one of expected) one.deliveredAt ??= now();
    const [queue, name] = event.is === 'push' ? [pushes, 'image-action'] : [reports, 'replication-action'];
    hear('queued', queue.put(JSON.stringify(wire), line), name);
  }

  function expect({ registry: source, repository, digest, tag }: EcrEvent): readonly Expectation[] {
    const pushedAt = now();
    const deadlineAt = pushedAt + setting.deadlineMinutes * 60_000;
    const fresh = destinationsOf(ecr.rules.get(registryKey(source)), source, repository).map(
      (destination): Expectation => ({
        replica: {
          source,
          repository,
          digest: digest as Digest,
          ...(tag === undefined ? {} : { tag }),
          destination,
        },
        pushedAt,
        deadlineAt,
        deliveredAt: undefined,
      }),
    );
    expectations.push(...fresh);
    return fresh;
  }

  const seen: Omit<Seen, 'fail'> = {
    now,
    setting,
    faults,
    ecr,
    truth: truthOf(ecr),
    expectations,
    incidents,
    queues: [pushes, reports],
    table,
    sweeps: deployed.sweeps,
    backfills: { ...backfills, watchedSince: (source) => passTable.readBackfillRecords(source).since },
  };
  for (const { name, watch } of options.invariants) {
    watches.push(watch({ ...seen, fail: (what) => options.fail(name, what) }));
  }

  return {
    timeline,
    ecr,
    backfills,
    faults,
    redrive: () => {
      faults.disturb();
      for (const queue of [pushes, reports]) queue.redrive();
    },
    silence: (matching, seconds) => {
      const id = `silence-${table.readSilences().length + 1}`;
      const times = { from: now(), until: now() + seconds * 1000 };
      table.saveSilence({ id, ...matching, ...times, author: 'somebody', reason: 'maintenance' });
    },
    receive: (event) => arriveAs(event, '', []),
    sweep: deployed.sweep,
    tell: (moment) => hear(moment),
    seen: { ...seen, fail: () => {} },
    course: () => course >>> 0,
    counts,
  };
}
