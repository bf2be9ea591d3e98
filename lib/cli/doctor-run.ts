/** Runs `doctor`: each check is shown as soon as it is known, what failed with its cure. */

import { count } from '../alert/words.ts';
import { cloudWatchClient, dynamoDbClient, snsClient } from '../aws/clients.ts';
import { doctorPorts } from '../aws/deployed.ts';
import { incidentTable } from '../aws/incident-table.ts';
import { noticeTable } from '../aws/notice-table.ts';
import { isNamed, readFaultOf } from '../aws/read-fault.ts';
import { registryKey } from '../image/registry.ts';
import type { Check } from '../monitor/checkup.ts';
import { examine } from '../monitor/doctor.ts';
import { examinePulse, examineTable, examineTopic } from '../monitor/doctor-deployed.ts';
import type { DoctorOptions } from './doctor.ts';
import { exitCodes } from './fault.ts';
import { openSession } from './session.ts';
import { takeStop, unlessStopped } from './stop.ts';
import type { Terminal } from './terminal.ts';
import { bold, dim, green, type Piece, red, yellow } from './text.ts';

export async function runDoctor(terminal: Terminal, options: DoctorOptions): Promise<number> {
  const stop = takeStop();
  const { source, ports } = await openSession(terminal, options, options.registry);
  const checks: Check[] = [];
  const own = { ...doctorPorts(cloudWatchClient(), snsClient()), faultOf: readFaultOf };
  const work = async (): Promise<void> => {
    await examine({ ...ports, ...own }, source, (check) => void checks.push(check));
    const { table, topic } = options;
    if (table !== undefined && table !== '') {
      const held = { client: dynamoDbClient(), name: table };
      const isAbsent = (error: unknown): boolean => isNamed(error, 'ResourceNotFoundException');
      const tablePorts = { ...noticeTable(held), ...incidentTable(held), ...own, isAbsent, now: Date.now };
      checks.push(await examineTable(tablePorts), await examinePulse(own, Date.now()));
    }
    if (topic !== undefined && topic !== '') checks.push(await examineTopic(own, topic));
  };
  const interrupted = (await unlessStopped(stop, work())) === 'stopped';
  if (options.json) {
    terminal.printJson({
      version: '1',
      registry: registryKey(source),
      interrupted,
      checks: checks.map(documentOf),
    });
  } else printChecks(terminal, checks);
  if (interrupted) terminal.say('stopped: what is said here is true, but not all');
  return exitCodeOf(checks, interrupted);
}

function exitCodeOf(checks: readonly Check[], interrupted: boolean): number {
  if (checks.some(({ result }) => result === 'failed')) return exitCodes.notClean;
  const untold = interrupted || checks.some(({ result }) => result === 'could-not-tell');
  return untold ? exitCodes.couldNotTell : exitCodes.clean;
}

function documentOf({ cures, ...check }: Check): object {
  return {
    ...check,
    cures: cures.map(({ say, command }) => ({ text: say, ...(command === undefined ? {} : { command }) })),
  };
}

const marks: { readonly [R in Check['result']]: Piece } = {
  passed: green('✓'),
  failed: red('✗'),
  'could-not-tell': yellow('?'),
};

function printChecks(terminal: Terminal, checks: readonly Check[]): void {
  const width = Math.max(0, ...checks.map(({ name }) => name.length));
  for (const about of new Set(checks.map((check) => check.about))) {
    terminal.print(bold(about));
    for (const { name, result, text, cures } of checks.filter((check) => check.about === about)) {
      terminal.print(['  ', marks[result], ` ${name.padEnd(width)}  ${text}`]);
      for (const { say, command } of cures) {
        terminal.print(`      ${say}`);
        if (command !== undefined) terminal.print(dim(`        ${command}`));
      }
    }
    terminal.print('');
  }
  const number = (wanted: Check['result']): number => checks.filter(({ result }) => result === wanted).length;
  const ending = `${count(number('passed'), 'check')} passed, ${number('failed')} failed, ${number('could-not-tell')} could not tell.`;
  terminal.print(
    number('failed') > 0 ? red(ending) : number('could-not-tell') > 0 ? yellow(ending) : green(ending),
  );
}
