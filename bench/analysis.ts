// What the analyses of src/check take of each step: node dist/bench/analysis.js, behind a build. Differences between runs of the same
// schedule with every step's footprint, with and without them; each in a process of its own, medians over rounds.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const [only, rounds = '3'] = process.argv.slice(2);
const measure = fileURLToPath(new URL('./measure.js', import.meta.url));
const labels: Readonly<Record<string, string>> = { lockOrder: 'lock order', races: 'data races', windows: 'race windows', analysis: 'all, with counts' };
const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

for (const scenario of only === undefined ? ['SC01', 'SC08', 'stress-small', 'stress'] : [only]) {
  const taken: Record<string, number[]> = {};
  for (let round = 0; round < Number(rounds); round++) {
    for (const variant of ['simulate', 'footprint', ...Object.keys(labels)]) {
      (taken[variant] ??= []).push(Number(execFileSync(process.execPath, [measure, variant, scenario], { encoding: 'utf8' })));
    }
  }
  const base = median(taken['footprint']!);
  process.stdout.write(`scenario ${scenario}: simulate ${median(taken['simulate']!).toFixed(0)} ns/step, with footprints ${base.toFixed(0)}; besides, of each step\n`);
  for (const [variant, label] of Object.entries(labels)) process.stdout.write(`  ${label.padEnd(20)} ${(median(taken[variant]!) - base).toFixed(0).padStart(5)} ns\n`);
}
