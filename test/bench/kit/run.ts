/** Runs one bench in a process of its own and answers its report as JSON: no bench inherits another one's heap. */

import { resolve } from 'node:path';
import type { Bench } from './report.ts';

const [path = '', mode = ''] = process.argv.slice(2);
const { bench } = (await import(resolve(path))) as { readonly bench: Bench };
const report = await bench.run({ quick: mode === 'quick' });
process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit());
