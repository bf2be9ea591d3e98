/** Every length limit of every channel, and the only ways in which text is cut: each says that it was, and where the rest is. */

/** SNS API Reference, Publish: a subject has fewer than 100 ASCII characters, none of them a control character. */
export const subjectLimit = 99;
/** SNS API Reference, Publish: 262,144 bytes, the names, types and values of the attributes among them. */
export const publicationLimit = 262_144;
/** Bytes of one text as it stands in the publication, which is JSON: three of them leave 22,144 for all else. */
export const textLimit = 80_000;
/** Bytes of one attribute's value. ECR and AWS allow 256 at most for anything that stands in one. */
export const attributeLimit = 1_000;
/** Characters of ECR's failure code, of which nothing is published; real ones are a few words. */
export const failureCodeLimit = 300;

/** Amazon Q Developer in chat applications, "Custom notifications": characters of a title and of a description. */
export const chatTitleLimit = 250;
export const chatDescriptionLimit = 8_000;
/** Characters of one next step. AWS publishes no limit; only a command on a very long name comes near this one. */
export const chatStepLimit = 1_000;

/** Slack, Block Kit reference: characters of a header and of a section's text, blocks of a message. */
export const slackHeaderLimit = 150;
export const slackTextLimit = 3_000;
export const slackBlocksLimit = 50;
/** Slack, "Rate limits": an incoming webhook takes about one message a second. */
export const slackSpacingMilliseconds = 1_000;

/** Where everything is that a notice had no room for: an index of the table, and the group's key in it. */
export function restOf(key: string, index: 'open' | 'changes', write: (name: string) => string): string {
  return `all are in the table of incidents: index ${write(index)}, key ${write(key)}`;
}

/** A subject line that SNS takes: printable ASCII, cut with an ellipsis of three dots. */
export function subjectLine(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]+/g, '?').trim();
  return ascii.length <= subjectLimit ? ascii : `${ascii.slice(0, subjectLimit - 3)}...`;
}

/** Bytes that a text takes as a JSON string: quotes and control characters grow, and SNS counts them grown. */
export function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}

export function characters(text: string): number {
  return text.length;
}

/** Text of at most `limit` by its measure; what is cut is replaced by `rest`, which says how to see it. */
export function cut(
  text: string,
  limit: number,
  rest: string,
  measure: (text: string) => number = jsonBytes,
): string {
  if (measure(text) <= limit) return text;
  let [fits, tooLong] = [0, text.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (measure(startOf(text, middle) + rest) <= limit) fits = middle;
    else tooLong = middle;
  }
  return startOf(text, fits) + rest;
}

/** The first characters; one that is made of two code units stays whole or goes. */
function startOf(text: string, length: number): string {
  return text.slice(0, /[\ud800-\udbff]/.test(text.charAt(length - 1)) ? length - 1 : length);
}

/** As many of the lines as fit into `limit` characters, whole, and then the line that says what is left out. */
export function linesWithin(
  lines: readonly string[],
  limit: number,
  restLine: (left: number) => string,
): readonly string[] {
  if (lines.join('\n').length <= limit) return lines;
  let room = limit - restLine(lines.length).length;
  const kept: string[] = [];
  for (const line of lines) {
    room -= line.length + 1;
    if (room < 0) break;
    kept.push(line);
  }
  return [...kept, restLine(lines.length - kept.length)];
}
