// faultline show: a trace as text, one column for each actor.

import { outcomeName } from '../memory/outcome.ts';
import { nearest } from '../kernel/nearest.ts';
import { Describer } from '../runtime/describe.ts';
import { UndoLog, waitsFor } from '../runtime/peek.ts';
import { Replayer } from '../runtime/replay.ts';
import { RECORD } from '../trace/batch.ts';
import { Columns, mostColumns } from '../trace/columns.ts';
import { TraceError } from '../trace/errors.ts';
import type { TraceSource } from '../trace/source.ts';
import { examples, type CommandDefinition } from './command.ts';
import { EXIT, UsageError } from './errors.ts';
import { grouped, labelled, line, write } from './output.ts';
import { openReplayable, openTrace, type OpenTrace } from './traces.ts';
import * as values from './values.ts';

interface Options { from?: number; to?: number; actor?: string[]; trust?: boolean; kernelText?: boolean }

export const show: CommandDefinition = (program, done) => {
  program.command('show')
    .description('print a trace, one column for each actor')
    .argument('[trace]', 'a trace file (default: traces/last.trace)')
    .option('--from <n>', 'first step', values.step)
    .option('--to <n>', 'last step', values.step)
    .option('-a, --actor <names>', 'only these actors (several, with commas)', values.several)
    .option('--kernel-text', 'print the text of the kernel that came with the trace, and nothing else')
    .option('--trust', 'run the text of a kernel that came with the trace')
    .addHelpText('after', '\nA line is a step: its name, its outcome unless that is ok, its choice as ?choice/of.\n'
      + 'A line "waits: …" below it says what keeps the actor from going on.\n')
    .addHelpText('after', examples('faultline show', 'faultline show bug.trace --from 100 --to 160', 'faultline show --actor vcpu0,main.gmem'))
    .action(async (trace: string | undefined, options: Options) => done(options.kernelText === true ? await kernelText(trace) : await showTrace(trace, options)));
};

async function kernelText(trace: string | undefined): Promise<number> {
  const { header, name } = openTrace(trace);
  if (header.kernelText === undefined) throw new UsageError(`${name} carries no kernel: it was recorded on the built-in '${header.kernel}'`);
  await write(header.kernelText.text);
  return EXIT.HELD;
}

async function showTrace(trace: string | undefined, { from = 1, to = Infinity, actor: wanted, trust = false }: Options): Promise<number> {
  if (to < from) throw new UsageError(`--to ${to} comes before --from ${from}`);
  const open = openReplayable(trace, trust);
  const { source, scenario, kernel } = open;
  const all = open.topology.actors.map(({ name }) => name);
  for (const name of wanted ?? []) {
    if (!all.includes(name)) throw new UsageError(`there is no actor '${name}' in ${source.name}${nearest(name, all) || `; there is ${all.join(', ')}`}`);
  }
  const { counts, last } = countSteps(source, all.length, from, to);
  if (last < from) throw new UsageError(`${source.name} has ${last} steps, none of them from ${from} on`);
  const fit = mostColumns(String(last).length);
  const named = wanted === undefined ? all.filter((_name, i) => counts[i + 1]! > 0) : [...new Set(wanted)];
  if (wanted !== undefined && named.length > fit) throw new UsageError(`${named.length} actors do not fit beside each other; choose at most ${fit}`);
  const shown = named.length <= fit ? all.filter((name) => named.includes(name)) : busiest(all, counts, fit);
  const hidden = all.flatMap((name, i) => (!shown.includes(name) && counts[i + 1]! > 0 ? [`${name} (${grouped(counts[i + 1]!)})`] : []));

  await line(labelled('scenario', `${scenario.name}${scenario.title === undefined ? '' : `: ${scenario.title}`}; kernel ${kernel.name}, seed ${source.header.seed}`));
  if (hidden.length > 0) await line(labelled('not shown', `${hidden.join(', ')}; --actor chooses`));
  await line();
  await printRows(open, shown, from, to, last);
  return EXIT.HELD;
}

/** Steps of each actor between `from` and `to`, and the last step there is up to `to`. What is broken later is not our concern. */
function countSteps(source: TraceSource, actors: number, from: number, to: number): { counts: Float64Array; last: number } {
  const counts = new Float64Array(actors + 1);
  let last = 0;
  try {
    for (const { first, count, records } of source.batches()) {
      for (let k = 0; k < count && first + k <= to; k++) {
        last = first + k;
        const actor = records[k * RECORD.WORDS]!;
        if (last >= from && actor <= actors) counts[actor]!++;
      }
      if (last >= to) break;
    }
  } catch (error) {
    // The steps in front of the break are shown; then the same error comes again.
    if (!(error instanceof TraceError) || last < from) throw error;
  }
  return { counts, last };
}

function busiest(names: readonly string[], counts: Float64Array, most: number): string[] {
  const chosen = names.map((name, i) => ({ name, count: counts[i + 1]! })).toSorted((a, b) => b.count - a.count).slice(0, most).map(({ name }) => name);
  return names.filter((name) => chosen.includes(name));
}

/** Characters that are written at a time. */
const PIECE = 1 << 14;

async function printRows({ source, kernel, topology }: OpenTrace, shown: readonly string[], from: number, to: number, last: number): Promise<void> {
  const replayer = new Replayer(source, kernel, topology, (_objects, words) => new UndoLog(words));
  const { world, observer } = replayer;
  const describer = new Describer(world);
  const columns = new Columns(shown, last);
  let pending = `${columns.heading()}\n`;
  try {
    while (replayer.step < to) {
      observer.clear();
      if (!replayer.next()) break;
      const { step } = replayer;
      if (step < from) continue;
      const { actor, leaf, outcome, choice, choices } = world.last;
      const name = topology.actors[actor - 1]!.name;
      if (!shown.includes(name)) continue;
      const answer = outcomeName(outcome);
      const text = `${world.table.leaves[leaf]!.step}${answer === 'ok' ? '' : `: ${answer}`}${choices > 0 ? ` ?${choice}/${choices}` : ''}`;
      pending += `${columns.row({ step, actor: name, text })!}\n`;
      const object = waitsFor(world, observer, actor);
      if (object >= 0) pending += `${columns.row({ actor: name, text: `waits: ${describer.name(object)}` })!}\n`;
      if (pending.length < PIECE) continue;
      await write(pending);
      pending = '';
    }
  } finally {
    await write(pending);
    replayer.close();
  }
  const { footer } = replayer;
  if (footer === undefined) return;
  await line();
  await line(footer.violation === undefined ? labelled('end', `${footer.why}, behind step ${grouped(footer.steps)}`) : labelled('end', `BROKEN: ${footer.violation.id}, by step ${grouped(footer.steps)}: ${footer.violation.sentence}`));
}
