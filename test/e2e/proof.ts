/** What was proved, line by line: whether it held, how long it took, what was seen. */

export interface Proof {
  /** Runs one step; what it answers is shown behind its sentence. A step that throws has failed, and the others go on. */
  readonly check: (sentence: string, run: () => Promise<string | undefined>) => Promise<void>;
  /** The same for a step without which the others make no sense: throws Stopped when it fails. */
  readonly must: (sentence: string, run: () => Promise<string | undefined>) => Promise<void>;
  readonly note: (text: string) => void;
  readonly counts: () => { readonly passed: number; readonly failed: number };
}

/** The step that others rest on has failed, and was told. */
export class Stopped extends Error {}

export function startProof(write: (line: string) => void): Proof {
  let passed = 0;
  let failed = 0;

  async function holds(sentence: string, run: () => Promise<string | undefined>): Promise<boolean> {
    const startedAt = performance.now();
    const told = (outcome: string, seen: string | undefined): void => {
      const seconds = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`;
      const more = seen === undefined ? '' : ` (${seen})`;
      write(`${outcome.padEnd(6)} ${seconds.padStart(8)}  ${sentence}${more}\n`);
    };
    try {
      const seen = await run();
      passed += 1;
      told('ok', seen);
      return true;
    } catch (error) {
      failed += 1;
      told('FAILED', undefined);
      write(`${wordsOf(error).replace(/^/gm, '        | ')}\n`);
      return false;
    }
  }

  return {
    check: async (sentence, run) => {
      await holds(sentence, run);
    },
    must: async (sentence, run) => {
      if (!(await holds(sentence, run))) throw new Stopped(sentence);
    },
    note: (text) => write(`${text}\n`),
    counts: () => ({ passed, failed }),
  };
}

/** What it says, and where in the story it was said. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const where = error.stack?.split('\n').find((line) => line.includes('/story.ts'));
  return [error.message.trim(), ...(where === undefined ? [] : [where.trim()])].join('\n');
}
