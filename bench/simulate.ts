// npm run bench: steps of simulate against actor.send to the plain XState actors of the same machines, in the same run.
// Prints medians over rounds, and the ratios that DESIGN.md and the issues ask for.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [only, rounds = '3'] = process.argv.slice(2);
const scenarios = only === undefined ? ['SC01', 'SC08', 'stress-small', 'stress'] : [only];
const measure = fileURLToPath(new URL('./measure.js', import.meta.url));
const wanted: Readonly<Record<string, number>> = { simulate: 100, invariants: 40, all: 30 };
const labels: Readonly<Record<string, string>> = {
  xstate: 'plain XState actors', simulate: 'simulate', trace: 'simulate, trace', invariants: 'simulate, all invariants', all: 'simulate, all invariants, trace',
};
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const scenario of scenarios) {
  const taken: Record<string, number[]> = {};
  for (let round = 0; round < Number(rounds); round++) {
    for (const variant of Object.keys(labels)) {
      (taken[variant] ??= []).push(Number(execFileSync(process.execPath, [measure, variant, scenario], { encoding: 'utf8' })));
    }
  }
  const base = median(taken['xstate']!);
  process.stdout.write(`scenario ${scenario}, median of ${rounds} rounds\n`);
  for (const [variant, label] of Object.entries(labels)) {
    const ns = median(taken[variant]!);
    const floor = wanted[variant] === undefined ? '' : `   wanted ${wanted[variant]} x`;
    process.stdout.write(`  ${label.padEnd(32)} ${(1e6 / ns).toFixed(0).padStart(6)} k steps/s ${ns.toFixed(0).padStart(5)} ns/step ${(base / ns).toFixed(0).padStart(4)} x${floor}\n`);
  }
}
