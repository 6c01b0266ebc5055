// faultline compare: what a change of a kernel changes, over a set of scenarios.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { comparing, type Compared, type CompareBudget, type Difference } from '../explore/compare/compare.ts';
import { traceOfSchedule } from '../explore/schedule-trace.ts';
import { loadScenario } from '../scenario/load.ts';
import type { Scenario } from '../scenario/types.ts';
import * as api from '../index.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { catalogueOf, type OneSided } from './compare-catalogue.ts';
import { makeFolders, mayFill } from './destination.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import { drive, StatusLine, type Drive } from './explore-drive.ts';
import { Interruption } from './interruption.ts';
import { blamingKernel, findKernel, type NamedKernel } from './kernels.ts';
import { kernelOnMemory, memoryOption, type MemoryOrder } from './memory-order.ts';
import { COMMAND, counted, grouped, labelled, labelledCommand, line, shellWord } from './output.ts';
import * as values from './values.ts';

interface Options { readonly memory?: MemoryOrder; readonly states: number; readonly schedules: number; readonly seed: number; readonly out?: string; readonly json?: boolean }

/** What holds when nobody says. */
const STATES = 300_000, SCHEDULES = 3000;
/** Differences of a scenario that are written out. */
const MOST = 12;

/** The command `compare`. */
export const compare: CommandDefinition = (program, done) => {
  memoryOption(program.command('compare')
    .description('say what only one of two kernels does')
    .argument('<first>', 'a kernel, or a file with your own')
    .argument('<second>', 'another one')
    .argument('[scenarios...]', 'names or files of scenarios; all built-in ones that fit an exhaustive search when left out'))
    .option('--states <n>', 'states of a kernel up to which everything is searched', values.steps, STATES)
    .option('--schedules <n>', 'schedules of a sample, where a scenario that was named does not fit', values.steps, SCHEDULES)
    .option('--seed <n>', 'seed of samples', values.seed, 1)
    .option('-o, --out <folder>', 'write a trace of each difference into this folder')
    .option('--json', 'say the result as JSON')
    .addHelpText('after', note('Compared are behaviours (answers of calls, exits, signals, what reads give), what is broken, retries, lock order. Names of states are notes. 1 when they differ.'))
    .addHelpText('after', examples('faultline compare v6.8 v6.8-fixed SC34', 'faultline compare v6.8 ./my-patch.ts'))
    .action(async (first: string, second: string, scenarios: readonly string[], options: Options) => {
      const interruption = new Interruption();
      try {
        done(await compareKernels([findKernel(kernelOnMemory(first, options.memory)), findKernel(kernelOnMemory(second, options.memory))], scenarios, options, interruption));
      } finally {
        interruption.forget();
      }
    });
};

/** The name of a scenario, as a label that does not run into its text. */
const label = (name: string): string => `${name} `;

/** One scenario, compared. */
interface Row { readonly scenario: Scenario; readonly compared: Compared; readonly traces: readonly (string | undefined)[] }

async function compareKernels(kernels: readonly [NamedKernel, NamedKernel], named: readonly string[], options: Options, interruption: Interruption): Promise<number> {
  if (options.out !== undefined) mayFill('--out', options.out);
  const names = labels(kernels);
  const say = async (...lines: readonly string[]): Promise<void> => { if (options.json !== true) for (const one of lines) await line(one); };
  const { scenarios, oneSided } = named.length === 0 ? catalogueOf([kernels[0].kernel, kernels[1].kernel], names) : { scenarios: named.map((one) => loadScenario(one, { modules: { faultline: api } })), oneSided: [] };
  const budget: CompareBudget = { states: options.states, schedules: named.length === 0 ? 0 : options.schedules, seed: options.seed };
  await say(labelled('first', `${names[0]}: ${kernels[0].kernel.title}`), labelled('second', `${names[1]}: ${kernels[1].kernel.title}`), '');
  const rows: Row[] = [];
  let ended: Drive = 'done';
  const status = new StatusLine(options.json === true);
  for (const [n, scenario] of scenarios.entries()) {
    const parts = comparing([kernels[0].kernel, kernels[1].kernel], scenario, budget);
    let compared: Compared | undefined;
    ended = await blamingKernel(kernels[1], () => drive(() => {
      const { done, value } = parts.next();
      if (done === true) compared = value;
      return done !== true;
    }, Number.MAX_SAFE_INTEGER / 1000, interruption, status, () => [`${scenario.name}, ${n + 1} of ${scenarios.length}`]));
    if (compared === undefined) break;
    const traces = compared.differences.map((one, k) => keep(kernels, scenario, one, k, options.out));
    rows.push({ scenario, compared, traces });
    await say(...rowLines(rows.at(-1)!, names));
  }
  for (const { scenario, refusedBy, why } of oneSided) await say(labelled(label(scenario), `not compared: ${refusedBy} does not take it, ${why}`));
  return report(kernels, names, rows, oneSided, ended, options, say);
}

/** What the kernels are called; first and second, where both have one name. */
function labels([a, b]: readonly [NamedKernel, NamedKernel]): readonly [string, string] {
  return a.kernel.name === b.kernel.name ? [`${a.kernel.name} (first)`, `${b.kernel.name} (second)`] : [a.kernel.name, b.kernel.name];
}

/** Writes the trace of a difference; answers where. */
function keep(kernels: readonly [NamedKernel, NamedKernel], scenario: Scenario, { only, schedule }: Difference, k: number, out: string | undefined): string | undefined {
  if (out === undefined || schedule === undefined) return undefined;
  const { kernel, text } = kernels[only];
  const file = join(out, `${scenario.name}-${k + 1}.trace`);
  try {
    makeFolders(out);
    writeFileSync(file, traceOfSchedule(kernel, scenario, schedule, { invariants: [], kernelText: text }));
    return file;
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`cannot write into ${out}: ${systemProblem(error)}`) : error;
  }
}

function rowLines({ scenario, compared, traces }: Row, names: readonly [string, string]): string[] {
  const { complete, skipped, states, differences, notes } = compared;
  const how = complete ? `in every interleaving, ${grouped(states[0])} and ${grouped(states[1])} states` : 'in samples';
  if (skipped) return [labelled(label(scenario.name), 'left out: it has too many states, or neither kernel takes it; name it to have it sampled')];
  const lines = differences.slice(0, MOST).flatMap(({ only, what, text, schedule }, k) => [
    labelled('', `only ${names[only]}, ${what}: ${text}${schedule === undefined ? '' : `; ${counted(schedule.length, 'step')} show it`}`),
    ...(traces[k] === undefined ? [] : [labelledCommand('', `${COMMAND} show ${shellWord(traces[k])}`)]),
  ]);
  return [
    labelled(label(scenario.name), `${differences.length === 0 ? 'nothing differs' : counted(differences.length, 'difference')}, ${how}`), ...lines,
    ...(differences.length > MOST ? [labelled('', `and ${differences.length - MOST} more; --json has them all`)] : []),
    ...notes.length === 0 ? [] : [labelled('', `note: ${([0, 1] as const).map((only) => [names[only], notes.filter((one) => one.only === only)] as const).filter(([, own]) => own.length > 0)
      .map(([name, own]) => `states that only ${name} reaches: ${own.slice(0, 4).map(({ text }) => text).join(', ')}${own.length > 4 ? ` and ${own.length - 4} more` : ''}`).join('; ')}`)],
  ];
}

async function report(kernels: readonly [NamedKernel, NamedKernel], names: readonly [string, string], rows: readonly Row[], oneSided: readonly OneSided[], ended: Drive, { json }: Options, say: (...lines: readonly string[]) => Promise<void>): Promise<number> {
  const differ = rows.filter(({ compared }) => compared.differences.length > 0);
  const skipped = rows.filter(({ compared }) => compared.skipped).length;
  const sampled = rows.filter(({ compared }) => !compared.complete && !compared.skipped).length;
  const code = ended === 'interrupted' ? EXIT.INTERRUPTED : differ.length > 0 ? EXIT.SAFETY : rows.length === skipped ? EXIT.INCONCLUSIVE : EXIT.HELD;
  if (json === true) {
    await line(JSON.stringify({
      kernels: kernels.map(({ kernel, fingerprint }, n) => ({ name: kernel.name, label: names[n], fingerprint })), ended, exitCode: code, oneSided,
      scenarios: rows.map(({ scenario, compared, traces }) => ({ scenario: scenario.name, ...compared, differences: compared.differences.map((one, k) => ({ ...one, trace: traces[k] ?? null })) })),
    }, null, 2));
    return code;
  }
  const searched = rows.length - skipped - sampled;
  const over = [...(searched > 0 ? [`every interleaving of ${counted(searched, 'scenario')}`] : []), ...(sampled > 0 ? [`samples of ${counted(sampled, 'scenario')}`] : [])].join(' and ');
  const rest = `${skipped > 0 ? `; ${skipped} left out` : ''}${oneSided.length > 0 ? `; ${counted(oneSided.length, 'scenario')} that one of them does not take` : ''}`;
  await say('', labelled('result', ended === 'interrupted' ? `interrupted; until then ${differ.length} of ${counted(rows.length, 'scenario')} differ`
    : differ.length > 0 ? `DIFFERENT: in ${differ.length} of ${counted(rows.length, 'scenario')}${rest}`
      : over === '' ? 'INCONCLUSIVE: nothing could be compared' : `nothing differs, in ${over}${rest}`));
  return code;
}
