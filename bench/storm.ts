// npm run bench:storm [-- seconds [kernels]]: conversions under faults of eight vCPUs, host threads and pins, on real threads, on every kernel that
// converts in place, and on the proposals among the examples, one after the other, so many seconds each. One table; the shadow follows every step and
// compares itself with physical memory at the end.

import { everyKernel } from '../machines/kernels/index.ts';
import { invariants } from '../src/check/invariants/index.ts';
import { findKernel, type NamedKernel } from '../src/cli/kernels.ts';
import { fits } from '../src/runtime/fits.ts';
import { Meter } from '../src/runtime/metrics.ts';
import { ThreadsRun } from '../src/runtime/threads/index.ts';
import { LaboratoryError } from '../src/runtime/world.ts';
import { builtinScenario } from '../src/scenario/builtin/index.ts';
import { compile } from '../src/scenario/compile.ts';
import { RECORD, type TraceBatch } from '../src/trace/batch.ts';
import { outcomeNames } from '../src/trace/outcomes.ts';
import type { Kernel } from '../src/kernel/define.ts';
import type { Scenario } from '../src/scenario/types.ts';

const [seconds = '5', ...named] = process.argv.slice(2);
const scenario = builtinScenario('stress-conversions')!;

/** Flag of a file of huge pages, where a kernel has it, beside the one that lets the host map it. */
const HUGE = 'huge_2m';
const hugeScenario = { ...scenario, setup: scenario.setup!.map((op) => (op.op === 'create_gmem' ? { op: op.op, fd: 'A', pages: 8, flags: ['support_shared', HUGE] } : op)) } as Scenario;
/** What the discussion proposes. */
const PROPOSALS = ['examples/prepared-state.ts', 'examples/lazy-split.ts'];
const hasHuge = ({ calls }: Kernel): boolean => calls.find(({ name }) => name === 'create_gmem')!.arguments.some(({ flags }) => flags !== undefined && HUGE in flags);

/** Counts, by batches, the most refusals that one conversion has met before it went through. */
function worstOf(kernel: Kernel): { readonly take: (batch: TraceBatch) => void; readonly worst: () => number } {
  const names = outcomeNames(kernel.table);
  const { cells } = new Meter(kernel);
  const key = (leaf: number, outcome: number): number => leaf * names.length + outcome;
  const keys = (measure: string): Set<number> => new Set(cells.get(measure)!.map(([leaf, outcome]) => key(leaf, names.indexOf(outcome))));
  const through = keys('conversions'), refused = keys('conversionsRefused');
  const row = new Map<number, number>();
  let worst = 0;
  return {
    take: ({ records, count }) => {
      for (let at = 0; at < count * RECORD.WORDS; at += RECORD.WORDS) {
        const cell = key(records[at + RECORD.LEAF]!, records[at + RECORD.OUTCOME]!);
        const actor = records[at]!;
        if (refused.has(cell)) {
          const times = (row.get(actor) ?? 0) + 1;
          row.set(actor, times);
          worst = Math.max(worst, times);
        } else if (through.has(cell)) row.delete(actor);
      }
    },
    worst: () => worst,
  };
}

/** One row of the table, and whether all was well. */
async function storm({ kernel, text }: NamedKernel, what: Scenario, label: string): Promise<{ readonly cells: readonly string[]; readonly well: boolean }> {
  const known = new Set(kernel.bugs.filter((bug) => what !== scenario || bug.scenario === scenario.name || bug.alsoIn?.includes(scenario.name)).flatMap(({ shownBy }) => shownBy));
  const run = new ThreadsRun({
    kernel, kernelText: text, topology: compile(what, kernel), seed: 1, invariants: invariants.filter(({ id }) => !known.has(id)), limits: { seconds: Number(seconds) }, threads: { workers: 2 },
  });
  const { take, worst } = worstOf(kernel);
  run.batches.subscribe(take);
  const before = process.cpuUsage();
  try {
    const result = await run.start();
    const { conversions, conversionsRefused: refused, splits, merges, steps } = new Meter(kernel).of(result.tally);
    const took = result.seconds!;
    const { user, system } = process.cpuUsage(before);
    const ended = result.why === 'seconds' ? 'held' : result.violation?.id ?? result.why;
    return {
      cells: [
        label, (conversions / took).toFixed(0), ((conversions * 1e6) / (user + system)).toFixed(0), `${((100 * refused) / Math.max(1, conversions + refused)).toFixed(1)} %`, (refused / Math.max(1, conversions)).toFixed(3), String(worst()), String(splits), String(merges),
        `${(steps / took / 1000).toFixed(0)} k`, `${ended}${known.size > 0 ? `, without ${[...known].join(', ')}` : ''}`,
      ],
      well: result.why === 'seconds',
    };
  } catch (error) {
    // What physical memory and the shadow do not agree on, or a thread that died, is told as it is.
    if (!(error instanceof LaboratoryError)) throw error;
    return { cells: [label, '-', '-', '-', '-', '-', '-', '-', '-', error.message], well: false };
  }
}

const rows: (readonly string[])[] = [['kernel', 'conversions/s', 'a CPU second', 'EAGAIN', 'retries/conv.', 'most', 'splits', 'merges', 'steps/s', 'checks']];
const all = [...everyKernel.filter((one) => fits(scenario, one)).map(({ name }) => name), ...PROPOSALS];
for (const one of (named.length === 0 ? all : named).map(findKernel)) {
  const { kernel } = one;
  for (const [what, label] of [[scenario, kernel.name], ...(hasHuge(kernel) ? [[hugeScenario, `${kernel.name}, 2M`] as const] : [])] as const) {
    const { cells, well } = await storm(one, what, label);
    rows.push(cells);
    if (!well) process.exitCode = 1;
  }
}
const widths = rows[0]!.map((_one, i) => Math.max(...rows.map((row) => row[i]!.length)));
process.stdout.write(`${scenario.name}, ${seconds} s each, 2 workers; at the end of each the shadow was compared with physical memory, word for word\n`);
for (const row of rows) process.stdout.write(`  ${row.map((cell, i) => (i === 0 || i === row.length - 1 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ').trimEnd()}\n`);
