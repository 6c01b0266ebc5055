// faultline run: a scenario, once or in many rounds.

import { statSync } from 'node:fs';
import { DEFAULT_KERNEL } from '../../machines/kernels/index.ts';
import type { Run, RunOptions, RunResult } from '../runtime/run.ts';
import { SeedSearch, type SearchEnd } from '../runtime/seed-search.ts';
import { planFor, type RunWorld } from '../runtime/world.ts';
import { withSpareVcpus } from '../scenario/spare-vcpus.ts';
import { withVcpus } from '../scenario/with-vcpus.ts';
import { checkAfter } from './check-after.ts';
import { examples, type CommandDefinition } from './command.ts';
import { mayWrite } from './destination.ts';
import { UsageError } from './errors.ts';
import { Interruption } from './interruption.ts';
import { blamingKernel, findKernel } from './kernels.ts';
import { LastSteps } from './last-steps.ts';
import { line, write } from './output.ts';
import { patiently } from './patience.ts';
import { picture } from './picture.ts';
import { showProgress, showSearch } from './progress.ts';
import { onMemory } from './memory-order.ts';
import { Recording } from './recording.ts';
import { declareOptions, howToRun, type HowToRun, type RunArguments } from './run-options.ts';
import { exitCodeOf, heading, jsonReport, textReport } from './run-report.ts';
import { defaultScenario, findScenario } from './scenarios.ts';

/** The command `run`. */
export const run: CommandDefinition = (program, done) => {
  declareOptions(program.command('run')
    .description('run a scenario and check every step')
    .argument('[scenario]', 'name of a scenario, or a file: .json, .ts, .js', defaultScenario()))
    .addHelpText('after', examples('faultline run', 'faultline run SC01 --seed 7', 'faultline run stress --vcpus 8 --seconds 60 --trace stress.trace',
      'faultline run SC01 --kernel ./my-patch.ts', 'faultline run stress --runtime threads --workers 2 --seconds 10', 'faultline run SC26 --runtime threads --repeat 10000'))
    .action(async (scenario: string, options: RunArguments) => {
      // From here on: whatever is going on when Ctrl-C comes ends in order.
      const interruption = new Interruption();
      try {
        done(await runScenario(scenario, onMemory(options), interruption));
      } finally {
        interruption.forget();
      }
    });
};

async function runScenario(scenarioName: string, given: RunArguments, interruption: Interruption): Promise<number> {
  const kernel = findKernel(given.kernel ?? DEFAULT_KERNEL);
  const { vcpus, spareVcpus = 0 } = given;
  const { scenario, topology } = findScenario(scenarioName, kernel.kernel, vcpus === undefined && spareVcpus === 0 ? undefined
    : (found) => withSpareVcpus(vcpus === undefined ? found : withVcpus(found, vcpus, kernel.kernel.calls), spareVcpus));
  const how = howToRun(given);
  if (given.trace !== undefined) mayWrite('--trace', given.trace, given.force === true);
  const head = async (): Promise<void> => { if (given.json !== true) await write(heading({ scenario, kernel, how, plan: planFor(kernel.kernel, topology) }, picture(topology))); };
  const options: RunOptions = {
    kernel: kernel.kernel, topology, scenario, seed: how.seed, invariants: how.live, limits: how.limits, kernelText: kernel.text, ...(how.threads ? { threads: how.threads } : {}),
  };
  const progress = { quiet: given.json === true };
  const searches = how.threads === undefined && how.repeat !== undefined;
  if (searches) await head();
  const searched = searches ? await blamingKernel(kernel, () => searchSeeds(options, how, kernel.text !== undefined, interruption, progress)) : undefined;

  // Threads have a watchdog of their own.
  let world: RunWorld;
  const around = kernel.text === undefined || how.threads !== undefined ? undefined : patiently(() => world);
  const opened = await blamingKernel(kernel, () => how.runtime.open({ ...options, ...searched?.options, around }));
  world = opened.world;
  const recording = new Recording(opened, how.runtime.name, kernel, scenario, given.trace, given.force === true);
  if (how.check === 'after') mayReplay(recording.file);
  if (!searches) await head();
  const last = new LastSteps(kernel.kernel.table);
  opened.batches.subscribe((batch) => last.take(batch));
  const ran = await blamingKernel(kernel, () => finished(opened, recording, interruption, progress, searched));
  if (recording.problem !== undefined) throw recording.problem;
  const checked = how.check === 'after' ? await blamingKernel(kernel, () => checkAfter(recording.file!, kernel, topology, how.invariants, ran, interruption)) : { result: ran };
  const facts = {
    scenario, scenarioName, topology, kernel, how, seed: opened.options.seed, result: checked.result, checkedUntil: checked.until,
    lastSteps: () => (checked.lastSteps ?? last).steps(), trace: recording.file, traceNamed: given.trace !== undefined, brief: given.brief === true,
  };
  await (given.json === true ? line(JSON.stringify(jsonReport(facts), null, 2)) : write(textReport(facts)));
  return exitCodeOf(checked.result, kernel.kernel);
}

/** What is known of the rounds of a simulation, of which only the last is recorded. */
interface Searched {
  /** What brings the last round about again. */
  readonly options: Pick<RunOptions, 'seed' | 'limits'>;
  readonly end: SearchEnd;
  readonly rounds: number;
  readonly allSteps: number;
}

async function searchSeeds(options: RunOptions, { repeat }: HowToRun, own: boolean, interruption: Interruption, progress: { quiet: boolean }): Promise<Searched> {
  let world: RunWorld;
  const search = new SeedSearch({ ...options, around: own ? patiently(() => world) : undefined }, repeat!);
  world = search.world;
  interruption.stops(() => search.stop());
  const hideProgress = showSearch(search, repeat!, options.limits?.seconds, progress);
  const end = await search.search().finally(hideProgress);
  // A round that was cut off is recorded as far as it went.
  const steps = end === 'interrupted' || end === 'seconds' ? search.steps : options.limits?.steps;
  return { options: { seed: search.seed, limits: { steps } }, end, rounds: search.rounds, allSteps: search.allSteps };
}

/** --check after: the trace has to be a file that can be read again, and cut. */
function mayReplay(file: string | undefined): void {
  if (file !== undefined && statSync(file).isFile()) return;
  throw new UsageError(file === undefined ? '--check after replays the trace, and there is none; name one that can be written with --trace' : `--check after replays the trace, and ${file} is not a file that can be read again`);
}

/** Runs to the end, or to Ctrl-C; whatever happens, the trace is whole up to there. */
async function finished(opened: Run, recording: Recording, interruption: Interruption, progress: { quiet: boolean }, searched: Searched | undefined): Promise<RunResult> {
  const hideProgress = showProgress(opened, progress);
  // Who has ended the search has not ended its last round, which is to be recorded.
  if (!interruption.asked || searched === undefined) interruption.stops(() => opened.stop());
  let result: RunResult | undefined;
  try {
    const own = await opened.start();
    const cutOff = searched?.end === 'interrupted' || searched?.end === 'seconds' ? { why: searched.end } : {};
    result = searched === undefined ? own : { ...own, rounds: searched.rounds, allSteps: searched.allSteps, ...(own.why === 'steps' ? cutOff : {}) };
    return result;
  } finally {
    hideProgress();
    recording.finish(result);
  }
}
