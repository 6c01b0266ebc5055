// faultline show: a trace as text, one column for each actor.

import { ok, outcome } from '../memory/outcome.ts';
import { ColumnLayout, TEXT_WIDTH } from '../check/columns.ts';
import { injectedText, stepText } from '../check/report.ts';
import { nearest } from '../kernel/nearest.ts';
import { Describer } from '../runtime/describe.ts';
import { OUTSIDE, outsideMessage } from '../runtime/injection.ts';
import { UndoLog, waitsFor } from '../runtime/peek.ts';
import { Replayer } from '../runtime/replay.ts';
import { NO_CHOICE, OUTSIDE_ACTOR, RECORD } from '../trace/batch.ts';
import { TraceError } from '../trace/errors.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { EXIT, UsageError } from './errors.ts';
import { blamingKernel } from './kernels.ts';
import { counted, grouped, labelled, line, outputClosed, write } from './output.ts';
import { openReplayable, openTrace, originOf, type OpenTrace } from './traces.ts';
import * as values from './values.ts';

interface Options { from?: number; to?: number; actor?: string[]; trust?: boolean; kernelText?: boolean }

/** The command `show`. */
export const show: CommandDefinition = (program, done) => {
  program.command('show')
    .description('print a trace, one column for each actor')
    .argument('[trace]', 'a trace file (default: traces/last.trace)')
    .option('--from <n>', 'first step', values.step)
    .option('--to <n>', 'last step', values.step)
    .option('-a, --actor <names>', 'only these actors (several, with commas)', values.several)
    .option('--kernel-text', 'print the text of the kernel that came with the trace, and nothing else')
    .option('--trust', 'run the text of a kernel that came with the trace')
    .addHelpText('after', note('A line is a step: its name, its outcome unless that is ok, its choice among how many. A line "waits: …" below it says what keeps the actor from going on.'))
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
  // The outside stands in front, as its number has it.
  const all = [OUTSIDE, ...open.topology.actors.map(({ name }) => name)];
  for (const name of wanted ?? []) {
    if (!all.includes(name)) throw new UsageError(`there is no actor '${name}' in ${source.name}${nearest(name, all) || `; there is ${all.join(', ')}`}`);
  }
  const { counts, needs, last } = survey(open, from, to);
  if (last < from) throw new UsageError(`${source.name} has ${counted(last, 'step')}, none of them from ${from} on`);
  const fit = Math.floor((TEXT_WIDTH - String(last).length) / NARROW);
  const named = wanted === undefined ? all.filter((_name, i) => counts[i]! > 0) : all.filter((name) => wanted.includes(name));
  if (wanted !== undefined && named.length > fit) throw new UsageError(`${named.length} actors do not fit beside each other; choose at most ${fit}`);
  const shown = named.length <= fit ? named : busiest(all, counts, fit);
  const hidden = all.flatMap((name, i) => (!shown.includes(name) && counts[i]! > 0 ? [`${name} (${grouped(counts[i]!)})`] : []));

  await line(labelled('scenario', `${scenario.name}${scenario.title === undefined ? '' : `: ${scenario.title}`}; kernel ${kernel.name}, ${originOf(source.header)}`));
  if (hidden.length > 0) await line(labelled('not shown', `${hidden.join(', ')}; --actor chooses`));
  await line();
  const layout = new ColumnLayout(shown, shown.map((name) => needs[all.indexOf(name)]!), { labels: String(last).length, marks: false });
  await blamingKernel(open, () => printRows(open, shown, layout, from, to));
  return EXIT.HELD;
}

/** Steps of each actor between `from` and `to`, the length of the longest text of each, and the last step there is up to `to`. */
function survey({ source, kernel: { table }, topology }: OpenTrace, from: number, to: number): { counts: Float64Array; needs: Float64Array; last: number } {
  const counts = new Float64Array(topology.actors.length + 1);
  const needs = new Float64Array(counts.length);
  const outcomes = source.header.outcomes.map((name) => outcome(name));
  let last = 0;
  try {
    for (const { first, count, records } of source.batches()) {
      for (let k = 0; k < count && first + k <= to; k++) {
        last = first + k;
        const [actor, leaf, answer, choice] = records.subarray(k * RECORD.WORDS, (k + 1) * RECORD.WORDS) as unknown as [number, number, number, number];
        if (last < from || actor >= counts.length || leaf >= table.leaves.length) continue;
        counts[actor]!++;
        const text = actor === OUTSIDE_ACTOR ? injectedText(topology.actors, leaf) : stepText(table, { actor, leaf, outcome: outcomes[answer] ?? ok, ...(choice === NO_CHOICE ? {} : { choice, choices: choice + 2 }) });
        if (text.length > needs[actor]!) needs[actor] = text.length;
      }
      if (last >= to) break;
    }
  } catch (error) {
    // The steps in front of the break are shown; then the same error comes again.
    if (!(error instanceof TraceError) || last < from) throw error;
  }
  return { counts, needs, last };
}

function busiest(names: readonly string[], counts: Float64Array, most: number): string[] {
  const chosen = names.map((name, i) => ({ name, count: counts[i]! })).toSorted((a, b) => b.count - a.count).slice(0, most).map(({ name }) => name);
  return names.filter((name) => chosen.includes(name));
}

/** Columns that an actor's text needs to be of use. */
const NARROW = 13;
/** Characters that are written at a time. */
const PIECE = 1 << 14;

async function printRows({ source, kernel, topology }: OpenTrace, shown: readonly string[], layout: ColumnLayout, from: number, to: number): Promise<void> {
  const replayer = new Replayer(source, kernel, topology, (_objects, words) => new UndoLog(words));
  const { world, observer } = replayer;
  const describer = new Describer(world);
  let pending = `${layout.heading().join('\n')}\n`;
  try {
    while (replayer.step < to && !outputClosed()) {
      observer.clear();
      if (!replayer.next()) break;
      if (replayer.step < from) continue;
      const { actor } = world.last;
      const column = shown.indexOf(actor === OUTSIDE_ACTOR ? OUTSIDE : topology.actors[actor - 1]!.name);
      if (column < 0) continue;
      const label = String(replayer.step);
      if (actor === OUTSIDE_ACTOR) {
        const { actor: receiver, type } = replayer.lastInjection!;
        pending += `${layout.row({ column, text: injectedText(topology.actors, receiver), label, notes: [outsideMessage(type)!] }).join('\n')}\n`;
        continue;
      }
      const text = stepText(world.table, world.last);
      const object = waitsFor(world, observer, actor);
      // Who has asked waits for the answer in its own mailbox: that goes without saying.
      const notes = object < 0 || object === world.objects.mailbox(actor).id ? [] : [`waits: ${describer.name(object)}`];
      pending += `${layout.row({ column, text, label, notes }).join('\n')}\n`;
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
