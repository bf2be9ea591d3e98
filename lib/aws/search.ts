/**
 * Which of many ids exist, asked of a call that fails as a whole when a single one does not.
 * All at once first. What fails is divided: by the id that the error names, if it names one, else in halves.
 * The name is a hint for the next try, never evidence: an id is missing only when the calls themselves prove it.
 */

export type Answer<T> =
  | { readonly is: 'complete'; readonly items: ReadonlyMap<string, T> }
  | { readonly is: 'incomplete'; readonly hint?: string };

export interface Found<T> {
  readonly items: ReadonlyMap<string, T>;
  readonly missing: ReadonlySet<string>;
  /** Neither: the calls ran out before these were decided. */
  readonly undecided: readonly string[];
}

/** At most `mostCalls` calls; with one missing id among many that a hint names, two are enough. */
export async function search<T>(
  ids: readonly string[],
  ask: (ids: readonly string[]) => Promise<Answer<T>>,
  mostCalls: number,
): Promise<Found<T>> {
  const items = new Map<string, T>();
  const missing = new Set<string>();
  const undecided: string[] = [];
  let calls = 0;

  /** True when every id of the part exists. */
  async function decide(part: readonly string[]): Promise<boolean> {
    if (part.length === 0) return true;
    if (calls >= mostCalls) {
      undecided.push(...part);
      return false;
    }
    calls += 1;
    const answer = await ask(part);
    if (answer.is === 'incomplete') {
      await divide(part, answer.hint);
      return false;
    }
    for (const id of part) {
      const item = answer.items.get(id);
      if (item === undefined) missing.add(id);
      else items.set(id, item);
    }
    return part.every((id) => answer.items.has(id));
  }

  /** A call for exactly this part has failed: at least one id in it is missing. */
  async function divide(part: readonly string[], hint: string | undefined): Promise<void> {
    const [only] = part;
    if (part.length === 1 && only !== undefined) {
      missing.add(only);
      return;
    }
    const [first, second] = split(part, hint);
    if (!(await decide(first))) await decide(second);
    // The first half exists whole, so what is missing is in the second: asking for all of it would only fail again.
    else await divide(second, undefined);
  }

  await decide(ids);
  return { items, missing, undecided };
}

function split(part: readonly string[], hint: string | undefined): [readonly string[], readonly string[]] {
  if (hint !== undefined && part.includes(hint)) return [part.filter((id) => id !== hint), [hint]];
  const middle = Math.ceil(part.length / 2);
  return [part.slice(0, middle), part.slice(middle)];
}
