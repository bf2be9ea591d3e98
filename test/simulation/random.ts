/** The one source of chance of a run: the same seed draws the same numbers, on every machine, for ever. */

/** Draws are independent of each other by name: what one part of the world draws does not change what another gets. */
export interface Random {
  /** From 0 up to, not including, 1. */
  readonly next: () => number;
  /** A whole number below `count`. */
  readonly below: (count: number) => number;
  readonly between: (least: number, most: number) => number;
  readonly happens: (probability: number) => boolean;
  readonly pick: <T>(from: readonly [T, ...T[]]) => T;
  readonly named: (name: string) => Random;
}

/** sfc32 (PractRand's small fast counting generator), started from a hash of the seed and the name. */
export function createRandom(seed: number, name = ''): Random {
  let [a, b, c, counter] = stateOf(`${seed} ${name}`);

  function next(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + sum) | 0;
    return (sum >>> 0) / 4_294_967_296;
  }

  // The first numbers still show the state that they began with.
  for (let warm = 0; warm < 12; warm += 1) next();
  const below = (count: number): number => Math.floor(next() * count);
  return {
    next,
    below,
    between: (least, most) => least + next() * (most - least),
    happens: (probability) => probability > 0 && next() < probability,
    pick: (from) => from[below(from.length)] ?? from[0],
    named: (inner) => createRandom(seed, `${name}/${inner}`),
  };
}

/** FNV-1a over the text, four times with another start. */
function stateOf(text: string): [number, number, number, number] {
  const hash = (start: number): number => {
    let value = start;
    for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619);
    return value ^ (value >>> 15);
  };
  return [hash(0x811c9dc5), hash(0x01234567), hash(0x2468ace1), 1];
}
