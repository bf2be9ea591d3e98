/** Whose credentials a command uses and where: what the user said, then the environment, then the profile. */

import { readCaller } from '../aws/caller.ts';
import { type Pace, stsClient } from '../aws/clients.ts';
import { type RegistryPorts, registryPorts } from '../aws/registry-ports.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import { parseReadRole } from '../setting.ts';
import { exitCodes, UserFault } from './fault.ts';
import type { GlobalOptions, ReadRoleOptions } from './options.ts';
import type { Terminal } from './terminal.ts';

export interface Session {
  /** The registry that the command is about. */
  readonly source: Registry;
  /** The caller's own account, in the same Region. */
  readonly home: Registry;
  readonly ports: RegistryPorts;
}

/**
 * `named`: by an image URI or an option, which goes before --region and the caller's account. DescribeRegistry takes no
 * account: another one's rules can only be read with its own credentials, or by a role there.
 */
export async function openSession(
  terminal: Pick<Terminal, 'say'>,
  options: Partial<GlobalOptions> & ReadRoleOptions,
  named?: Registry,
  pace?: Pace,
): Promise<Session> {
  const { readRole = '', externalId = '', region } = options;
  const role = parseReadRole(readRole, externalId);
  if (!role.ok) throw new UserFault(`--read-role: ${role.fault}`);
  if (named !== undefined && region !== undefined && named.region !== region) {
    terminal.say(`The registry is ${registryKey(named)}: --region ${region} is left aside.`);
  }
  const home = await readCaller(stsClient(named?.region));
  const source = named ?? home;
  if (source.account !== home.account) {
    if (role.value === undefined) {
      throw new UserFault(
        `the credentials are of account ${home.account}, and the registry is in account ${source.account}: use a --profile of that account, or --read-role with a role there`,
        exitCodes.couldNotTell,
      );
    }
    terminal.say(`The registry is in account ${source.account}: read by its role ${role.value.name}.`);
  }
  return { source, home, ports: registryPorts(home, role.value, Date.now, pace) };
}
