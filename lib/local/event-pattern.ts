/** Whether an event matches an EventBridge pattern: lists of values, nested keys, and the common filters. */

/** Amazon EventBridge User Guide, "Event pattern syntax". */
export interface EventPattern {
  readonly [key: string]: EventPattern | readonly Condition[];
}

type Scalar = string | number | boolean | null;
type Condition =
  | Scalar
  | { readonly prefix: string }
  | { readonly suffix: string }
  | { readonly 'anything-but': Scalar | readonly Scalar[] }
  | { readonly exists: boolean };

/** Every key of the pattern must be in the event; of a list of conditions one must hold. */
export function matchesPattern(pattern: EventPattern, event: unknown): boolean {
  return Object.entries(pattern).every(([key, wanted]) => {
    const value = valueAt(event, key);
    if (!isConditions(wanted))
      return typeof value === 'object' && value !== null && matchesPattern(wanted, value);
    // A list in the event matches when one of its members does.
    const values: readonly unknown[] = Array.isArray(value) ? value : [value];
    return wanted.some((condition) => values.some((one) => holds(condition, one)));
  });
}

function holds(condition: Condition, value: unknown): boolean {
  if (typeof condition !== 'object' || condition === null) return condition === value;
  if ('exists' in condition) return (value !== undefined) === condition.exists;
  if (value === undefined) return false;
  if ('prefix' in condition) return typeof value === 'string' && value.startsWith(condition.prefix);
  if ('suffix' in condition) return typeof value === 'string' && value.endsWith(condition.suffix);
  const excluded: readonly unknown[] = [condition['anything-but']].flat();
  return !excluded.includes(value);
}

function isConditions(wanted: EventPattern | readonly Condition[]): wanted is readonly Condition[] {
  return Array.isArray(wanted);
}

function valueAt(event: unknown, key: string): unknown {
  return typeof event === 'object' && event !== null
    ? Object.entries(event).find(([name]) => name === key)?.[1]
    : undefined;
}
