// npm run bench:bugs [-- --seeds 5]: how strategies differ in finding bugs. Looks for every mutant, for rarer mistakes, and for the known bugs of
// every kernel, by each strategy under several seeds, and writes docs/evaluation.md. --kernel v6.18: only that kernel's known bugs, and what is cut
// from its twin. All times are processor time of this process.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { builtinKernel, kernels } from '../machines/kernels/index.ts';
import { defaultMode, estimate } from '../src/explore/estimate.ts';
import { kernelsWithout } from '../src/explore/bugs/bug.ts';
import { bugTrial } from '../src/explore/bugs/measure.ts';
import { baseName, baseOf } from '../src/explore/mutants/bases.ts';
import { cutMutant, isEquivalent, type Mutant } from '../src/explore/mutants/mutant.ts';
import { Trial } from '../src/explore/mutants/trial.ts';
import { builtinScenario } from '../src/scenario/builtin/index.ts';
import { compile } from '../src/scenario/compile.ts';
import { mutants } from '../test/kernels/mutants/index.ts';
import { halves, rareMutants } from '../test/kernels/mutants/rare.ts';
import { evaluation, type Bug, type Harmless, type Looked, STRATEGIES, type Strategy } from './bugs-report.ts';
import type { Kernel, KnownBug } from '../src/kernel/define.ts';
import type { Scenario } from '../src/scenario/types.ts';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '5' }, only: { type: 'string' }, kernel: { type: 'string' }, out: { type: 'string' } } });
const seeds = Number(values.seeds);
if (!(Number.isInteger(seeds) && seeds >= 1 && seeds <= 1000)) throw new RangeError(`--seeds takes a whole number from 1 to 1000, not '${values.seeds}'`);

if (values.kernel !== undefined && builtinKernel(values.kernel) === undefined) throw new RangeError(`--kernel takes one of ${kernels.map(({ name }) => name).join(', ')}, not '${values.kernel}'`);

/** Of one run: schedules of a sample, states of a search, seconds of processor time. */
const LIMITS = { schedules: 10_000, states: 2_000_000, seconds: 6 } as const;
/** Schedules by which what does no harm is tried. */
const HARMLESS_SCHEDULES = 300;
/** States up to which `explore` searches everything when nobody says. */
const FITS = 2_000_000;
const PART = 2000;
/** What analyses of whole schedules find, and no search of states. */
const ANALYSED: readonly string[] = ['S-17', 'data-race'];

const seconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

type Make = (strategy: Strategy, seed: number, schedules: number) => Trial;
const anything = (kernel: Kernel, scenario: Scenario): Make => ({ way, depth }, seed, schedules) => new Trial(kernel, scenario, way, { seed, schedules, depth, states: LIMITS.states });
const knownBug = (kernel: Kernel, bug: KnownBug, scenario: Scenario): Make => ({ way, depth }, seed, schedules) => bugTrial(kernel, bug, scenario, way, { seed, schedules, depth, states: LIMITS.states });

/** One run of one strategy. */
function look(make: Make, strategy: Strategy, seed: number, schedules: number = LIMITS.schedules): Looked {
  const began = process.cpuUsage();
  const trial = make(strategy, seed, schedules);
  while (trial.advance(PART) && seconds(began) < LIMITS.seconds);
  const { finding, effort, complete } = trial.result();
  return { id: finding?.id, effort, complete, seconds: seconds(began) };
}

/** Looks in every way, under every seed. */
function lookFor(kernel: Kernel, scenario: Scenario, make: Make): Pick<Bug, 'runs' | 'mode'> {
  // Made at first use; not the strategies' time.
  void kernel.table;
  // The first exploration of a kernel warms up what all of them use.
  look(make, STRATEGIES[0]!, 0, 50);
  const mode = defaultMode(estimate(kernel, compile(scenario, kernel), FITS));
  return { mode, runs: STRATEGIES.map((strategy) => Array.from({ length: strategy.way === 'exhaustive' ? 1 : seeds }, (_one, seed) => look(make, strategy, seed + 1))) };
}

function lookForMutant(mutant: Mutant): Bug {
  const kernel = cutMutant(baseOf(mutant), mutant);
  const { id, where, does, scenario } = mutant;
  return { id, kernel: baseName(mutant), scenario: scenario.name, does: `\`${where}\` ${does}`, ...lookFor(kernel, scenario, anything(kernel, scenario)) };
}

function lookForBug(kernel: Kernel, bug: KnownBug): Bug {
  const scenario = builtinScenario(bug.scenario)!;
  const looked = lookFor(kernel, scenario, knownBug(kernel, bug, scenario));
  const beside = looked.mode === 'exhaustive' && bug.shownBy.every((id) => ANALYSED.includes(id));
  return { id: bug.id, kernel: kernel.name, scenario: scenario.name, does: bug.breaks, ...looked, ...(beside ? { mode: 'random' } : {}) };
}

function lookForNothing(name: string, kernel: Kernel, scenario: Scenario): Harmless {
  let tries = 0;
  const reported = new Set<string>();
  for (const strategy of STRATEGIES) {
    for (let seed = 1; seed <= (strategy.way === 'exhaustive' ? 1 : seeds); seed++) {
      const { id, effort } = look(anything(kernel, scenario), strategy, seed, HARMLESS_SCHEDULES);
      if (strategy.way !== 'exhaustive') tries += effort;
      if (id !== undefined) reported.add(`${id} by ${strategy.name}`);
    }
  }
  return { name, schedules: tries, reported: [...reported] };
}

/** On sequentially consistent memory. */
const catalogue = mutants.filter(({ memory }) => memory === undefined);
const wanted = (id: string): boolean => values.only === undefined || values.only.split(',').includes(id);
const from = (mutant: Mutant): boolean => wanted(mutant.id) && (values.kernel === undefined || [values.kernel, `${values.kernel}-fixed`].includes(baseName(mutant)));
const began = process.cpuUsage();
const told = <T>(what: string, value: T): T => {
  process.stderr.write(`${what.padEnd(24)} ${seconds(began).toFixed(0)} s\n`);
  return value;
};
const bugs = [...catalogue.filter((one) => !isEquivalent(one)), ...rareMutants].filter(from).map((mutant) => told(mutant.id, lookForMutant(mutant)));
const listed = kernels.filter(({ name }) => values.kernel === undefined || name === values.kernel).flatMap((kernel) => kernel.bugs.filter(({ id }) => wanted(id)).map((bug) => ({ kernel, bug })));
const known = listed.map(({ kernel, bug }) => told(`${bug.id} ${kernel.name}`, lookForBug(kernel, bug)));
/** Scenarios in which a kernel whose known bugs are mended must show nothing. */
const quiet = new Map<string, { kernel: Kernel; scenario: Scenario }>();
const mustBeQuiet = (kernel: Kernel, scenario: Scenario): void => { quiet.set(`${kernel.name} ${scenario.name}`, { kernel, scenario }); };
for (const mutant of [...catalogue, ...rareMutants].filter(from)) mustBeQuiet(baseOf(mutant), mutant.scenario);
for (const { kernel, bug } of listed) for (const without of kernelsWithout(kernel, bug)) if (without.bugs.length === 0) mustBeQuiet(without, builtinScenario(bug.scenario)!);
const harmless = [
  ...[...catalogue.filter(isEquivalent), ...halves].filter(from).map((mutant) => told(mutant.id, lookForNothing(mutant.id, cutMutant(baseOf(mutant), mutant), mutant.scenario))),
  ...[...quiet].map(([name, { kernel, scenario }]) => told(name, lookForNothing(name, kernel, scenario))),
];
const page = evaluation({ seeds, limits: LIMITS, harmlessSchedules: HARMLESS_SCHEDULES, bugs, known, harmless, seconds: seconds(began) });
// A part of it is no page.
const file = values.out ?? (values.only === undefined && values.kernel === undefined ? fileURLToPath(new URL('../../docs/evaluation.md', import.meta.url)) : undefined);
if (file !== undefined) writeFileSync(file, page);
process.stdout.write(file === undefined ? page : `${file}\n`);
