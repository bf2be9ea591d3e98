/**
 * `npm run test:e2e`: the packaged stack, deployed by the Serverless command to an AWS emulator, with the built
 * functions running; what was proved is printed, and ends with `N passed, N failed`. Without Python it exits with 3.
 */

import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { awsAt } from '../test/e2e/aws.ts';
import { type Door, openDoor } from '../test/e2e/door.ts';
import { type Emulator, freePort, startEmulator } from '../test/e2e/emulator.ts';
import { copyProject, type Project } from '../test/e2e/project.ts';
import { type Proof, Stopped, startProof } from '../test/e2e/proof.ts';
import { hub } from '../test/e2e/setting.ts';
import { tellStory } from '../test/e2e/story.ts';
import { openSubscribers } from '../test/e2e/subscriber.ts';
import { type PythonEnvironment, PythonMissing, pythonEnvironment } from './python.ts';

const root = join(import.meta.dirname, '..');
const cache = join(root, '.cache/e2e');
const nodeFolder = join(root, 'node_modules/.bin');
const usualLagMs = 2_000;
const run = promisify(execFile);

/** Far above what a run takes on a machine that does nothing else, which is about five. */
const longestMinutes = 16;

const unproved = `
Not proved here, since the emulator lacks it: policies of event buses, and what queues grant to rules; dead-letter queues
of rules; replication rules and chat channels that the stack makes on request; metric math, and so the alarm on lag; what
alarms do; the delivery of e-mail and HTTPS, whose texts are read as they are published; encryption.
Played by stand-ins of this project: ECR with its replication and events, the way of an event from ECR to the deployed
rules and from bus to bus, CloudTrail, the five minutes between notices of one conversation.
All else is the emulator's: it runs the built functions on their schedule and queues, says which rule matches, and holds
every call to the policies of roles, queues and topic.`;

let door: Door | undefined;
let emulator: Emulator | undefined;

/** The emulator goes with all functions that it runs. */
async function stop(): Promise<void> {
  await emulator?.stop();
  await door?.stop();
  const refused = [...(door?.denials() ?? []), ...(door?.events.faults() ?? [])];
  if (door !== undefined)
    await writeFile(join(cache, 'refused.log'), refused.map((line) => `${line}\n`).join(''));
}

/** Both templates by cfn-lint, which knows what CloudFormation accepts. */
async function lint(python: PythonEnvironment, project: Project): Promise<string> {
  await project.serverless(hub, 'package');
  const templates = ['.serverless/cloudformation-template-update-stack.json', 'spoke.yml'];
  const options = ['--non-zero-exit-code', 'error', '--format', 'parseable', '--'];
  const outputs = await Promise.all(
    templates.map((template) =>
      run(python.command('cfn-lint'), [...options, template], {
        cwd: project.folder,
        timeout: 400_000,
      }).catch(({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) => {
        throw new Error(`${template}:\n${stdout}${stderr}`);
      }),
    ),
  );
  const warnings = outputs.flatMap(({ stdout }) => stdout.split('\n').filter((line) => line !== ''));
  await writeFile(join(cache, 'cfn-lint.log'), warnings.map((line) => `${line}\n`).join(''));
  return `${warnings.length} warnings, see .cache/e2e/cfn-lint.log`;
}

async function prove(proof: Proof): Promise<void> {
  const python = await pythonEnvironment(join(cache, 'python'), join(root, 'test/e2e/requirements.txt'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  door = await openDoor(url, hub, usualLagMs);
  emulator = await startEmulator({
    python: python.command('python'),
    port,
    folder: join(cache, 'emulator'),
    nodeFolder,
    endpoint: door.url,
    region: hub.region,
  });
  await emulator.ready();
  const { stdout: version } = await run(join(nodeFolder, 'node'), ['--version']);
  proof.note(`The emulator runs; its functions run on Node ${version.trim()}.`);

  // In a copy of its own, beside the story, which mostly waits.
  const linted = proof.check('cfn-lint finds no fault in the packaged template and in spoke.yml', async () =>
    lint(python, await copyProject(join(cache, 'lint'), url)),
  );
  const aws = awsAt(url);
  const project = await copyProject(join(cache, 'project'), door.url);
  const subscribers = await openSubscribers(aws, hub);
  try {
    await tellStory(proof, { aws, plainAws: awsAt(url, {}), door, project }, subscribers);
  } finally {
    await linted;
    await subscribers.leave();
  }
}

function timeIsUp(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(
      () => reject(new Error(`not done within ${longestMinutes} minutes`)),
      longestMinutes * 60_000,
    ).unref();
  });
}

async function main(): Promise<number> {
  const startedAt = performance.now();
  const proof = startProof((line) => process.stdout.write(line));
  try {
    await Promise.race([prove(proof), timeIsUp()]);
  } catch (error) {
    if (error instanceof PythonMissing) {
      process.stderr.write(`test:e2e: ${error.message}\n`);
      return 3;
    }
    if (error instanceof Stopped)
      proof.note(
        'Nothing that rests on this was tried. Calls that were refused are in .cache/e2e/refused.log.',
      );
    else await proof.check('the run comes to its end', () => Promise.reject(error));
  } finally {
    await stop();
  }
  const { passed, failed } = proof.counts();
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  proof.note(`${unproved}\n\n${seconds} s; logs are in .cache/e2e\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
for (const [signal, exitCode] of Object.entries(signals)) {
  process.once(signal, () => void stop().finally(() => process.exit(exitCode)));
}
// What is still under way when the time is up would keep the process.
process.exit(await main());
