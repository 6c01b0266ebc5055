// npm run soak [-- minutes [scenario [kernel]]]: stress, or another scenario without end, on real threads for a long time. Memory must not grow,
// no step may be lost, and the shadow, which compares itself with physical memory at the end, must find no difference. Ends with 1 when one of
// these is not so.

import { builtinKernel, DEFAULT_KERNEL } from '../machines/kernels/index.ts';
import { invariants } from '../src/check/invariants/index.ts';
import { ThreadsRun } from '../src/runtime/threads/index.ts';
import { builtinScenario } from '../src/scenario/builtin/index.ts';
import { compile } from '../src/scenario/compile.ts';

const [minutesText = '10', scenarioName = 'stress', kernelName = DEFAULT_KERNEL] = process.argv.slice(2);
const minutes = Number(minutesText);
/** Samples of memory while the run goes on. */
const SAMPLES = 40;
/** Growth of the median of the last third over that of the first, behind the warm-up, that counts as none. */
const NO_GROWTH = 1.05;

const kernel = builtinKernel(kernelName)!;
const run = new ThreadsRun({
  kernel, topology: compile(builtinScenario(scenarioName)!, kernel), seed: Date.now() & 0xffff, invariants, limits: { seconds: minutes * 60 }, threads: { workers: 2 },
});
let next = 1;
let batches = 0;
run.batches.subscribe(({ first, count }) => {
  if (first !== next) throw new Error(`a batch begins with step ${first} and not with ${next}`);
  next += count;
  batches++;
});
const megabytes: number[] = [];
const sample = setInterval(() => {
  megabytes.push(process.memoryUsage().rss / 1e6);
  process.stdout.write(`${((megabytes.length * minutes) / SAMPLES).toFixed(1)} min: ${(next - 1).toLocaleString('en')} steps, ${megabytes.at(-1)!.toFixed(0)} MB\n`);
}, (minutes * 60_000) / SAMPLES);
const result = await run.start();
clearInterval(sample);

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
// The first tenth is warm-up.
const steady = megabytes.slice(SAMPLES / 10);
const third = Math.floor(steady.length / 3);
const growth = median(steady.slice(-third)) / median(steady.slice(0, third));
const executed = result.workers!.reduce((sum, { steps }) => sum + steps, 0);
const problems = [
  ...(result.why === 'seconds' ? [] : [`the run ended early: ${result.violation?.sentence ?? result.why}`]),
  ...(executed === result.steps && next - 1 === result.steps ? [] : [`the workers executed ${executed} steps, the shadow ${result.steps}, and ${next - 1} were sent`]),
  ...(growth <= NO_GROWTH ? [] : [`memory has grown to ${growth.toFixed(2)} times what it was`]),
];
process.stdout.write(`${result.steps.toLocaleString('en')} steps in ${batches.toLocaleString('en')} batches, memory ${growth.toFixed(2)} times what it was; `
  + `the shadow is physical memory, word for word\n${problems.length === 0 ? 'held' : problems.join('\n')}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
