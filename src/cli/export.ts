// faultline export: a trace in a format of other tools, with every value, which replay brings back.

import type { Exporter, Piece } from '../export/exporter.ts';
import { exporters } from '../export/index.ts';
import { machineFormats } from '../export/machines/index.ts';
import { nearest } from '../kernel/nearest.ts';
import type { StepEvent } from '../runtime/events.ts';
import { OUTSIDE } from '../runtime/injection.ts';
import { eventsOfTrace } from '../runtime/replay.ts';
import { examples, type CommandDefinition } from './command.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import { exportMachines } from './export-machines.ts';
import { ExportProgress } from './export-progress.ts';
import { fileSink, folderSink, mayMakeFolder, standardOutput, type Sink } from './export-sink.ts';
import { Interruption } from './interruption.ts';
import { blamingKernel } from './kernels.ts';
import { counted, line } from './output.ts';
import { mayWrite } from './recording.ts';
import { openReplayable, type OpenTrace } from './traces.ts';
import * as values from './values.ts';

interface Options { format?: string; output?: string; force?: boolean; from?: number; to?: number; actor?: string[]; trust?: boolean; machines?: boolean; kernel?: string }

/** The command `export`. */
export const exportTrace: CommandDefinition = (program, done) => {
  program.command('export')
    .description('write a trace out in a format that other tools read')
    .argument('[trace]', 'a trace file (default: traces/last.trace)')
    .option('-f, --format <format>', `one of those below (default: ${exporters[0]!.name}; of machines ${machineFormats[0]!.name})`)
    .option('-o, --output <file>', 'write to this file, or folder (default: standard output)')
    .option('--force', 'overwrite that file')
    .option('--from <n>', 'first step', values.step)
    .option('--to <n>', 'last step', values.step)
    .option('-a, --actor <names>', 'only steps of these actors (several, with commas), and those that send them a message', values.several)
    .option('--trust', 'run the text of a kernel that came with the trace')
    .option('--machines', 'write the statecharts of a kernel instead of a trace')
    .option('-k, --kernel <kernel>', 'with --machines: of this kernel (default: v6.8)')
    .addHelpText('after', `\nFormats:\n${exporters.map(({ name, description }) => `  ${name.padEnd(10)}${description}`).join('\n')}\n`)
    .addHelpText('after', `\nFormats of machines, where --actor names a machine:\n${machineFormats.map(({ name, description }) => `  ${name.padEnd(10)}${description}`).join('\n')}\n`)
    .addHelpText('after', examples('faultline export --format ndjson -o run.ndjson', 'faultline export bug.trace | jq -r .outcome', 'faultline export --machines --actor vcpu --format dot'))
    .action(async (trace: string | undefined, options: Options) => done(await (options.machines ? machines(trace, options) : exportTo(trace, options))));
};

function machines(trace: string | undefined, options: Options): Promise<number> {
  if (trace !== undefined) throw new UsageError(`--machines writes statecharts, and no trace: leave ${trace} out`);
  if (options.from !== undefined || options.to !== undefined) throw new UsageError('--machines has no steps: leave --from and --to out');
  return exportMachines(options);
}

/** Characters that are written at a time. */
const PIECE = 1 << 16;

function exportTo(trace: string | undefined, { format = exporters[0]!.name, output, force = false, from = 1, to = Infinity, actor, trust = false, kernel }: Options): Promise<number> {
  const exporter = exporters.find(({ name }) => name === format);
  if (exporter === undefined) throw new UsageError(`there is no format '${format}'${nearest(format, exporters.map(({ name }) => name)) || `; there is ${exporters.map(({ name }) => name).join(', ')}`}`);
  if (kernel !== undefined) throw new UsageError('--kernel goes with --machines; a trace is of the kernel that it was recorded on');
  if (exporter.fromStart === true && from > 1) throw new UsageError(`format ${format} tells of the run as a whole, from its first step on; leave --from out (--to may stay)`);
  if (exporter.fromStart === true && actor !== undefined) throw new UsageError(`format ${format} tells of the run as a whole, and so of every actor; leave --actor out`);
  if (to < from) throw new UsageError(`--to ${to} comes before --from ${from}`);
  if (output === undefined && exporter.folder) throw new UsageError(`format ${format} makes a folder; name it with --output`);
  if (output === undefined && exporter.binary && process.stdout.isTTY) throw new UsageError(`format ${format} is nothing for a terminal; name a file with --output`);
  const open = openReplayable(trace, trust);
  const wanted = actor === undefined ? undefined : wantedActors(open, actor);
  if (output !== undefined) (exporter.folder ? mayMakeFolder : mayWrite)('--output', output, force);
  return blamingKernel(open, async () => {
    const interruption = new Interruption();
    const sink = output === undefined ? standardOutput() : exporter.folder ? folderSink(output) : fileSink(output);
    try {
      const count = await exported(open, exporter, sink, { from, to, wanted }, interruption);
      if (interruption.asked) {
        sink.discard();
        return EXIT.INTERRUPTED;
      }
      sink.finish();
      if (output !== undefined) await line(`${output}: ${counted(count, 'step')} of ${open.source.name}, format ${format}`);
    } catch (error) {
      sink.discard();
      throw isSystemError(error) && output !== undefined ? new UsageError(`cannot write ${output}: ${systemProblem(error)}`) : error;
    } finally {
      interruption.forget();
    }
    return EXIT.HELD;
  });
}

function wantedActors({ source, topology }: OpenTrace, names: readonly string[]): Set<string> {
  const all = [OUTSIDE, ...topology.actors.map(({ name }) => name)];
  for (const name of names) {
    if (!all.includes(name)) throw new UsageError(`there is no actor '${name}' in ${source.name}${nearest(name, all) || `; there is ${all.join(', ')}`}`);
  }
  return new Set(names);
}

/** What of a trace goes out: steps by number; with `wanted` only those of these actors, and those that send them something. */
interface Part { readonly from: number; readonly to: number; readonly wanted?: ReadonlySet<string> | undefined }

const isWanted = ({ actor, messages }: StepEvent, wanted: ReadonlySet<string>): boolean => wanted.has(actor) || messages.some((message) => wanted.has(message.to));

/** Sends everything to the sink, a piece at a time, until somebody wants an end; answers how many steps it was. */
async function exported({ source, kernel, topology }: OpenTrace, exporter: Exporter, sink: Sink, { from, to, wanted }: Part, interruption: Interruption): Promise<number> {
  const writer = exporter.open(source.header, topology.actors, { kernel, topology }, sink.parts);
  const events = eventsOfTrace(source, kernel, topology, from, to);
  const progress = new ExportProgress();
  let pending = '';
  /** Text is gathered, bytes go at once: they may be others when the writer is asked again. */
  const put = async (piece: Piece): Promise<void> => {
    if (typeof piece === 'string' && (pending += piece).length < PIECE) return;
    if (pending !== '') await sink.write(pending);
    pending = '';
    if (typeof piece !== 'string' && piece.length > 0) await sink.write(piece);
  };
  let count = 0;
  try {
    await put(writer.header());
    for (let one = events.next(); ; one = events.next()) {
      if (one.done === true) {
        const last = writer.end(one.value);
        for (const piece of typeof last === 'string' || last instanceof Uint8Array ? [last] : last) {
          if (typeof piece === 'string' || piece instanceof Uint8Array) await put(piece);
          else for (const bytes of sink.parts.read(piece.part)) await put(bytes);
        }
        if (pending !== '') await sink.write(pending);
        return count;
      }
      if ((one.value.step & 0xff) === 0) await progress.at(one.value.step);
      if (interruption.asked) return count;
      if (wanted !== undefined && !isWanted(one.value, wanted)) continue;
      count++;
      const piece = writer.step(one.value);
      if (typeof piece === 'string' && (pending += piece).length < PIECE) continue;
      await put(typeof piece === 'string' ? '' : piece);
      if (sink.closed()) return count;
    }
  } finally {
    events.return(undefined);
    progress.clear();
  }
}
