// Explores with the public API: every interleaving of one scenario, a sample of another, and what was found made small.

import { builtinScenario, compile, invariants, kernels, Sampler, Search, shrink } from 'faultline';

const kernel = kernels.find(({ name }) => name === 'v6.8')!;
/** What it has said, line by line. */
export const said: string[] = [];
const say = (text: string): void => { said.push(text); };

// Every interleaving. It uses no clock: whoever calls decides how long it goes on.
const deadlock = builtinScenario('SC22')!;
const search = new Search(kernel, compile(deadlock, kernel), { invariants, stop: 'never' });
while (search.advance(1000)) say(`${search.progress().states} states so far`);
const { states, complete, findings } = search.result();
say(`SC22: ${states} states, ${complete ? 'all there are' : 'not all'}`);
for (const { kind, key } of findings) say(`${kind}: ${key}`);

// The same finding by a schedule with the fewest context switches.
const { after } = shrink(kernel, compile(deadlock, kernel), findings[0]!, { scenario: deadlock });
say(`shown by ${after.steps} steps and ${after.switches} context switches`);

// A sample: schedules as a strategy decides, with lock order and data races looked for besides.
const sampler = new Sampler(kernel, compile(deadlock, kernel), { strategy: 'pct', depth: 2, schedules: 500, seed: 7, invariants });
while (sampler.advance(10_000)) { /* until all schedules are executed */ }
const sample = sampler.result();
say(`sampled ${sample.schedules} schedules: ${sample.findings.map(({ id }) => id).join(', ')}`);

console.log(said.join('\n'));
