// How often each fuzz property is tried, and from which seed: `npm run fuzz` sets both, `npm test` takes what is here.

/** `usual`: in `npm test`. A longer run tries each property as often as it is told. */
export function runs(usual: number): { readonly numRuns: number; readonly seed: number } {
  const wanted = Number(process.env['FUZZ_RUNS'] ?? '');
  const seed = Number(process.env['FUZZ_SEED'] ?? '');
  return {
    numRuns: Number.isInteger(wanted) && wanted > 0 ? wanted : usual,
    seed: Number.isInteger(seed) && seed !== 0 ? seed : 20_261_124,
  };
}

/** Time for all of them; nothing here measures time, but what hangs must end. */
export function timeFor(usual: number): number {
  return 120_000 + 500 * runs(usual).numRuns;
}
