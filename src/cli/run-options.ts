// How a run is to be: the options of `run`, checked against each other, and written back as a command line.

import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { DEFAULT_KERNEL } from '../../machines/kernels/index.ts';
import { invariants } from '../check/invariants/index.ts';
import type { Invariant } from '../check/invariant.ts';
import { nearest } from '../kernel/nearest.ts';
import type { Limits, Runtime } from '../runtime/run.ts';
import { MOST_WORKERS } from '../runtime/threads/shared.ts';
import { PLACEMENTS, type Placement } from '../runtime/threads/placement.ts';
import { UsageError } from './errors.ts';
import { memoryOption, type MemoryOrder } from './memory-order.ts';
import { COMMAND, grouped, shellWord } from './output.ts';
import { runtimes } from './runtimes.ts';
import * as values from './values.ts';

/** When invariants are evaluated: with each step; by replaying the trace when the run has ended; never. */
export const CHECKS = ['live', 'after', 'off'] as const;
export type Check = (typeof CHECKS)[number];

/** Steps of a run, or of each of its rounds, for which nobody gave a limit. */
const DEFAULT_STEPS = 1_000_000;
/** Microseconds of a pause at most where rounds are repeated and nobody said: with it known bugs show soonest (docs/measurements.md). */
const ROUNDS_JITTER = 50;
const DEFAULT_WORKERS = Math.min(2, availableParallelism());

/** What the command line gave. */
export interface RunArguments {
  readonly kernel?: string; readonly memory?: MemoryOrder; readonly runtime: string; readonly seed: number; readonly steps?: number; readonly seconds?: number;
  readonly workers?: number; readonly placement?: Placement; readonly jitter?: number; readonly patience?: number; readonly repeat?: number; readonly check: Check;
  readonly vcpus?: number; readonly spareVcpus?: number; readonly trace?: string; readonly force?: boolean; readonly json?: boolean; readonly brief?: boolean;
}

/** Declares the options of `run`. */
export function declareOptions(command: Command): Command {
  return memoryOption(command.option('-k, --kernel <kernel>', `a kernel, or a file with your own (default: ${DEFAULT_KERNEL})`))
    .option('--runtime <runtime>', `who picks the next step: ${runtimes.map(({ name }) => name).join(', ')}`, 'simulate')
    .option('--vcpus <n>', 'give each VM n vCPUs: its first n, or its own and then those from the second on again, in turn', values.vcpus)
    .option('--spare-vcpus <n>', 'add so many vCPUs to the first VM that run what comes from outside', values.spareVcpus)
    .option('--seed <n>', 'seed of every random choice', values.seed, 1)
    .option('--steps <n>', `end after so many steps (default: ${grouped(DEFAULT_STEPS)}, unless --seconds)`, values.steps)
    .option('--seconds <s>', 'end after so many seconds', values.seconds)
    .option('--repeat <n>', 'begin anew up to n times, until a round has a finding; --steps is for each round, --seconds for all', values.rounds)
    .option('--check <when>', `evaluate invariants: ${CHECKS.join(', ')}`, values.oneOf(CHECKS), 'live')
    .option('--workers <n>', `threads: workers, 1 to ${MOST_WORKERS} (default: 2, or 1 on one core)`, values.workers)
    .option('--placement <how>', `threads: which worker has which actor: ${PLACEMENTS.join(', ')}`, values.oneOf(PLACEMENTS))
    .option('--jitter <us>', `threads: random pauses of up to so many microseconds (default: ${ROUNDS_JITTER} with --repeat, else 0)`, values.jitter)
    .option('--patience <s>', 'threads: seconds without a step of anybody after which the run counts as hung (default: 20)', values.seconds)
    .option('--trace <file>', 'keep the trace in this file (default: traces/last.trace)')
    .option('--force', 'overwrite the file that --trace names')
    .option('--brief', 'say less of what every actor and every invariant did')
    .option('--json', 'say the result as JSON');
}

/** How a run is to be, everything decided. */
export interface HowToRun {
  readonly runtime: Runtime;
  readonly seed: number;
  readonly limits: Limits;
  readonly check: Check;
  /** Rounds at most, if there may be several. */
  readonly repeat: number | undefined;
  /** For real threads. */
  readonly threads: { readonly workers: number; readonly placement: Placement; readonly jitter: number; readonly patience: number | undefined; readonly repeat: number | undefined } | undefined;
  /** Evaluated with each step, and those evaluated by the end. */
  readonly live: readonly Invariant[];
  readonly invariants: readonly Invariant[];
  /** The options that were given, as words of a command line; all but seed and trace. */
  readonly words: readonly string[];
}

/** Decides what was left open, refuses what does not fit together. */
export function howToRun(given: RunArguments): HowToRun {
  const names = runtimes.map(({ name }) => name);
  const runtime = runtimes.find(({ name }) => name === given.runtime);
  if (runtime === undefined) throw new UsageError(`there is no runtime '${given.runtime}'${nearest(given.runtime, names) || `; there is ${names.join(', ')}`}`);
  const onThreads = runtime.name === 'threads';
  for (const option of ['workers', 'placement', 'jitter', 'patience'] as const) {
    if (!onThreads && given[option] !== undefined) throw new UsageError(`--${option} is for real threads, and the runtime is ${runtime.name}; add --runtime threads, or leave it out`);
  }
  const { check, repeat, seed, steps, seconds } = given;
  if (check === 'after' && repeat !== undefined) throw new UsageError('--check after replays the trace of one run, and --repeat keeps that of the last round only; leave one of them out');
  return {
    runtime, seed, check, repeat,
    limits: { steps: steps ?? (seconds === undefined || repeat !== undefined ? DEFAULT_STEPS : undefined), seconds },
    threads: onThreads ? {
      workers: given.workers ?? DEFAULT_WORKERS, placement: given.placement ?? 'thread', jitter: given.jitter ?? (repeat === undefined ? 0 : ROUNDS_JITTER),
      patience: given.patience, repeat,
    } : undefined,
    live: check === 'live' ? invariants : [],
    invariants: check === 'off' ? [] : invariants,
    words: wordsOf(given),
  };
}

/** The words that say the same again. */
function wordsOf(given: RunArguments): string[] {
  const words: string[] = [];
  for (const option of ['vcpus', 'spareVcpus', 'kernel', 'runtime', 'workers', 'placement', 'jitter', 'patience', 'repeat', 'steps', 'seconds', 'check'] as const) {
    const value = given[option];
    if (value === undefined || (option === 'spareVcpus' && value === 0) || value === 'simulate' || value === 'live') continue;
    words.push(`--${option === 'spareVcpus' ? 'spare-vcpus' : option}`, shellWord(String(value)));
  }
  return words;
}

/** The command that runs a scenario so, with this seed; for one round of a simulation without --repeat, since the seed says which. */
export function runCommand(scenario: string, { words }: Pick<HowToRun, 'words'>, seed: number, oneRound = false): string {
  const at = words.indexOf('--repeat');
  const kept = oneRound && at >= 0 ? words.toSpliced(at, 2) : words;
  return [COMMAND, 'run', shellWord(scenario), ...kept, '--seed', seed].join(' ');
}

/** The runtime in a few words. */
export function runtimeText({ runtime, threads, repeat, check }: HowToRun): string {
  const parts = [`runtime ${runtime.name}`];
  if (threads !== undefined) {
    parts.push(`${threads.workers} ${threads.workers === 1 ? 'worker' : 'workers'}`, `placement ${threads.placement}`);
    if (threads.jitter > 0) parts.push(`jitter up to ${threads.jitter} us`);
  }
  if (repeat !== undefined) parts.push(`at most ${grouped(repeat)} ${repeat === 1 ? 'round' : 'rounds'}`);
  if (check !== 'live') parts.push(check === 'off' ? 'nothing checked' : 'checked when it has ended');
  return parts.join(', ');
}
