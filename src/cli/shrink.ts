// faultline shrink: the smallest run that breaks what a trace has broken, explained.

import { readSchedule } from '../explore/schedule-trace.ts';
import type { Finding } from '../explore/finding.ts';
import type { TraceFooter } from '../trace/header.ts';
import { examples, type CommandDefinition } from './command.ts';
import { mayWrite } from './destination.ts';
import { EXIT, UsageError } from './errors.ts';
import { StatusLine } from './explore-drive.ts';
import { findingsCode, findingText, keepTrace, replayCommand, shrinkOne } from './explore-findings.ts';
import { Interruption } from './interruption.ts';
import { DEADLOCK_ID } from './known.ts';
import { labelled, labelledCommand, line, COMMAND, shellWord } from './output.ts';
import { openReplayable } from './traces.ts';
import { shrunkHash } from '../explore/known.ts';

interface Options { readonly out?: string; readonly force?: boolean; readonly trust?: boolean }

/** The command `shrink`. */
export const shrink: CommandDefinition = (program, done) => {
  program.command('shrink')
    .description('make what a trace has broken small, and explain it')
    .argument('[trace]', 'a trace file (default: traces/last.trace)')
    .option('-o, --out <file>', 'keep the shrunk trace in this file')
    .option('--force', 'overwrite the file that --out names')
    .option('--trust', 'run the text of a kernel that came with the trace')
    .addHelpText('after', examples('faultline shrink', 'faultline shrink bug.trace --out small.trace'))
    .action(async (trace: string | undefined, options: Options) => {
      const interruption = new Interruption();
      try {
        done(await shrinkTrace(trace, options, interruption));
      } finally {
        interruption.forget();
      }
    });
};

async function shrinkTrace(trace: string | undefined, { out, force, trust = false }: Options, interruption: Interruption): Promise<number> {
  if (out !== undefined) mayWrite('--out', out, force === true);
  const open = openReplayable(trace, trust);
  const { source, scenario, topology } = open;
  const { schedule, footer } = readSchedule(source);
  const finding = { ...brokenBy(source.name, footer), schedule };
  const subject = { kernel: open, scenario, topology };
  const shrunk = await shrinkOne(subject, finding, interruption, new StatusLine(false), 'shrinking');
  if (shrunk === undefined) throw new UsageError(`${source.name}: its schedule alone does not break ${finding.id}`);
  const small = { finding, shrunk, edges: [], hash: shrunkHash(open.kernel, shrunk), known: undefined };
  const [file] = out === undefined ? [] : keepTrace(subject, small, out, false) ?? [];
  await line(labelled('trace', `${source.name}: ${scenario.name} on kernel ${open.kernel.name}`));
  for (const one of findingText(subject, small, file === undefined ? [] : [replayCommand(file, false)], undefined).split('\n')) await line(one);
  if (file !== undefined) {
    await line();
    await line(labelled('trace', `${file}: the shrunk run`));
    await line(labelledCommand('next', `${COMMAND} show ${shellWord(file)}`));
  }
  return interruption.asked ? EXIT.INTERRUPTED : findingsCode([small]);
}

/** What a trace ends with. */
function brokenBy(name: string, { why, violation, steps, finding }: TraceFooter): Omit<Finding, 'schedule'> {
  if (finding !== undefined) {
    const { loop, ...rest } = finding;
    return loop === undefined ? rest : { ...rest, loop };
  }
  if (violation !== undefined) return { kind: 'safety', ...violation, key: '' };
  if (why === 'deadlock') return { kind: 'deadlock', id: DEADLOCK_ID, sentence: 'nobody can go on', key: '' };
  throw new UsageError(`${name} has nothing to shrink: it ends with '${why}', behind step ${steps}, and nothing broken`);
}
