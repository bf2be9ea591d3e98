/** Runs `audit`: compares, shows how far it is, and gives the document in the form that was asked for. */

import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { csvOf } from '../audit/csv.ts';
import type { AuditDocument } from '../audit/document.ts';
import { createGathering } from '../audit/gather.ts';
import { type CountingPace, createPace } from '../aws/pace.ts';
import { readFaultOf } from '../aws/read-fault.ts';
import { audit } from '../monitor/audit.ts';
import { defaultPolicies } from '../policies.ts';
import type { AuditOptions } from './audit.ts';
import { openAuditProgress } from './audit-progress.ts';
import { printAudit } from './audit-view.ts';
import { exitCodes, UserFault } from './fault.ts';
import { openSession } from './session.ts';
import { takeStop, unlessStopped } from './stop.ts';
import type { Terminal } from './terminal.ts';

export async function runAudit(terminal: Terminal, options: AuditOptions): Promise<number> {
  const stop = takeStop();
  if (options.html !== undefined) await checkWritable(options.html);
  const pace = createPace(options.rate ?? Number.POSITIVE_INFINITY);
  const calls = counterOf(pace);
  const [first, ...others] = options.registry ?? [];
  const { source, ports } = await openSession(terminal, options, first, pace);
  const { prefix, destination: destinations = [], since, concurrency: atOnce } = options;
  const gathering = createGathering(Date.now(), {
    ...(prefix === undefined ? {} : { prefix }),
    ...(destinations.length === 0 ? {} : { destinations }),
  });
  const sources = [source, ...others];
  const progress = await openAuditProgress(terminal, sources, calls);
  const wish = {
    sources,
    destinations,
    atOnce,
    settings: options.settings === true,
    ...(prefix === undefined ? {} : { prefix }),
    ...(since === undefined ? {} : { since }),
  };
  const work = audit(
    { ...ports, now: Date.now, faultOf: readFaultOf },
    defaultPolicies,
    wish,
    gathering,
    progress.note,
  );
  const interrupted = (await unlessStopped(stop, work).finally(progress.end)) === 'stopped';
  const document = gathering.document({ endedAt: Date.now(), interrupted, calls: calls() });
  await write(terminal, document, options);
  return exitCodeOf(document);
}

/** All calls so far, whenever it is asked. */
function counterOf(pace: CountingPace): () => number {
  let total = 0;
  return () => {
    for (const calls of pace.takeCalls().values()) total += calls;
    return total;
  };
}

function exitCodeOf({ outcome }: AuditDocument): number {
  switch (outcome) {
    case 'clean':
      return exitCodes.clean;
    case 'not-clean':
      return exitCodes.notClean;
    case 'incomplete':
      return exitCodes.couldNotTell;
  }
}

async function write(terminal: Terminal, document: AuditDocument, options: AuditOptions): Promise<void> {
  if (options.json) terminal.printJson(document);
  else if (options.csv) terminal.printRaw(csvOf(document));
  else printAudit(terminal, document, options.most);
  if (options.html !== undefined) {
    const { renderReport } = await import('../report/report.ts');
    await writeFile(options.html, renderReport(document)).catch((error: unknown) => {
      throw new UserFault(`--html ${options.html}: ${writeFaultOf(error)}`, exitCodes.couldNotTell);
    });
    terminal.say(`Written: ${options.html}`);
  }
  for (const { registry, unreadable } of document.sources) {
    if (unreadable === undefined) continue;
    terminal.say(`error: ${registry}: its rules or repositories could not be read (${unreadable})`);
  }
  if (document.interrupted) terminal.say('stopped: what is said here is true, but not all');
}

/** Found out before an hour of reading, not after it. */
async function checkWritable(file: string): Promise<void> {
  const isFolder = await stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (isFolder) throw new UserFault(`--html ${file}: is a folder; name a file in it`);
  await access(dirname(file), constants.W_OK).catch((error: unknown) => {
    throw new UserFault(`--html ${file}: ${writeFaultOf(error)}`);
  });
}

function writeFaultOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such folder';
  return code === 'EACCES' ? 'may not be written' : `cannot be written (${String(code ?? error)})`;
}
