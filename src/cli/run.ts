// faultline run: one run of a scenario.

import { DEFAULT_KERNEL } from '../../machines/kernels/index.ts';
import { invariants } from '../check/invariants/index.ts';
import { nearest } from '../kernel/nearest.ts';
import type { Run, RunResult } from '../runtime/run.ts';
import { examples, type CommandDefinition } from './command.ts';
import { UsageError } from './errors.ts';
import { blamingKernel, findKernel } from './kernels.ts';
import { line, write } from './output.ts';
import { patiently } from './patience.ts';
import { picture } from './picture.ts';
import { showProgress } from './progress.ts';
import { mayWrite, Recording } from './recording.ts';
import { exitCodeOf, heading, jsonReport, keepLastSteps, textReport } from './run-report.ts';
import { runtimes } from './runtimes.ts';
import { defaultScenario, findScenario } from './scenarios.ts';
import { withVcpus } from '../scenario/with-vcpus.ts';
import { withSpareVcpus } from '../scenario/spare-vcpus.ts';
import * as values from './values.ts';

/** Steps of a run for which nobody gave a limit. */
const DEFAULT_STEPS = 1_000_000;

interface Options {
  kernel?: string; runtime: string; vcpus?: number; seed: number; steps?: number; seconds?: number; trace?: string; json?: boolean; force?: boolean;
  spareVcpus?: number;
}

/** The command `run`. */
export const run: CommandDefinition = (program, done) => {
  program.command('run')
    .description('run a scenario once and check every step')
    .argument('[scenario]', 'name of a scenario, or a file: .json, .ts, .js', defaultScenario())
    .option('-k, --kernel <kernel>', `a kernel, or a file with your own (default: ${DEFAULT_KERNEL})`)
    .option('--runtime <runtime>', `who picks the next step: ${runtimes.map(({ name }) => name).join(', ')}`, 'simulate')
    .option('--vcpus <n>', 'give each VM n vCPUs: its first n, or its own and then those from the second on again, in turn', values.vcpus)
    .option('--spare-vcpus <n>', 'add so many vCPUs to the first VM that run what comes from outside', values.spareVcpus)
    .option('--seed <n>', 'seed of every random choice', values.seed, 1)
    .option('--steps <n>', `end after so many steps (default: ${DEFAULT_STEPS}, unless --seconds)`, values.steps)
    .option('--seconds <s>', 'end after so many seconds', values.seconds)
    .option('--trace <file>', 'keep the trace in this file (default: traces/last.trace)')
    .option('--force', 'overwrite the file that --trace names')
    .option('--json', 'say the result as JSON')
    .addHelpText('after', examples('faultline run', 'faultline run SC01 --seed 7', 'faultline run stress --vcpus 8 --seconds 60 --trace stress.trace', 'faultline run SC01 --kernel ./my-patch.ts'))
    .action(async (scenario: string, options: Options) => done(await runScenario(scenario, options)));
};

async function runScenario(scenarioName: string, options: Options): Promise<number> {
  const kernel = findKernel(options.kernel ?? DEFAULT_KERNEL);
  const { vcpus, spareVcpus = 0 } = options;
  const { scenario, topology } = findScenario(scenarioName, kernel.kernel, vcpus === undefined && spareVcpus === 0 ? undefined
    : (found) => withSpareVcpus(vcpus === undefined ? found : withVcpus(found, vcpus, kernel.kernel.calls), spareVcpus));
  const runtime = runtimes.find(({ name }) => name === options.runtime);
  if (runtime === undefined) {
    throw new UsageError(`there is no runtime '${options.runtime}'${nearest(options.runtime, runtimes.map(({ name }) => name)) || `; there is ${runtimes.map(({ name }) => name).join(', ')}`}`);
  }
  if (options.trace !== undefined) mayWrite('--trace', options.trace, options.force === true);
  const { seed } = options;
  const limits = { steps: options.steps ?? (options.seconds === undefined ? DEFAULT_STEPS : undefined), seconds: options.seconds };
  const around = kernel.text === undefined ? undefined : patiently(() => opened.world);
  const opened: Run = await blamingKernel(kernel, () => runtime.open({ kernel: kernel.kernel, topology, scenario, seed, invariants, limits, around }));
  const recording = new Recording(opened, runtime.name, kernel, scenario, options.trace, options.force === true);
  if (options.json !== true) await write(heading({ scenario, kernel, runtime: runtime.name, seed, plan: opened.world.plan }, picture(topology)));
  const lastSteps = keepLastSteps(opened);
  const result = await blamingKernel(kernel, () => finished(opened, recording));
  if (recording.problem !== undefined) throw recording.problem;
  const facts = {
    scenario, scenarioName, vcpus, topology, kernel, kernelName: options.kernel ?? '', runtime: runtime.name, seed, invariants, result, lastSteps,
    trace: recording.file, traceNamed: options.trace !== undefined, spareVcpus,
  };
  await (options.json === true ? line(JSON.stringify(jsonReport(facts), null, 2)) : write(textReport(facts)));
  return exitCodeOf(result);
}

/** Runs to the end, or to Ctrl-C; whatever happens, the trace is whole up to there. */
async function finished(opened: Run, recording: Recording): Promise<RunResult> {
  const hideProgress = showProgress(opened);
  const stop = (): void => opened.stop();
  // A second Ctrl-C meets no handler: it ends the process at once.
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
  let result: RunResult | undefined;
  try {
    result = await opened.start();
    return result;
  } finally {
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
    hideProgress();
    recording.finish(result);
  }
}
