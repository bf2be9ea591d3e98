/** One run of the follow-up with 100,000 incidents open, in a process of its own: what it takes, as a line of JSON. */

import { awsPorts } from '../../lib/aws/ports.ts';
import { loadConfig } from '../../lib/config.ts';
import { followUp } from '../../lib/monitor/follow-up.ts';
import { manyIncidents } from './many-incidents.ts';

export interface RunReport {
  /** Of the processor: what the run takes by the clock depends on who else is at work. */
  readonly processorSeconds: number;
  /** Of the whole process, Node itself included: the most that was seen, every hundred looks and at the end. */
  readonly mostMegabytes: number;
  readonly looks: number;
  readonly published: number;
  readonly open: number;
}

const loaded = loadConfig(process.env, 'follow-up');
if (!loaded.ok) throw new Error(loaded.fault);
const incidents = manyIncidents(100_000, Date.now() - 60_000);
const ports = awsPorts(loaded.value, { now: Date.now, chance: Math.random, log: () => {} });
let looks = 0;
let published = 0;
let mostBytes = 0;
const begin = process.cpuUsage();
await followUp(
  {
    ...ports,
    ...incidents.store,
    saveIncident: (incident) => {
      looks += 1;
      if (looks % 100 === 0) mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
      return incidents.store.saveIncident(incident);
    },
    publish: async () => {
      published += 1;
    },
    putMetrics: async () => {},
  },
  loaded.value,
  { runSeconds: Number(process.env['RUN_SECONDS']), incidentsPerRound: 2_000 },
);
const { user, system } = process.cpuUsage(begin);
const report: RunReport = {
  processorSeconds: (user + system) / 1_000_000,
  // Not maxRSS: it begins with that of the process that started this one.
  mostMegabytes: Math.max(mostBytes, process.memoryUsage.rss()) / 2 ** 20,
  looks,
  published,
  open: incidents.countOpen(),
};
process.stdout.write(JSON.stringify(report));
process.exit();
