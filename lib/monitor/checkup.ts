/** What `doctor` finds out, check by check: passed, failed with the cure, or could not tell and why. */

import type { Step } from '../alert/cure.ts';
import { type Registry, registryKey } from '../image/registry.ts';
import type { ReadFault } from '../replication/verdict.ts';

/** `about`: a registry, or `monitor` for what is deployed of it. */
export interface Check {
  readonly about: string;
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'could-not-tell';
  readonly text: string;
  /** Of a check that failed, or could not tell. */
  readonly cures: readonly Step[];
}

export function passed(about: Registry | 'monitor', name: string, text: string): Check {
  return { about: nameOf(about), name, result: 'passed', text, cures: [] };
}

export function failed(
  about: Registry | 'monitor',
  name: string,
  text: string,
  cures: readonly Step[],
): Check {
  return { about: nameOf(about), name, result: 'failed', text, cures };
}

/** `permission`: what has to be allowed, should that be the reason. */
export function untold(about: Registry | 'monitor', name: string, why: ReadFault, permission: string): Check {
  return {
    about: nameOf(about),
    name,
    result: 'could-not-tell',
    text: `could not be read (${why})`,
    cures: [cureOf(about, why, permission)],
  };
}

function cureOf(about: Registry | 'monitor', why: ReadFault, permission: string): Step {
  const where =
    about === 'monitor' ? 'this account and Region' : `${about.region} of account ${about.account}`;
  switch (why) {
    case 'access-denied':
      return {
        say: `Allow ${permission} in ${where}; for another account, name a role there by --read-role.`,
      };
    case 'region-unavailable':
      return { say: `See the network, and whether ${where} can be reached from here.` };
    default:
      return { say: 'Try again in a minute.' };
  }
}

function nameOf(about: Registry | 'monitor'): string {
  return about === 'monitor' ? about : registryKey(about);
}
