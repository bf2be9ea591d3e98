/** Budgets that are committed, and what is wrong with what was measured. */

/** By the name of a bundle, and of a scene. */
export interface Budgets {
  readonly bundleBytes: Readonly<Record<string, number>>;
  readonly ecrCallsPerReplica: Readonly<Record<string, number>>;
}

/** Builds differ by a few bytes from one version of a tool to the next; nobody has to answer for those. */
const tolerance = 0.05;

/** A line for each budget that is overspent, missing, or for something that is no more. */
export function overspent(budgets: Budgets, measured: Budgets): readonly string[] {
  return (Object.keys(budgets) as (keyof Budgets)[]).flatMap((kind) => {
    const names = new Set([...Object.keys(budgets[kind]), ...Object.keys(measured[kind])]);
    return [...names].flatMap((name) =>
      faultOf(`${kind} of ${name}`, budgets[kind][name], measured[kind][name]),
    );
  });
}

function faultOf(what: string, budget: number | undefined, measured: number | undefined): readonly string[] {
  if (budget === undefined) return [`${what}: ${measured} has no budget`];
  if (measured === undefined) return [`${what}: has a budget, and is no more`];
  if (measured <= budget * (1 + tolerance)) return [];
  const percent = ((measured / budget - 1) * 100).toFixed(1);
  return [`${what}: ${measured} is ${percent} % more than its budget of ${budget}`];
}
