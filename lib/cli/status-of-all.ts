/** Runs `status` without an image: what a deployed monitor has open, group by group, the oldest first. */

import { causeOf } from '../alert/cause.ts';
import { clockTime, count, duration } from '../alert/words.ts';
import { dynamoDbClient } from '../aws/clients.ts';
import { incidentTable } from '../aws/incident-table.ts';
import { noticeTable } from '../aws/notice-table.ts';
import { imageName } from '../image/reference.ts';
import { registryKey } from '../image/registry.ts';
import type { Group, Incident } from '../incident/incident.ts';
import { exitCodes } from './fault.ts';
import { tableName } from './options.ts';
import type { StatusOptions } from './status.ts';
import type { Terminal } from './terminal.ts';
import { bold, dim, green, red, yellow } from './text.ts';

interface OpenGroup {
  readonly group: Group;
  readonly count: number;
  readonly oldest: readonly Incident[];
}

export async function runStatusOfAll(terminal: Terminal, options: StatusOptions): Promise<number> {
  const table = { client: dynamoDbClient(), name: tableName(options.table) };
  const { readOpen } = incidentTable(table);
  const groups: OpenGroup[] = [];
  for (const group of await noticeTable(table).readGroups()) {
    for (const one of [group, { ...group, muted: true as const }]) {
      const open = await readOpen(one, options.most);
      if (open.ids.size > 0) groups.push({ group: one, count: open.ids.size, oldest: open.oldest });
    }
  }
  groups.sort((a, b) => sinceOf(a) - sinceOf(b));
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  if (options.json) terminal.printJson({ version: '1', open: total, groups: groups.map(documentOf) });
  else if (total === 0) terminal.print(green('Nothing is open.'));
  else printGroups(terminal, groups, Date.now());
  return total === 0 ? exitCodes.clean : exitCodes.notClean;
}

function sinceOf({ oldest: [first] }: OpenGroup): number {
  return first?.openedAt ?? Number.POSITIVE_INFINITY;
}

function printGroups(terminal: Terminal, groups: readonly OpenGroup[], now: number): void {
  const columns = [{ title: 'image' }, { title: 'open since' }, { title: 'for' }, { title: 'why' }];
  for (const [index, { group, count: open, oldest }] of groups.entries()) {
    if (index > 0) terminal.print('');
    const muted = group.muted ? yellow(' (comes and goes: not told of)') : '';
    terminal.print([
      red(group.kind),
      bold(` in ${registryKey(group.destination)}`),
      `: ${count(open, 'incident')}`,
      muted,
    ]);
    terminal.printTable(
      columns,
      oldest.map((incident) => [
        incident.kind === 'unreadable' ? '(the whole destination)' : imageName(incident.replica),
        clockTime(incident.openedAt),
        duration((now - incident.openedAt) / 1000),
        causeOf(incident).id,
      ]),
    );
    if (open > oldest.length)
      terminal.print(dim(`… and ${(open - oldest.length).toLocaleString('en-US')} more; --most shows more`));
  }
}

function documentOf({ group, count: open, oldest }: OpenGroup): object {
  return {
    destination: registryKey(group.destination),
    kind: group.kind,
    muted: group.muted === true,
    open,
    incidents: oldest.map((incident) => {
      const { replica, kind } = incident;
      return {
        ...(kind === 'unreadable' ? {} : { image: imageName(replica), digest: replica.digest }),
        source: registryKey(replica.source),
        openedAt: new Date(incident.openedAt).toISOString(),
        pushedAt: new Date(incident.pushedAt).toISOString(),
        lastLookAt: new Date(incident.lastLookAt).toISOString(),
        cause: causeOf(incident).id,
      };
    }),
    notListed: open - oldest.length,
  };
}
