import { it } from 'vitest';
import { ireland, sydney } from '../samples.ts';
import { morning } from '../world.ts';
import { createSimulation, minutesOf } from './simulation.ts';
it('x', { timeout: 200000 }, async () => {
  for (const total of [12_000, 30_000]) {
    const sim = createSimulation();
    for (let n = 0; n < total; n += 1) { const i = sim.push(`prod-${n % 50}`, `${n}`); sim.arrive(i, sydney); sim.claim(i, { destination: ireland, status: 'FAILED' }); }
    await sim.pass(3 * 3600);
    console.log(total, minutesOf(sim, morning).join(', '), sim.told.reduce((s, { news }) => s + news.opened, 0), sim.told.at(-1)?.open);
  }
});
