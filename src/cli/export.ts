// faultline export: a trace in a format of other tools, with every value, which replay brings back.

import { existsSync } from 'node:fs';
import { exporters } from '../export/index.ts';
import { machineFormats } from '../export/machines/index.ts';
import { nearest } from '../kernel/nearest.ts';
import { OUTSIDE } from '../runtime/injection.ts';
import { examples, listing, type CommandDefinition } from './command.ts';
import { isDevice, mayWrite, STANDARD_OUTPUT } from './destination.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import { exportMachines } from './export-machines.ts';
import { exported } from './export-loop.ts';
import { fileSink, folderSink, mayMakeFolder, standardOutput } from './export-sink.ts';
import { Interruption } from './interruption.ts';
import { blamingKernel } from './kernels.ts';
import { complain, counted, line } from './output.ts';
import { openReplayable, type OpenTrace } from './traces.ts';
import * as values from './values.ts';

interface Options { format?: string; output?: string; force?: boolean; from?: number; to?: number; actor?: string[]; trust?: boolean; machines?: boolean; kernel?: string }

/** The command `export`. */
export const exportTrace: CommandDefinition = (program, done) => {
  program.command('export')
    .description('write a trace out in a format that other tools read')
    .argument('[trace]', 'a trace file (default: traces/last.trace)')
    .option('-f, --format <format>', `one of those below (default: ${exporters[0]!.name}; of machines ${machineFormats[0]!.name})`)
    .option('-o, --output <file>', 'write to this file, or folder (default: standard output, which is - too)')
    .option('--force', 'overwrite that file, or a folder that an export has made')
    .option('--from <n>', 'first step', values.step)
    .option('--to <n>', 'last step', values.step)
    .option('-a, --actor <names>', 'only steps of these actors (several, with commas), and those that send them a message', values.several)
    .option('--trust', 'run the text of a kernel that came with the trace')
    .option('--machines', 'write the statecharts of a kernel instead of a trace')
    .option('-k, --kernel <kernel>', 'with --machines: of this kernel (default: v6.8)')
    .addHelpText('after', listing('Formats', exporters))
    .addHelpText('after', listing('Formats of machines, where --actor names a machine', machineFormats))
    .addHelpText('after', examples('faultline export --format ndjson -o run.ndjson', 'faultline export bug.trace | jq -r .outcome', 'faultline export --machines --actor vcpu --format dot'))
    .action(async (trace: string | undefined, options: Options) => done(await (options.machines ? machines(trace, options) : exportTo(trace, options))));
};

function machines(trace: string | undefined, options: Options): Promise<number> {
  if (trace !== undefined) throw new UsageError(`--machines writes statecharts, and no trace: leave ${trace} out`);
  if (options.from !== undefined || options.to !== undefined) throw new UsageError('--machines has no steps: leave --from and --to out');
  return exportMachines(options);
}

function exportTo(trace: string | undefined, { format = exporters[0]!.name, output: named, force = false, from = 1, to = Infinity, actor, trust = false, kernel }: Options): Promise<number> {
  const exporter = exporters.find(({ name }) => name === format);
  if (exporter === undefined && machineFormats.some(({ name }) => name === format)) throw new UsageError(`format ${format} is of statecharts: add --machines`);
  if (exporter === undefined) throw new UsageError(`there is no format '${format}'${nearest(format, exporters.map(({ name }) => name)) || `; there is ${exporters.map(({ name }) => name).join(', ')}`}`);
  if (kernel !== undefined) throw new UsageError('--kernel goes with --machines; a trace is of the kernel that it was recorded on');
  if (exporter.fromStart === true && from > 1) throw new UsageError(`format ${format} tells of the run as a whole, from its first step on; leave --from out (--to may stay)`);
  if (exporter.fromStart === true && actor !== undefined) throw new UsageError(`format ${format} tells of the run as a whole, and so of every actor; leave --actor out`);
  if (to < from) throw new UsageError(`--to ${to} comes before --from ${from}`);
  const output = named === STANDARD_OUTPUT && exporter.folder !== true ? undefined : named;
  if (output === undefined && exporter.folder) throw new UsageError(`format ${format} makes a folder; name it with --output`);
  if (output === undefined && exporter.unreadable && process.stdout.isTTY) throw new UsageError(`format ${format} is nothing for a terminal; name a file with --output`);
  const open = openReplayable(trace, trust);
  const refused = exporter.refuses?.(open.source.header);
  if (refused !== undefined) throw new UsageError(`${open.source.name} ${refused}`);
  const wanted = actor === undefined ? undefined : wantedActors(open, actor);
  mayBegin(open, from);
  if (output !== undefined) (exporter.folder ? mayMakeFolder : mayWrite)('--output', output, force);
  return blamingKernel(open, async () => {
    const interruption = new Interruption();
    const sink = output === undefined ? standardOutput() : exporter.folder ? folderSink(output) : fileSink(output);
    try {
      const count = await exported(open, exporter, sink, { from, to, wanted }, () => interruption.asked);
      if (interruption.asked) {
        sink.discard();
        complain(`interrupted${output === undefined ? '' : `; ${output} was not ${existsSync(output) ? 'changed' : 'made'}`}`);
        return EXIT.INTERRUPTED;
      }
      sink.finish();
      if (output !== undefined && !isDevice(output)) await line(`${output}: ${counted(count, 'step')} of ${open.source.name}, format ${format}`);
    } catch (error) {
      sink.discard();
      throw isSystemError(error) && output !== undefined ? new UsageError(`cannot write ${output}: ${systemProblem(error)}`) : error;
    } finally {
      interruption.forget();
    }
    return EXIT.HELD;
  });
}

/** Complains if the trace ends before this step. */
function mayBegin({ source }: OpenTrace, from: number): void {
  if (from <= 1) return;
  let last = 0;
  for (const { first, count } of source.batches()) {
    last = first + count - 1;
    if (last >= from) return;
  }
  throw new UsageError(`${source.name} has ${counted(last, 'step')}, none of them from ${from} on`);
}

function wantedActors({ source, topology }: OpenTrace, names: readonly string[]): Set<string> {
  const all = [OUTSIDE, ...topology.actors.map(({ name }) => name)];
  for (const name of names) {
    if (!all.includes(name)) throw new UsageError(`there is no actor '${name}' in ${source.name}${nearest(name, all) || `; there is ${all.join(', ')}`}`);
  }
  return new Set(names);
}
