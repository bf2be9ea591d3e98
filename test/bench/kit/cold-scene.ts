/** The AWS of the cold starts: images that have all arrived, a door that notes every call, Slack, and a table for each start. */

import { createServer } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { tableDefinition } from '../../../lib/aws/table-definition.ts';
import { listen } from '../../../lib/local/listen.ts';
import { startLocalAws } from '../../../lib/local/local-aws.ts';
import { sampleManifest } from '../../../lib/local/manifest.ts';
import { ireland, source } from '../../samples.ts';
import { type SeenCall, startGate } from '../../security/gate.ts';
import { sideBySide } from '../peers/side-by-side.ts';
import { manifestsRole } from './first-events.ts';
import { functionEnvironment } from './function-environment.ts';
import { replicate } from './local-ecr.ts';

export interface ColdScene {
  readonly url: string;
  readonly queueUrl: string;
  readonly webhook: string;
  readonly environment: (url: string) => Readonly<Record<string, string>>;
  /** Replaces one of the same name; answers the name. */
  readonly freshTable: (name: string) => Promise<string>;
  /** The calls that came while something ran: those that were made side by side together. */
  readonly callsOf: (run: () => Promise<unknown>) => Promise<readonly (readonly SeenCall[])[]>;
  readonly stop: () => Promise<void>;
}

/** Of the sample events. */
const image = {
  digest: 'sha256:bd8e8b11721492876c48dd0463d6da3e346147def54b0711bbb692c6977d024c',
  tags: ['1.4.2'],
};

export async function startColdScene(): Promise<ColdScene> {
  const aws = await startLocalAws({ ...source, delayMs: 0 });
  const slack = await listen(createServer((_, response) => response.end('ok')));
  const topic = await aws.createTopic('alerts');
  const { url: queueUrl } = await aws.createQueue('queue');
  let isWatching = false;
  const gate = await startGate({
    aws,
    // Long enough to see which calls do not wait for each other.
    allows: async () => {
      if (isWatching) await setTimeout(100);
      return true;
    },
    topicAccount: topic.split(':')[4] ?? '',
    parameter: slack.url,
  });
  replicate(aws.ecr, source, 'prod-', [ireland]);
  for (const registry of [source, ireland]) {
    aws.ecr.seed(registry, 'prod-api', [image]);
  }
  // So that `settings` finds nothing to tell.
  aws.ecr.call(ireland, 'CreateRepositoryCreationTemplate', { prefix: 'ROOT', appliedFor: ['REPLICATION'] });
  // As on every day but the first.
  aws.ecr.call(source, 'RegisterPullTimeUpdateExclusion', { principalArn: manifestsRole });
  aws.ecr.pushImage(source, { repository: 'prod-web', tag: '1.0', manifest: sampleManifest('amd64') });
  return {
    url: gate.url,
    queueUrl,
    webhook: slack.url,
    environment: functionEnvironment,
    freshTable: async (name) => {
      await aws.createTable({ ...tableDefinition(name) });
      return name;
    },
    callsOf: async (run) => {
      const before = gate.calls().length;
      isWatching = true;
      await run();
      isWatching = false;
      return sideBySide(gate.calls().slice(before));
    },
    stop: async () => {
      await gate.stop();
      await slack.stop();
      await aws.stop();
    },
  };
}
