/** Whether a stream gets colours: what the user says first, then what the environment says, then what the stream is. */

import { styleText } from 'node:util';

type Environment = Readonly<Record<string, string | undefined>>;

/** `asked`: false with --no-color. https://no-color.org and Node's own order: FORCE_COLOR goes before NO_COLOR. */
export function wantsColor(asked: boolean, environment: Environment, isTerminal: boolean): boolean {
  if (!asked) return false;
  const { FORCE_COLOR: force = '', NO_COLOR: none = '', TERM: term } = environment;
  if (force !== '') return force !== '0' && force !== 'false';
  if (none !== '') return false;
  return isTerminal && term !== 'dumb';
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export type Paint = (style: Style, text: string) => string;

export function painter(color: boolean): Paint {
  return (style, text) => (color ? styleText(style, text, { validateStream: false }) : text);
}
