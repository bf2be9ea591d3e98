/** Slack's incoming webhook: one message, one answer. The address is a secret and stands in no error. */

import type { SlackAnswer, SlackPorts } from '../ports.ts';

/** Slack answers in well under a second; what takes longer will not answer at all. */
const timeoutMilliseconds = 10_000;

/** `now`: epoch milliseconds, to read a `Retry-After` that names a time. */
export function slackWebhook(
  now: () => number,
  timeout: number = timeoutMilliseconds,
): SlackPorts['postToSlack'] {
  return async (address, message) => {
    if (!isWebhook(address)) throw new Error("the Slack webhook's address is not an https address");
    try {
      const response = await fetch(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json; charset=utf-8' },
        body: JSON.stringify(message),
        // A followed redirect would become a GET that somebody's page answers with 200.
        redirect: 'manual',
        signal: AbortSignal.timeout(timeout),
      });
      return answerOf(response.status, response.headers.get('retry-after'), await response.text(), now());
    } catch (error) {
      // Not as a cause: what fetch throws may hold the address, and Lambda logs causes.
      throw new Error(`Slack did not answer: ${reasonOf(error)}`);
    }
  };
}

/** Plain HTTP would show the secret to everybody on the way; on the machine itself there is nobody. */
function isWebhook(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1');
}

function answerOf(status: number, retryAfter: string | null, body: string, now: number): SlackAnswer {
  const retryAfterSeconds = secondsOf(retryAfter, now);
  // Slack answers one word, such as `invalid_blocks`. Anything else may be a proxy's page that repeats the address.
  const word = /^[a-z][a-z_]{0,59}$/.exec(body.trim())?.[0];
  return {
    status,
    ...(word === undefined ? {} : { word }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** RFC 9110, "Retry-After": seconds, or a time. */
function secondsOf(retryAfter: string | null, now: number): number | undefined {
  if (retryAfter === null) return undefined;
  if (/^\d{1,9}$/.test(retryAfter.trim())) return Number(retryAfter);
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - now) / 1000));
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  if (error.name === 'TimeoutError') return 'time-out';
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return /^[A-Z][A-Z0-9_]*$/.test(code) ? code : 'no connection';
}
