// faultline mutants: how good the checks are, measured by how many single mistakes they notice.

import { availableParallelism } from 'node:os';
import { baseName, baseOf, hasWeakBase } from '../explore/mutants/bases.ts';
import type { Mutant, NotCut } from '../explore/mutants/mutant.ts';
import { TRIAL, WAYS, type Way } from '../explore/mutants/trial.ts';
import { nearest } from '../kernel/nearest.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { EXIT, UsageError } from './errors.ts';
import { StatusLine } from './explore-drive.ts';
import { Interruption } from './interruption.ts';
import { blamingKernel, findKernel, type NamedKernel } from './kernels.ts';
import { isWeak, kernelOnMemory, memoryOption, type MemoryOrder } from './memory-order.ts';
import { rowsOnThreads } from './mutants-jobs.ts';
import { rowOf, scoreOf, type Looking, type Row } from './mutants-rows.ts';
import { catalogueLines, headLine, rowLine, scoreLines } from './mutants-text.ts';
import { COMMAND, counted, labelled, labelledCommand, line } from './output.ts';
import * as values from './values.ts';

interface Given {
  readonly kernel?: string; readonly only?: readonly string[]; readonly strategy?: readonly string[]; readonly seed: number; readonly schedules: number; readonly depth: number;
  readonly seconds: number; readonly jobs: number; readonly memory?: MemoryOrder; readonly list?: boolean; readonly json?: boolean;
}

/** What a mutant is looked for by when nobody says. */
const USUAL: readonly Way[] = ['exhaustive', 'random', 'pct', 'pos'];
const SECONDS = 20;

/** The command `mutants`. */
export const mutants: CommandDefinition = (program, done) => {
  memoryOption(program.command('mutants')
    .description('how many single mistakes in a kernel the checks notice')
    .option('-k, --kernel <kernel>', 'the kernel that all mistakes are made in, or a file with your own (default: each in the oldest that has what it changes, with its known bugs mended)'))
    .option('--only <ids>', 'these mutants, with commas: M01,M05', values.several)
    .option('--strategy <names>', `of ${WAYS.join(', ')}, with commas (default: ${USUAL.join(',')})`, values.several)
    .option('--seed <n>', 'seed of samples', values.seed, 1)
    .option('--schedules <n>', 'schedules of a sample at most', values.steps, TRIAL.schedules)
    .option('--depth <d>', 'pct: depth of the bugs that it is to find', values.depth, TRIAL.depth)
    .option('--seconds <s>', 'for one mutant by one strategy, at most', values.seconds, SECONDS)
    .option('--jobs <n>', 'threads', values.jobs, Math.min(2, availableParallelism()))
    .option('--list', 'say what the mutants are, and look for none')
    .option('--json', 'say the result as JSON')
    .addHelpText('after', note('Exits with 1 when a mutant survives every strategy, or one that does no harm is reported; with 5 when none can be cut from the kernel. What the kernel breaks without the mistake does not count.'))
    .addHelpText('after', examples('faultline mutants', 'faultline mutants --list', 'faultline mutants --only M01,M05 --strategy pct', 'faultline mutants --memory weak --only B01,B02,B03', 'faultline mutants --kernel ./my-patch.ts --json'))
    .action(async (given: Given) => {
      const interruption = new Interruption();
      try {
        done(await lookFor(given, interruption));
      } finally {
        interruption.forget();
      }
    });
};

async function lookFor(given: Given, interruption: Interruption): Promise<number> {
  // The catalogue is large, and of use to this command only.
  const catalogue = await import('../../test/kernels/mutants/index.ts');
  if (given.list === true) return sayCatalogue(chosenOf(catalogue.mutants, catalogue.notCut, given.only, true, true), given.only === undefined ? catalogue.notCut : [], given.json === true);
  const own = given.kernel === undefined ? undefined : findKernel(kernelOnMemory(given.kernel, given.memory));
  const weak = own === undefined ? given.memory === 'weak' : isWeak(own.kernel);
  const chosen = chosenOf(catalogue.mutants, catalogue.notCut, given.only, weak, own !== undefined);
  const bases = own === undefined ? [...new Set(chosen.map((mutant) => baseName(mutant, weak)))].map(findKernel) : [own];
  const looking: Looking = {
    ways: waysOf(given.strategy), options: { seed: given.seed, schedules: given.schedules, depth: given.depth }, seconds: given.seconds,
    compare: own?.text !== undefined,
  };
  const say = async (...lines: readonly string[]): Promise<void> => { if (given.json !== true) for (const one of lines) await line(one); };
  await say(
    ...bases.map(({ kernel }, k) => labelled(k === 0 ? 'kernel' : '', `${kernel.name}: ${kernel.title}`)),
    labelled('mutants', `${counted(chosen.length, 'mutant')}, seed ${given.seed}, up to ${counted(given.schedules, 'schedule')} a sample`),
    labelled('', 'what noticed it (- nothing, ? time was up), states or schedules, seconds'), '', headLine(looking.ways),
  );
  const look = (): Promise<Row[]> => rowsOf(own, weak, chosen, looking, given, interruption, (row) => say(rowLine(row)));
  const rows = await (own === undefined ? look() : blamingKernel(own, look));
  const score = scoreOf(rows);
  const bad = score.survived.length + score.equivalentReported.length > 0;
  const code = interruption.asked ? EXIT.INTERRUPTED : bad ? EXIT.SAFETY : rows.every(({ notCut }) => notCut !== null) ? EXIT.INCONCLUSIVE : EXIT.HELD;
  if (given.json === true) await line(JSON.stringify({ kernels: bases.map(({ kernel: { name }, fingerprint }) => ({ name, fingerprint })), ...looking.options, rows, score, interrupted: interruption.asked, exitCode: code }, null, 2));
  else await say('', ...scoreLines(score, rows, chosen, interruption.asked), '', labelledCommand('next', `${COMMAND} mutants --list`));
  return code;
}

/** Looks for all of them, and tells of rows in the order of the catalogue. */
async function rowsOf(own: NamedKernel | undefined, weak: boolean, chosen: readonly Mutant[], looking: Looking, { jobs, json }: Given, interruption: Interruption, tell: (row: Row) => Promise<void>): Promise<Row[]> {
  const status = new StatusLine(json === true);
  const rows = new Map<string, Row>();
  const told: Row[] = [];
  let telling = Promise.resolve();
  const add = (row: Row): void => {
    rows.set(row.id, row);
    for (const { id } of chosen.slice(told.length)) {
      const next = rows.get(id);
      if (next === undefined) break;
      told.push(next);
      status.clear();
      telling = telling.then(() => tell(next));
    }
  };
  if (jobs > 1 && chosen.length > 1) await rowsOnThreads(own, weak, chosen.map(({ id }) => id), looking, jobs, interruption, status, add);
  else {
    for (const mutant of chosen) {
      const row = interruption.asked ? undefined : await rowOf(own?.kernel ?? baseOf(mutant, weak), mutant, looking, interruption, status);
      if (row === undefined) break;
      add(row);
    }
  }
  await telling;
  // Interrupted: rows behind one that is missing.
  for (const { id } of chosen) {
    const row = rows.get(id);
    if (row === undefined || told.includes(row)) continue;
    told.push(row);
    await tell(row);
  }
  return told;
}

/** The mutants that --only names; on weakly ordered memory those that forget a barrier, too. `anywhere`: in whichever kernel. */
function chosenOf(mutants: readonly Mutant[], notCut: readonly NotCut[], only: readonly string[] | undefined, weak: boolean, anywhere = false): readonly Mutant[] {
  const all = mutants.filter((mutant) => (weak ? anywhere || hasWeakBase(mutant) : mutant.memory !== 'weak'));
  if (only === undefined) return all;
  if (only.length === 0) throw new UsageError('--only names no mutant; faultline mutants --list lists them');
  for (const name of only) {
    if (all.some(({ id }) => same(id, name))) continue;
    const reason = notCut.find(({ id }) => same(id, name));
    const barrier = mutants.find(({ id }) => same(id, name));
    if (barrier !== undefined && weak) throw new UsageError(`${barrier.id} is cut from ${baseName(barrier)}, which is not there on weakly ordered memory; leave out --memory weak`);
    if (barrier !== undefined) throw new UsageError(`${barrier.id} forgets a barrier, which is a step on weakly ordered memory only; add --memory weak`);
    if (reason !== undefined) throw new UsageError(`${reason.id} is not cut: ${reason.because}`);
    throw new UsageError(`there is no mutant '${name}'${nearest(name, all.map(({ id }) => id)) || '; faultline mutants --list lists them'}`);
  }
  return all.filter(({ id }) => only.some((name) => same(id, name)));
}
const same = (id: string, name: string): boolean => id.toLowerCase() === name.toLowerCase();

function waysOf(names: readonly string[] | undefined): readonly Way[] {
  if (names === undefined) return USUAL;
  for (const name of names) {
    if (!WAYS.some((way) => way === name)) throw new UsageError(`there is no strategy '${name}' to look for mutants by${nearest(name, WAYS) || `; there is ${WAYS.join(', ')}`}`);
  }
  if (names.length === 0) throw new UsageError(`--strategy names none; there is ${WAYS.join(', ')}`);
  return WAYS.filter((way) => names.includes(way));
}

async function sayCatalogue(chosen: readonly Mutant[], notCut: readonly NotCut[], json: boolean): Promise<number> {
  if (json) {
    await line(JSON.stringify({ mutants: chosen.map((mutant) => ({ id: mutant.id, does: mutant.does, where: mutant.where, base: baseName(mutant), scenario: mutant.scenario.name, shownBy: mutant.shownBy })), notCut }, null, 2));
    return EXIT.HELD;
  }
  for (const one of catalogueLines(chosen, notCut)) await line(one);
  return EXIT.HELD;
}
