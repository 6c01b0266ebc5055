// How an exploration is to be: the options of `explore`, checked against each other, and written back as a command line.

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { DEFAULT_KERNEL } from '../../machines/kernels/index.ts';
import { readKnown, type KnownFinding } from '../explore/known.ts';
import { MOST_JOBS } from '../explore/pool.ts';
import type { Shard } from '../explore/strategies/context.ts';
import { isSystemError, systemProblem, UsageError } from './errors.ts';
import { DEFAULTS, STRATEGIES } from './explore-defaults.ts';
import { memoryOption, type MemoryOrder } from './memory-order.ts';
import { shellWord } from './output.ts';
import { REPORT_HELP } from './reports.ts';
import * as values from './values.ts';

export { DEFAULTS, STRATEGIES };

/** What the command line gave. */
export interface ExploreArguments {
  readonly kernel?: string; readonly strategy: string; readonly seed: number; readonly seconds?: number; readonly schedules?: number; readonly bound?: number;
  readonly depth?: number; readonly preemptions?: number; readonly states?: number; readonly megabytes?: number; readonly memory?: MemoryOrder; readonly order: 'dfs' | 'bfs'; readonly exact?: boolean;
  readonly reduction?: boolean; readonly symmetry: boolean; readonly jobs?: number; readonly checkpoint?: string; readonly resume?: string; readonly shard?: Shard; readonly vcpus?: number;
  readonly known?: string; readonly out?: string; readonly force?: boolean; readonly json?: boolean; readonly coverage?: boolean; readonly report?: readonly string[];
}

/** Declares the options of `explore`. */
export function declareExploreOptions(command: Command): Command {
  return memoryOption(command.option('-k, --kernel <kernel>', `a kernel, or a file with your own (default: ${DEFAULT_KERNEL})`))
    .option('--strategy <name>', `${STRATEGIES.join(', ')}; auto searches everything where that fits, and samples elsewhere`, values.oneOf(STRATEGIES), 'auto')
    .option('--vcpus <n>', 'give each VM n vCPUs, as run does', values.vcpus)
    .option('--seed <n>', 'seed of every random choice', values.seed, 1)
    .option('--seconds <s>', `end after so many seconds (default: ${DEFAULTS.seconds}, unless --schedules or --states)`, values.seconds)
    .option('--schedules <n>', 'sampling: schedules to execute', values.steps)
    .option('--bound <n>', 'sampling: steps of a schedule at most (default: ten times what trial schedules have)', values.steps)
    .option('--depth <d>', 'pct: depth of the bugs that it is to find (default: 3)', values.depth)
    .option('--preemptions <n>', 'preemptions: at most so many', values.step)
    .option('--states <n>', 'exhaustive: states at most', values.steps)
    .option('--megabytes <mb>', `exhaustive: megabytes at most (default: ${DEFAULTS.megabytes})`, values.megabytes)
    .option('--order <how>', 'exhaustive: dfs, or bfs for shortest schedules', values.oneOf(['dfs', 'bfs']), 'dfs')
    .option('--exact', 'exhaustive: keep whole states, not hashes')
    .option('--reduction', 'exhaustive: leave out interleavings of independent steps: fewer states, each of which takes longer')
    .option('--no-symmetry', 'exhaustive: tell interchangeable actors and pages apart')
    .option('--checkpoint <file>', 'exhaustive: keep the search in this file every five minutes, and when it ends before its end')
    .option('--resume <file>', 'exhaustive: go on with the search that --checkpoint has kept')
    .option('--jobs <n>', `threads, 1 to ${MOST_JOBS} (default: ${DEFAULTS.jobs}; of a short exhaustive search 1)`, values.jobs)
    .option('--shard <i/n>', 'sampling: only part i of n, for another machine to do the others; --out keeps it', values.shard)
    .option('--known <file>', 'findings in this file are notes, not findings')
    .option('-o, --out <file>', 'keep the trace of the worst finding, or the part of --shard, in this file (default: traces/last.trace)')
    .option('--force', 'overwrite the files that --out and --checkpoint name')
    .option('--coverage', 'list states, outcomes and pairs of conflicting steps that were seen, and that were not')
    .option('--report <how>', REPORT_HELP, values.several)
    .option('--json', 'say the result as JSON');
}

const EXHAUSTIVE_ONLY = ['states', 'megabytes', 'exact', 'checkpoint', 'resume'] as const;
const SAMPLING_ONLY = ['schedules', 'bound', 'depth', 'preemptions', 'shard'] as const;

/** Refuses options that do not fit together. */
export function checkExplore(given: ExploreArguments): void {
  const refuse = (option: string, why: string): never => { throw new UsageError(`--${option} ${why}; leave one of them out`); };
  const kept = given.checkpoint !== undefined ? 'checkpoint' : given.resume !== undefined ? 'resume' : undefined;
  if (given.strategy === 'exhaustive' || (given.strategy === 'auto' && kept !== undefined)) {
    const means = given.strategy === 'exhaustive' ? '--strategy exhaustive searches everything' : `--${kept} means the exhaustive search`;
    for (const option of SAMPLING_ONLY) if (given[option] !== undefined) refuse(option, `is for samples, and ${means}`);
  } else if (given.strategy !== 'auto') {
    for (const option of EXHAUSTIVE_ONLY) if (given[option] !== undefined) refuse(option, `is for the exhaustive search, and the strategy is ${given.strategy}`);
  }
  if (given.depth !== undefined && given.strategy !== 'pct' && given.strategy !== 'portfolio') refuse('depth', `is for pct, and the strategy is ${given.strategy}`);
  if (given.preemptions !== undefined && given.strategy !== 'preemptions') refuse('preemptions', `is for the strategy of that name, and the strategy is ${given.strategy}`);
  if (given.shard !== undefined && given.strategy === 'auto') throw new UsageError('--shard needs a --strategy: what auto chooses is not divided');
  if (given.shard !== undefined && given.report !== undefined) refuse('report', 'is for what all parts have found, and --shard explores one of them');
  if (given.shard !== undefined && given.out === undefined) throw new UsageError('--shard needs --out: the file for this part, which faultline merge puts together with the others');
  if (given.shard !== undefined && given.strategy === 'dpor') refuse('shard', 'divides a sample, and the strategy dpor makes each schedule out of those before it');
  if (given.shard !== undefined && given.schedules === undefined && given.strategy !== 'preemptions') throw new UsageError('--shard needs --schedules: how many there are in all parts together');
}

/** Reads the file of known findings. */
export function knownFindings(file: string | undefined): readonly KnownFinding[] {
  if (file === undefined) return [];
  try {
    return readKnown(readFileSync(file, 'utf8'), file);
  } catch (error) {
    throw isSystemError(error) ? new UsageError(`known findings ${file}: ${systemProblem(error)}`) : error;
  }
}

/** The options that decide what is explored, as words of a command line. */
export function exploreWords({ kernel, strategy, vcpus, seed, schedules, bound, depth, preemptions }: ExploreArguments): string {
  const options = Object.entries({ kernel, strategy: strategy === 'auto' ? undefined : strategy, vcpus, schedules, bound, depth, preemptions, seed: seed === 1 ? undefined : seed });
  return options.map(([name, value]) => (value === undefined ? '' : ` --${name} ${shellWord(String(value))}`)).join('');
}
