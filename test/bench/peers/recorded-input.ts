/** The input of a call that a function was seen to make, as a peer writes it into its own source. */

import type { Call } from '../../security/requests.ts';

/** The table that a function's calls were recorded on; each start has one of its own, which peers have in `table`. */
export function recordedTable(functionName: string): string {
  return `recorded-${functionName}`;
}

/** An expression of JavaScript, as the SDK takes it. */
export function textOfInput(call: Call): string {
  if (call.service === 'sns') return JSON.stringify(nested(call.input));
  // CloudWatch's times are seconds on the wire, and dates in the SDK.
  return textOfWire(call).replace(/"Timestamp":([0-9.]+)/g, '"Timestamp":new Date($1*1000)');
}

/** The same as it goes over the wire in AWS JSON. */
export function textOfWire({ input }: Call): string {
  return JSON.stringify(input)
    .replace(/"recorded-[a-z-]+":/g, '[table]:')
    .replace(/"recorded-[a-z-]+"/g, 'table');
}

/** Of SNS, which takes a form: `MessageAttributes.entry.1.Name` and so on. */
function nested(form: Readonly<Record<string, unknown>>): object {
  const { Action: _, Version: __, ...fields } = form;
  const attributes: Record<string, Record<string, unknown>> = {};
  const plain: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(fields)) {
    const [, entry, part] = /^MessageAttributes\.entry\.(\d+)\.Value\.(\w+)$/.exec(key) ?? [];
    if (entry !== undefined && part !== undefined) {
      const name = String(fields[`MessageAttributes.entry.${entry}.Name`]);
      attributes[name] = { ...attributes[name], [part]: value };
    } else if (!key.startsWith('MessageAttributes.')) plain[key] = value;
  }
  return { ...plain, MessageAttributes: attributes };
}
