/** Every length limit of every channel, and the one way in which text is cut: it says that it was, and where the rest is. */

/** SNS API Reference, Publish: a subject has fewer than 100 ASCII characters, none of them a control character. */
export const subjectLimit = 99;
/** SNS API Reference, Publish: 262,144 bytes with attributes; all texts of one publication share them. */
export const publicationLimit = 262_144;
/** What one text may take, so that all the texts of a publication and its attributes fit together. */
export const textLimit = 60_000;

/** A subject line that SNS takes: printable ASCII, cut with an ellipsis of three dots. */
export function subjectLine(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, '?').trim();
  return ascii.length <= subjectLimit ? ascii : `${ascii.slice(0, subjectLimit - 3)}...`;
}

/** Text of at most `limit` UTF-8 bytes; what is cut is replaced by `rest`, which says how to see it. */
export function cut(text: string, limit: number, rest: string): string {
  if (Buffer.byteLength(text) <= limit) return text;
  const room = limit - Buffer.byteLength(rest);
  // A cut in the middle of a character leaves U+FFFD at the end: drop it.
  return Buffer.from(text).subarray(0, Math.max(0, room)).toString('utf8').replace(/�+$/, '') + rest;
}
