// One run on real threads, measured in the middle; prints steps a second, and steps per second of processor time.

import { availableParallelism } from 'node:os';
import { kernels } from '../machines/kernels/index.ts';
import { invariants } from '../src/check/invariants/index.ts';
import { ThreadsRun } from '../src/runtime/threads/index.ts';
import { builtinScenario } from '../src/scenario/builtin/index.ts';
import { compile } from '../src/scenario/compile.ts';
import { apart } from './scenarios.ts';
import { repeated } from './variants.ts';

const [name = 'stress', workers = '1', how = 'checked'] = process.argv.slice(2);
const WARM_MS = 1500;
const MEASURED_MS = 3000;
const kernel = kernels.find((one) => one.name === 'v6.8')!;
const scenario = name === 'apart' ? apart : name === 'stress' ? builtinScenario(name)! : repeated(builtinScenario(name)!);
const run = new ThreadsRun({
  kernel, topology: compile(scenario, kernel), seed: 1, invariants: how === 'checked' || how === 'analysed' ? invariants : [],
  threads: { workers: Number(workers), placement: name === 'apart' ? 'vm' : 'thread', recorded: how !== 'unrecorded', analysed: how === 'analysed' },
});
const ended = run.start();
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
const all = (): number => run.workerSteps().reduce((sum, steps) => sum + steps, 0);
while (all() === 0) await pause(10);
await pause(WARM_MS);
const before = { steps: all(), time: performance.now(), cpu: process.cpuUsage() };
await pause(MEASURED_MS);
const steps = all() - before.steps;
const { user, system } = process.cpuUsage(before.cpu);
const seconds = (performance.now() - before.time) / 1000;
run.stop();
const result = await ended;
if (result.why !== 'interrupted') throw new Error(`${name} ended by itself: ${result.violation?.sentence ?? result.why}`);
if (availableParallelism() < 2) process.stderr.write('one processor: figures of two workers say little\n');
process.stdout.write(`${steps / seconds} ${steps / ((user + system) / 1e6)}\n`);
