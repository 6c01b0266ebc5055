// faultline export: a trace in a format of other tools, with every value, which replay brings back.

import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Exporter } from '../export/exporter.ts';
import { exporters } from '../export/index.ts';
import { nearest } from '../kernel/nearest.ts';
import { eventsOfTrace } from '../runtime/replay.ts';
import { examples, type CommandDefinition } from './command.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import { blamingKernel } from './kernels.ts';
import { counted, line, outputClosed, write, writeAsIs } from './output.ts';
import { mayWrite } from './recording.ts';
import { openReplayable, type OpenTrace } from './traces.ts';
import * as values from './values.ts';

interface Options { format: string; output?: string; force?: boolean; from?: number; to?: number; trust?: boolean }

/** The command `export`. */
export const exportTrace: CommandDefinition = (program, done) => {
  program.command('export')
    .description('write a trace out in a format that other tools read')
    .argument('[trace]', 'a trace file (default: traces/last.trace)')
    .option('-f, --format <format>', `one of: ${exporters.map(({ name }) => name).join(', ')}`, exporters[0]!.name)
    .option('-o, --output <file>', 'write to this file (default: standard output)')
    .option('--force', 'overwrite that file')
    .option('--from <n>', 'first step', values.step)
    .option('--to <n>', 'last step', values.step)
    .option('--trust', 'run the text of a kernel that came with the trace')
    .addHelpText('after', `\nFormats:\n${exporters.map(({ name, description }) => `  ${name.padEnd(10)}${description}`).join('\n')}\n`)
    .addHelpText('after', examples('faultline export --format ndjson -o run.ndjson', 'faultline export bug.trace | jq -r .outcome'))
    .action(async (trace: string | undefined, options: Options) => done(await exportTo(trace, options)));
};

/** Characters that are written at a time. */
const PIECE = 1 << 16;

function exportTo(trace: string | undefined, { format, output, force = false, from = 1, to = Infinity, trust = false }: Options): Promise<number> {
  const exporter = exporters.find(({ name }) => name === format);
  if (exporter === undefined) throw new UsageError(`there is no format '${format}'${nearest(format, exporters.map(({ name }) => name)) || `; there is ${exporters.map(({ name }) => name).join(', ')}`}`);
  if (exporter.fromStart === true && from > 1) throw new UsageError(`format ${format} tells of the run as a whole, from its first step on; leave --from out (--to may stay)`);
  if (to < from) throw new UsageError(`--to ${to} comes before --from ${from}`);
  const open = openReplayable(trace, trust);
  if (output !== undefined) mayWrite('--output', output, force);
  return blamingKernel(open, async () => {
    const sink = output === undefined ? standardOutput : fileSink(output);
    try {
      const count = await exported(open, exporter, sink, from, to);
      sink.finish();
      if (output !== undefined) await line(`${output}: ${counted(count, 'step')} of ${open.source.name}, format ${format}`);
    } catch (error) {
      sink.discard();
      throw isSystemError(error) && output !== undefined ? new UsageError(`cannot write ${output}: ${systemProblem(error)}`) : error;
    }
    return EXIT.HELD;
  });
}

/** Sends everything to the sink, a piece at a time; answers how many steps it was. */
async function exported({ source, kernel, topology }: OpenTrace, exporter: Exporter, sink: Sink, from: number, to: number): Promise<number> {
  const writer = exporter.open(source.header, topology.actors, { kernel, topology });
  const events = eventsOfTrace(source, kernel, topology, from, to);
  let pending = writer.header();
  let count = 0;
  for (let one = events.next(); ; one = events.next()) {
    if (one.done === true) {
      await sink.write(pending + writer.end(one.value));
      return count;
    }
    count++;
    pending += writer.step(one.value);
    if (pending.length < PIECE) continue;
    await sink.write(pending);
    pending = '';
    if (sink === standardOutput && outputClosed()) return count;
  }
}

interface Sink { write(text: string): Promise<void>; finish(): void; discard(): void }

/** Other programs get every byte; a terminal gets what is harmless. */
const standardOutput: Sink = { write: (text) => (process.stdout.isTTY ? write(text) : writeAsIs(text)), finish() {}, discard() {} };

/** The file appears when it is whole: a broken trace leaves nothing behind. */
function fileSink(path: string): Sink {
  const temporary = `${path}.${process.pid}.tmp`;
  let file: number;
  try {
    file = openSync(temporary, 'wx');
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`cannot write ${path}: ${systemProblem(error)}`) : error;
  }
  return {
    async write(text) {
      const bytes = Buffer.from(text);
      for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
    },
    finish() {
      closeSync(file);
      renameSync(temporary, path);
    },
    discard() {
      try {
        closeSync(file);
      } catch { /* closed already */ }
      rmSync(temporary, { force: true });
    },
  };
}
