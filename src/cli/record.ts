// faultline record: cases replayed on this machine's /dev/kvm, and written down with what it answered.

import { closeSync, openSync, writeSync } from 'node:fs';
import { release } from 'node:os';
import { nearest } from '../kernel/nearest.ts';
import { textOfFile } from '../conform/load.ts';
import { readCases, type Case } from '../record/cases.ts';
import { needsDevice } from '../record/device.ts';
import { recorderProgram } from '../record/program.ts';
import { record as recordCase, type RecordOptions } from '../record/sequence.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { mayWrite } from './destination.ts';
import { EXIT, isSystemError, systemProblem, UsageError } from './errors.ts';
import { StatusLine } from './explore-drive.ts';
import { Interruption } from './interruption.ts';
import { counted, grouped, line } from './output.ts';
import { RecordReport } from './record-report.ts';
import * as values from './values.ts';

interface Options {
  readonly output: string; readonly force?: boolean; readonly id?: readonly string[]; readonly seconds: number;
  readonly allowVcpus?: boolean; readonly allowMemoryFailure?: boolean;
}

/** Seconds that a case may take when nobody says. */
const SECONDS = 10;
/** Milliseconds between two pictures of how far it is. */
const EVERY_MS = 500;

/** The command `record`. */
export const record: CommandDefinition = (program, done) => {
  program.command('record')
    .description("replay cases on this machine's /dev/kvm and write down what it answers")
    .argument('<cases>', 'a file of cases, one a line, compressed or not')
    .requiredOption('-o, --output <file>', 'write the recording to this file')
    .option('--force', 'overwrite that file')
    .option('--id <id>', 'only this case (several times, or with commas)', values.several)
    .option('--seconds <s>', 'end a case that takes longer', values.seconds, SECONDS)
    .option('--allow-vcpus', 'let guests execute')
    .option('--allow-memory-failure', "let pages of this machine's memory be made bad, for good")
    .addHelpText('after', note('Each case is a process of its own, which touches only what it has made itself. It needs Linux on x86-64, /dev/kvm and a C compiler. A case that was ended before its end is written down as far as it came, and ends it with 5.'))
    .addHelpText('after', examples('faultline record cases.jsonl -o here.jsonl', 'faultline record cases.jsonl --id first,second -o two.jsonl'))
    .action(async (cases: string, options: Options) => {
      const interruption = new Interruption();
      try {
        done(await recordTo(cases, options, interruption));
      } finally {
        interruption.forget();
      }
    });
};

async function recordTo(from: string, options: Options, interruption: Interruption): Promise<number> {
  const cases = chosen(readCases(textOfFile(from), from), options.id, from);
  mayWrite('--output', options.output, options.force === true);
  needsDevice();
  const stopper = new AbortController();
  interruption.stops(() => stopper.abort());
  const how: RecordOptions = { ...options, program: recorderProgram(), signal: stopper.signal };
  const report = new RecordReport();
  await writing(options.output, (write) => recordAll(cases, how, report, interruption, write));
  const left = interruption.asked ? `, then it was interrupted: ${options.output} has whole cases, ${grouped(cases.length - report.cases)} of ${grouped(cases.length)} are missing` : '';
  for (const one of report.lines(options.output, `Linux ${release()}`, left)) await line(one);
  return interruption.asked ? EXIT.INTERRUPTED : report.cut > 0 ? EXIT.INCONCLUSIVE : EXIT.HELD;
}

async function recordAll(cases: readonly Case[], how: RecordOptions, report: RecordReport, interruption: Interruption, write: (text: string) => void): Promise<void> {
  const status = new StatusLine(false, process.stderr, 'recording');
  let shown = performance.now();
  try {
    for (const one of cases) {
      const recorded = await recordCase(one, how);
      if (interruption.asked) return;
      write(`${JSON.stringify(recorded.case)}\n`);
      report.take(one, recorded);
      if (performance.now() - shown < EVERY_MS) continue;
      shown = performance.now();
      status.show([`${counted(report.cases, 'case')} of ${grouped(cases.length)}`, counted(report.steps, 'step')]);
    }
  } finally {
    status.clear();
  }
}

/** A file that is written a case at a time, so that whatever ends this leaves whole lines. */
async function writing(file: string, work: (write: (text: string) => void) => Promise<void>): Promise<void> {
  let to: number | undefined;
  try {
    to = openSync(file, 'w');
    const open = to;
    await work((text) => { writeSync(open, text); });
  } catch (error) {
    throw isSystemError(error) && error.syscall !== 'spawn' ? new UsageError(`cannot write ${file}: ${systemProblem(error)}`) : error;
  } finally {
    if (to !== undefined) closeSync(to);
  }
}

function chosen(cases: readonly Case[], ids: readonly string[] | undefined, file: string): readonly Case[] {
  if (ids === undefined) return cases;
  const known = new Set(cases.map(({ id }) => id));
  for (const id of ids) if (!known.has(id)) throw new UsageError(`--id: ${file} has no case '${id}'${nearest(id, known)}`);
  return cases.filter(({ id }) => ids.includes(id));
}
