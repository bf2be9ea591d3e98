/** How long a replica took, as far as the times of source and destination tell. */

/** Clocks of two Regions may be this far apart, and event times are whole seconds. */
const skewSeconds = 5;

/**
 * Whole seconds from push to arrival. Undefined when it arrived before it was pushed: then this push only added
 * a tag to an image that had been there, and ECR does not tell when the tag came.
 */
export function lagSeconds(pushedAt: number, arrivedAt: number | undefined): number | undefined {
  if (arrivedAt === undefined) return undefined;
  const lag = (arrivedAt - pushedAt) / 1000;
  return lag < -skewSeconds ? undefined : Math.max(0, Math.round(lag));
}
