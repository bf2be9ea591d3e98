/** Slack's incoming webhook: one message, one answer. The address is a secret and stands in no error. */

import { request as requestInClear } from 'node:http';
import { request } from 'node:https';
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
      const { status, retryAfter, body } = await post(new URL(address), JSON.stringify(message), timeout);
      return answerOf(status, retryAfter, body, now());
    } catch (error) {
      // Not as a cause: what Node throws may hold the address, and Lambda logs causes.
      throw new Error(`Slack did not answer: ${reasonOf(error)}`);
    }
  };
}

interface Posted {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: string;
}

/**
 * By the module that the SDK has loaded anyway: `fetch` brings a second client, which makes a cold start a fifth longer.
 * A redirect is not followed: it would become a GET that somebody's page answers with 200.
 */
function post(address: URL, message: string, timeout: number): Promise<Posted> {
  const send = address.protocol === 'https:' ? request : requestInClear;
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(message),
    };
    const signal = AbortSignal.timeout(timeout);
    const sent = send(address, { method: 'POST', headers, signal }, (response) => {
      const { statusCode = 0, headers: answered } = response;
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      response.on('end', () =>
        resolve({ status: statusCode, retryAfter: answered['retry-after'] ?? null, body }),
      );
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(message);
  });
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
  const { cause } = error;
  if (error.name === 'TimeoutError' || (cause instanceof Error && cause.name === 'TimeoutError'))
    return 'time-out';
  const code = 'code' in error ? String(error.code) : '';
  return /^[A-Z][A-Z0-9_]*$/.test(code) ? code : 'no connection';
}
