/** What a month costs, from how much is pushed: things counted, times their prices. No free tier is taken off. */

import { type Priced, prices } from './prices.ts';

export interface Load {
  readonly pushesADay: number;
  readonly destinations: number;
  /** Each is compared with every destination once a day. */
  readonly repositories?: number;
  /** Arrivals are forwarded from every destination and looked at once more. */
  readonly spokes?: boolean;
  /** Of the pushes; each of them takes `looksWhenLate` more looks. */
  readonly lateShare?: number;
  readonly looksWhenLate?: number;
  readonly incidentsPerReplica?: number;
}

export interface Line {
  readonly part: string;
  readonly price: Priced;
  readonly count: number;
  readonly usd: number;
}

/** What is deployed, and what a run is taken to last; docs/cost.md says where each is from. */
export const deployed = {
  days: 30,
  alarms: 23,
  /** Published at all times: 7 and 5 a destination. */
  metrics: { fixed: 7, perDestination: 5 },
  queues: 3,
  pollers: 5,
  imageAction: { batch: 1_000, windowSeconds: 5, gigabytes: 0.5, seconds: 0.6 },
  replicationAction: { batch: 100, windowSeconds: 1, gigabytes: 0.25, seconds: 0.4 },
  followUp: { gigabytes: 0.25, seconds: 0.3, readUnits: 40 },
  sweepRepository: { gigabytes: 0.5, seconds: 1 },
  backfill: { gigabytes: 0.25, seconds: 0.5, everySeconds: 300 },
  settings: { gigabytes: 0.25, secondsADay: 500, runsADay: 24 },
  /** Of processor time, a message and destination: measured by the bench `throughput`. */
  secondsPerReplica: 30e-6,
  writeUnitsPerIncident: 36,
  readUnitsPerArrival: 2,
  logKilobytes: 1.2,
  keyRequests: 50_000,
  mails: 300,
};

/** Messages that one run gets, when they come evenly: each poller collects for the window what falls to it. */
export function messagesPerRun(
  messagesASecond: number,
  { batch, windowSeconds }: { readonly batch: number; readonly windowSeconds: number },
): number {
  return Math.min(batch, Math.max(1, (messagesASecond * windowSeconds) / deployed.pollers));
}

export function monthlyCost(load: Load): readonly Line[] {
  const { pushesADay, destinations, spokes = false } = load;
  const { lateShare = 0.05, looksWhenLate = 4, incidentsPerReplica = 0.001 } = load;
  const { repositories = 500 } = load;
  const { days, imageAction, replicationAction, followUp, sweepRepository, backfill, settings } = deployed;
  const minutes = days * 24 * 60;
  const pushes = pushesADay * days;
  const again = pushes * lateShare * looksWhenLate;
  const looks = pushes + again;
  const perRun = messagesPerRun(looks / (days * 86_400), imageAction);
  const runs = looks / perRun;
  const incidents = pushes * destinations * incidentsPerReplica;
  const arrivals = spokes ? pushes * destinations : 0;
  const arrivalsPerRun = messagesPerRun(arrivals / (days * 86_400), replicationAction);
  const arrivalRuns = arrivals / arrivalsPerRun;
  const sweeps = repositories * days;
  const backfills = (days * 86_400) / backfill.everySeconds;
  const polls = deployed.queues * deployed.pollers * 3 * minutes;
  const work = deployed.secondsPerReplica * destinations;

  const line = (part: string, price: Priced, count: number): Line => {
    const { usd, per } = prices[price];
    return { part, price, count, usd: (count * usd) / per };
  };
  const { fixed, perDestination } = deployed.metrics;
  return [
    line('metrics', 'metric', fixed + perDestination * destinations),
    line('PutMetricData', 'putMetricData', runs + minutes + sweeps),
    line('alarms', 'alarm', deployed.alarms),
    line('dashboard', 'dashboard', 1),
    line(
      'image-action',
      'lambdaSeconds',
      runs * imageAction.gigabytes * (imageAction.seconds + perRun * work),
    ),
    line('image-action', 'lambdaRuns', runs),
    line('follow-up', 'lambdaSeconds', minutes * followUp.gigabytes * followUp.seconds),
    line('follow-up', 'lambdaRuns', minutes),
    line('sweep-repository', 'lambdaSeconds', sweeps * sweepRepository.gigabytes * sweepRepository.seconds),
    line('sweep-repository', 'lambdaRuns', sweeps),
    line('backfill', 'lambdaSeconds', backfills * backfill.gigabytes * backfill.seconds),
    line('backfill', 'lambdaRuns', backfills),
    line('settings', 'lambdaSeconds', days * settings.gigabytes * settings.secondsADay),
    line('settings', 'lambdaRuns', days * settings.runsADay),
    line('queues', 'queueRequests', polls + requestsOf(pushes, looks, again, perRun) + 3 * sweeps),
    line('table', 'tableReads', minutes * followUp.readUnits),
    line('table', 'tableWrites', incidents * deployed.writeUnitsPerIncident + sweeps * destinations),
    line('logs', 'logs', (runs + minutes + sweeps + arrivalRuns) * deployed.logKilobytes),
    line('key', 'key', 1),
    line('key', 'keyRequests', deployed.keyRequests),
    line('notices', 'mails', deployed.mails),
    line('schedule', 'schedule', minutes),
    ...(spokes
      ? [
          line('spokes', 'eventsForwarded', arrivals),
          line(
            'replication-action',
            'lambdaSeconds',
            arrivalRuns *
              replicationAction.gigabytes *
              (replicationAction.seconds + arrivalsPerRun * deployed.secondsPerReplica),
          ),
          line('replication-action', 'lambdaRuns', arrivalRuns),
          line('queues', 'queueRequests', requestsOf(arrivals, arrivals, 0, arrivalsPerRun)),
          line('table', 'tableReads', arrivals * deployed.readUnitsPerArrival),
        ]
      : []),
  ];
}

/** EventBridge sends one by one; Lambda takes and deletes up to 10 a request, and so does whoever sends again. */
function requestsOf(sent: number, taken: number, again: number, perRun: number): number {
  const together = Math.min(10, perRun);
  return sent + again / together + (2 * taken) / together;
}

export function sumOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { usd }) => sum + usd, 0);
}

/** Lines of one part added up, in the order of their first. */
export function byPart(lines: readonly Line[]): ReadonlyMap<string, number> {
  const parts = new Map<string, number>();
  for (const { part, usd } of lines) parts.set(part, (parts.get(part) ?? 0) + usd);
  return parts;
}
