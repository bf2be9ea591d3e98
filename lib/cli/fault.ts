/** A user's mistake: one clear line on stderr and an exit code, never a stack trace. */

/** Exit codes are an interface: see README. */
export const exitCodes = { clean: 0, notClean: 1, usage: 2, couldNotTell: 3, timedOut: 4 } as const;

export class UserFault extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = exitCodes.usage) {
    super(message);
    this.exitCode = exitCode;
  }
}
