/** The whole life of the monitor in one set-up: deployed, used, changed, removed. */

import assert from 'node:assert/strict';
import { inventory, kindsOfResources } from './inventory.ts';
import type { Proof } from './proof.ts';
import { pushingTo } from './registry.ts';
import type { Scene } from './scene.ts';
import { rulesAreChanged, rulesAreMade, stackIsChanged } from './scene-changes.ts';
import { alarmsAreOnMetrics, followUp } from './scene-follow-up.ts';
import { pushes } from './scene-pushes.ts';
import { sweep } from './scene-sweep.ts';
import { seeing } from './seen.ts';
import {
  deleteSlackAddress,
  deployHub,
  deploySpoke,
  everywhere,
  far,
  hub,
  hubOutputs,
  near,
  putSlackAddress,
  removeAll,
  type Setting,
} from './setting.ts';
import type { Subscribers } from './subscriber.ts';

export async function tellStory(proof: Proof, setting: Setting, subscribers: Subscribers): Promise<void> {
  const { aws, door } = setting;
  const before = await Promise.all(everywhere.map((at) => inventory(aws, at)));
  await putSlackAddress(setting, subscribers.slackUrl);

  await proof.must('the Serverless command deploys the hub', async () => {
    await deployHub(setting);
    return `${(await inventory(aws, hub)).length - (before[0]?.length ?? 0)} resources`;
  });
  await proof.must('CloudFormation deploys spoke.yml in another Region and in another account', async () => {
    await Promise.all([near, far].map((at) => deploySpoke(setting, at)));
    return undefined;
  });
  const outputs = await hubOutputs(setting);
  await proof.must('a queue and an HTTP server subscribe to the topic', async () => {
    await subscribers.subscribe(outputs['AlertTopicArn'] ?? '');
    return undefined;
  });

  const seen = seeing(door.url, hub, outputs['IncidentsTableName'] ?? '');
  const registries = {
    here: pushingTo(door.url, hub),
    near: pushingTo(door.url, near),
    far: pushingTo(door.url, far),
  };
  const scene: Scene = { proof, setting, subscribers, seen, outputs, ...registries };
  await rulesAreMade(scene);
  await pushes(scene);
  await followUp(scene);
  await sweep(scene);
  await alarmsAreOnMetrics(scene);
  await rulesAreChanged(scene);
  await stackIsChanged(scene);
  seen.close();

  await proof.check('no function asked for more than its role allows, and no event got lost', async () => {
    assert.deepEqual(door.denials(), []);
    assert.deepEqual(door.events.faults(), []);
    return `${door.ecr.calls.count()} ECR calls`;
  });
  await proof.check('`serverless remove` and DeleteStack leave nothing behind', async () => {
    await removeAll(setting);
    await subscribers.leave();
    await deleteSlackAddress(setting);
    const after = await Promise.all(everywhere.map((at) => inventory(aws, at)));
    assert.deepEqual(after, before);
    return `${kindsOfResources} kinds of resources in ${everywhere.length} registries`;
  });
}
