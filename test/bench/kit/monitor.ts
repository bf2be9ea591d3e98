/** The monitor as the benches run it: the real SDK towards ECR; table, queue, topic and metrics kept in memory and counted. */

import { awsPorts } from '../../../lib/aws/ports.ts';
import { type Config, loadConfig } from '../../../lib/config.ts';
import { type IncidentStore, memoryIncidentStore } from '../../../lib/local/incident-store.ts';
import type { DelayedMessage, Ports, Publication } from '../../../lib/ports.ts';
import { source } from '../../samples.ts';

export interface Monitor {
  readonly config: Config;
  readonly ports: Ports;
  readonly store: IncidentStore;
  /** Sent again since the beginning. */
  readonly again: readonly DelayedMessage[];
  readonly published: readonly Publication[];
  /** Sum of all values of a metric, of all sets of dimensions. */
  readonly sum: (metric: string) => number;
}

export function createMonitor(now: () => number, chance: () => number = () => 0.5): Monitor {
  const keys = {
    INCIDENTS_TABLE: 'incidents',
    ALERT_TOPIC_ARN: `arn:aws:sns:${source.region}:${source.account}:alerts`,
    IMAGE_ACTION_QUEUE_URL: 'http://127.0.0.1/queue',
  };
  const loaded = loadConfig(keys, 'image-action');
  if (!loaded.ok) throw new Error(loaded.fault);
  const config = { ...loaded.value, hub: source };
  const store = memoryIncidentStore();
  const again: DelayedMessage[] = [];
  const published: Publication[] = [];
  const sums = new Map<string, number>();
  const ports: Ports = {
    ...awsPorts(config, { now, chance, log: () => {} }),
    ...store,
    sendAgain: async (messages) => {
      for (const message of messages) again.push(message);
      return new Set();
    },
    publish: async (publication) => {
      published.push(publication);
    },
    putMetrics: async (series) => {
      for (const { name, dimensions, values, counts } of series) {
        if (dimensions.length === 0 && name === 'ReplicationLag') continue;
        const total = values.reduce((sum, value, n) => sum + value * (counts[n] ?? 1), 0);
        sums.set(name, (sums.get(name) ?? 0) + total);
      }
    },
  };
  return { config, ports, store, again, published, sum: (metric) => sums.get(metric) ?? 0 };
}
