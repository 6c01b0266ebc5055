// faultline conform: does the model do what real kernels did?

import { statSync } from 'node:fs';
import { loadEntries, machineNames, sideMachine, usualMachine } from '../conform/load.ts';
import { machineNamed } from '../conform/machines.ts';
import type { Machine } from '../conform/config.ts';
import { judge } from '../conform/judge.ts';
import { summaryOf } from '../conform/summary.ts';
import { nearest } from '../kernel/nearest.ts';
import { judgeFacts } from '../conform/facts.ts';
import { judgeLoop } from '../conform/races/search-loop.ts';
import { judgeSpin } from '../conform/races/spin.ts';
import { releaseOf } from '../conform/ranges.ts';
import { builtinKernel, DEFAULT_KERNEL } from '../../machines/kernels/index.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { factsJson, factsLines } from './conform-facts.ts';
import { conformFolder } from './conform-folder.ts';
import { conformFtrace } from './conform-ftrace.ts';
import { differs, racesJson, racesLines } from './conform-races.ts';
import { reportLines, type Head } from './conform-report.ts';
import { traceOfCase } from './conform-trace.ts';
import { mayWrite } from './destination.ts';
import { EXIT, UsageError } from './errors.ts';
import { blamingKernel, findKernel, type NamedKernel } from './kernels.ts';
import { line } from './output.ts';
import type { Entries } from '../conform/read.ts';
import type { Fact, Race } from '../conform/recording.ts';

interface Options { readonly kernel?: string; readonly id?: string; readonly trace?: string; readonly force?: boolean; readonly machine?: string; readonly all?: boolean; readonly json?: boolean; readonly ftrace?: string; readonly steps?: string; readonly functions?: string }

/** Differences that are told with what decided them, unless all are wanted. */
const SHOWN = 20;

/** The command `conform`. */
export const conform: CommandDefinition = (program, done) => {
  program.command('conform')
    .description('hold a kernel of the model against what real kernels did')
    .argument('[file]', 'recordings, races or selftest facts: JSON lines or a JSON array, compressed with gzip or not; or a folder of such files')
    .option('-k, --kernel <kernel>', `a kernel, or a file with your own (default: ${DEFAULT_KERNEL})`)
    .option('--id <id>', 'only the entry of this id')
    .option('--trace <file>', 'with --id: keep the trace of its execution in this file, to be shown and replayed')
    .option('--force', 'overwrite the file that --trace names')
    .option('--machine <machine>', `what the recording machine was: ${machineNames().join(', ')}, or a side file (default: FILE.config.json, else that of the kernel)`)
    .option('--all', `say of every difference what decided it, not of the first ${SHOWN}`)
    .option('--ftrace <file>', "a kernel's trace, of events or of functions: is what it shows a behaviour of the model?")
    .option('--steps <file>', 'with --ftrace: the recording of the traced case (default: NAME.steps.jsonl beside NAME.fgraph.txt)')
    .option('--functions <file>', 'with --ftrace: the names of the functions that were traced (default: functions.txt beside the trace, else all that the table has)')
    .option('--json', 'say the result as JSON')
    .addHelpText('after', note('Exits with 0 only if nothing differs. A step that the model leaves out is "not applicable": docs/conformance.md says which and why.'))
    .addHelpText('after', examples('faultline conform test/conformance', 'faultline conform test/conformance/kernel-6.18-handmade.jsonl.gz --kernel v6.18',
      'faultline conform test/conformance/kernel-7.3-named.jsonl.gz --kernel mainline --id pf-mixed --trace pf.trace'))
    .action(async (file: string | undefined, options: Options) => done(await (options.ftrace === undefined ? conformFile(file, options) : conformTrace(options.ftrace, file, options))));
};

/** A kernel's trace is judged in the place of recordings. */
function conformTrace(ftrace: string, file: string | undefined, options: Options): Promise<number> {
  if (file !== undefined) throw new UsageError(`--ftrace judges ${ftrace} alone; the steps of its case are named with --steps`);
  const named = findKernel(options.kernel ?? DEFAULT_KERNEL);
  return blamingKernel(named, () => conformFtrace(ftrace, named, machineFor(ftrace, options.machine, named, 'recordings').machine, options));
}

async function conformFile(file: string | undefined, options: Options): Promise<number> {
  if (file === undefined) throw new UsageError('nothing to hold the kernel against: name a file of recordings, or a trace with --ftrace; see: faultline conform --help');
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) return conformAll(file, options);
  const { kernel: kernelName = DEFAULT_KERNEL, id, trace } = options;
  if (trace !== undefined && id === undefined) throw new UsageError('--trace keeps one case: name it with --id');
  if (trace !== undefined) mayWrite('--trace', trace, options.force === true);
  const named = findKernel(kernelName);
  const all = loadEntries(file);
  if (trace !== undefined && all.form !== 'recordings') throw new UsageError(`--trace keeps one recorded case; ${file} has ${all.form}`);
  const machine = machineFor(file, options.machine, named, all.form);
  const head = { file, kernel: kernelName, machine: machine.name, ...(id === undefined ? {} : { id }), ...(trace === undefined ? {} : { trace }) };
  const chosen = <T extends { readonly id: string }>(entries: readonly T[]): readonly T[] => (id === undefined ? entries : [entryNamed(entries, id, file)]);
  return blamingKernel(named, async () => {
    if (all.form === 'facts') return judgedFacts(chosen(all.entries), named, machine.machine, head, options);
    if (all.form === 'races') return judgedRaces(chosen(all.entries), named, machine.machine, head, options);
    const recordings = chosen(all.entries);
    const judged = judge(recordings, named.kernel, machine.machine);
    const summary = summaryOf(judged, named.kernel, machine.machine, options.all === true ? Infinity : SHOWN);
    if (trace !== undefined) traceOfCase(recordings[0]!, named, machine.machine, trace, options.force === true);
    if (options.json === true) await line(JSON.stringify({ file, kernel: named.kernel.name, machine: machine.name ?? null, ...summary }, null, 2));
    else for (const one of reportLines({ ...head, summary })) await line(one);
    return summary.different === 0 ? EXIT.HELD : EXIT.SAFETY;
  });
}

function conformAll(folder: string, options: Options): Promise<number> {
  for (const one of ['id', 'trace', 'machine', 'all'] as const) {
    if (options[one] !== undefined) throw new UsageError(`--${one} is of one file; ${folder} is a folder, whose files are all judged`);
  }
  return conformFolder(folder, options);
}

async function judgedFacts(facts: readonly Fact[], { kernel }: NamedKernel, machine: Machine, head: Head, { json }: Options): Promise<number> {
  const release = releaseOf(kernel, builtinKernel);
  if (release === undefined) throw new UsageError(`which release kernel '${kernel.name}' is, is not known, so neither is which facts are of it`);
  const judged = judgeFacts(facts, kernel, machine, release);
  if (json === true) await line(JSON.stringify({ file: head.file, kernel: kernel.name, ...factsJson(judged) }, null, 2));
  else for (const one of factsLines(head, judged)) await line(one);
  return judged.some(({ verdict }) => verdict.kind === 'different') ? EXIT.SAFETY : EXIT.HELD;
}

async function judgedRaces(races: readonly Race[], { kernel }: NamedKernel, machine: Machine, head: Head, { json }: Options): Promise<number> {
  const judged = races.map((race) => (race.loop === undefined ? judgeSpin(race, kernel, machine) : judgeLoop(race, kernel, machine, head.file)));
  if (json === true) await line(JSON.stringify({ file: head.file, kernel: kernel.name, machine: head.machine ?? null, ...racesJson(judged) }, null, 2));
  else for (const one of racesLines(head, judged)) await line(one);
  return judged.some(differs) ? EXIT.SAFETY : EXIT.HELD;
}

function entryNamed<T extends { readonly id: string }>(entries: readonly T[], id: string, file: string): T {
  const found = entries.find((one) => one.id === id);
  if (found === undefined) throw new UsageError(`${file} has no entry '${id}'${nearest(id, entries.map((one) => one.id))}`);
  return found;
}

/** The machine that is named, or the usual one. */
function machineFor(file: string, given: string | undefined, { kernel }: NamedKernel, form: Entries['form']): { readonly name: string | undefined; readonly machine: Machine } {
  if (given !== undefined) {
    const known = machineNames().includes(given) ? machineNamed(given) : undefined;
    if (known !== undefined) return { name: given, machine: known };
    if (!/[/\\]|\.json$/.test(given)) throw new UsageError(`there is no machine '${given}'; there is ${machineNames().join(', ')}, or a side file: ./x.config.json`);
    return sideMachine(file, given)!;
  }
  return usualMachine(file, kernel, form);
}
