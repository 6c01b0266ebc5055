// npm run bench:bugs [-- --seeds 5]: how strategies differ in finding bugs. Looks for every mutant, and for rarer mistakes, by each strategy under
// several seeds, and writes docs/evaluation.md. All times are processor time of this process.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { v6_8_fixed } from '../machines/kernels/v6.8-fixed.ts';
import { defaultMode, estimate } from '../src/explore/estimate.ts';
import { cutMutant, isEquivalent, type Mutant } from '../src/explore/mutants/mutant.ts';
import { Trial } from '../src/explore/mutants/trial.ts';
import { compile } from '../src/scenario/compile.ts';
import { mutants } from '../test/kernels/mutants/index.ts';
import { halves, rareMutants } from '../test/kernels/mutants/rare.ts';
import { evaluation, type Bug, type Harmless, type Looked, STRATEGIES, type Strategy } from './bugs-report.ts';
import type { Kernel } from '../src/kernel/define.ts';
import type { Scenario } from '../src/scenario/types.ts';

const { values } = parseArgs({ options: { seeds: { type: 'string', default: '5' }, only: { type: 'string' }, out: { type: 'string' } } });
const seeds = Number(values.seeds);
if (!(Number.isInteger(seeds) && seeds >= 1 && seeds <= 1000)) throw new RangeError(`--seeds takes a whole number from 1 to 1000, not '${values.seeds}'`);

/** Of one run: schedules of a sample, states of a search, seconds of processor time. */
const LIMITS = { schedules: 10_000, states: 2_000_000, seconds: 6 } as const;
/** Schedules by which what does no harm is tried. */
const HARMLESS_SCHEDULES = 300;
/** States up to which `explore` searches everything when nobody says. */
const FITS = 2_000_000;
const PART = 2000;

const seconds = (since: NodeJS.CpuUsage): number => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

/** One run of one strategy. */
function look(kernel: Kernel, scenario: Scenario, { way, depth }: Strategy, seed: number, schedules: number = LIMITS.schedules): Looked {
  const began = process.cpuUsage();
  const trial = new Trial(kernel, scenario, way, { seed, schedules, depth, states: LIMITS.states });
  while (trial.advance(PART) && seconds(began) < LIMITS.seconds);
  const { finding, effort, complete } = trial.result();
  return { id: finding?.id, effort, complete, seconds: seconds(began) };
}

function lookForBug(mutant: Mutant): Bug {
  const kernel = cutMutant(v6_8_fixed, mutant);
  // Made at first use; not the strategies' time.
  void kernel.table;
  // The first exploration of a kernel warms up what all of them use.
  look(kernel, mutant.scenario, STRATEGIES[0]!, 0, 50);
  const mode = defaultMode(estimate(kernel, compile(mutant.scenario, kernel), FITS));
  const runs = STRATEGIES.map((strategy) => Array.from({ length: strategy.way === 'exhaustive' ? 1 : seeds }, (_one, seed) => look(kernel, mutant.scenario, strategy, seed + 1)));
  return { mutant, runs, mode };
}

function lookForNothing(name: string, kernel: Kernel, scenario: Scenario): Harmless {
  let tries = 0;
  const reported = new Set<string>();
  for (const strategy of STRATEGIES) {
    for (let seed = 1; seed <= (strategy.way === 'exhaustive' ? 1 : seeds); seed++) {
      const { id, effort } = look(kernel, scenario, strategy, seed, HARMLESS_SCHEDULES);
      if (strategy.way !== 'exhaustive') tries += effort;
      if (id !== undefined) reported.add(`${id} by ${strategy.name}`);
    }
  }
  return { name, schedules: tries, reported: [...reported] };
}

/** On sequentially consistent memory. */
const catalogue = mutants.filter(({ memory }) => memory === undefined);
const wanted = (id: string): boolean => values.only === undefined || values.only.split(',').includes(id);
const began = process.cpuUsage();
const told = <T>(what: string, value: T): T => {
  process.stderr.write(`${what.padEnd(24)} ${seconds(began).toFixed(0)} s\n`);
  return value;
};
const bugs = [...catalogue.filter((one) => !isEquivalent(one)), ...rareMutants].filter(({ id }) => wanted(id)).map((mutant) => told(mutant.id, lookForBug(mutant)));
const harmless = [
  ...[...catalogue.filter(isEquivalent), ...halves].filter(({ id }) => wanted(id)).map((mutant) => told(mutant.id, lookForNothing(mutant.id, cutMutant(v6_8_fixed, mutant), mutant.scenario))),
  ...[...new Set(bugs.map(({ mutant }) => mutant.scenario))].map((scenario) => told(scenario.name, lookForNothing(scenario.name, v6_8_fixed, scenario))),
];
const file = values.out ?? fileURLToPath(new URL('../../docs/evaluation.md', import.meta.url));
writeFileSync(file, evaluation({ seeds, limits: LIMITS, harmlessSchedules: HARMLESS_SCHEDULES, bugs, harmless, seconds: seconds(began) }));
process.stdout.write(`${file}\n`);
