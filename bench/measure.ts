// One variant, measured by tinybench in this process; prints the median nanoseconds of a step.

import { Bench } from 'tinybench';
import { kernels } from '../machines/kernels/index.ts';
import { builtinScenario } from '../src/scenario/builtin/index.ts';
import { repeated, variants } from './variants.ts';

const [variant = 'simulate', scenarioName = 'stress-small', kernelName = 'v6.8'] = process.argv.slice(2);
const STEPS = variant === 'xstate' ? 2_000 : 50_000;
const kernel = kernels.find(({ name }) => name === kernelName)!;
const scenario = builtinScenario(scenarioName)!;
const run = variants[variant]!(kernel, scenarioName.startsWith('stress') && scenarioName !== 'stress-small' ? scenario : repeated(scenario));
const bench = new Bench({ time: 1500, warmupTime: 1500 });
bench.add(variant, () => { run(STEPS); });
await bench.run();
const { result } = bench.tasks[0]!;
if (!('latency' in result)) throw new Error(`${variant}: ${JSON.stringify(result)}`);
process.stdout.write(`${(result.latency.p50 * 1e6) / STEPS}\n`);
