// faultline hunt: scenarios that nobody wrote, one after the other, and what breaks in them.

import { DEFAULT_KERNEL } from '../../machines/kernels/index.ts';
import type { Cause } from '../explore/hunt/causes.ts';
import { freshHunt, Hunter } from '../explore/hunt/hunter.ts';
import { trying } from '../explore/hunt/try.ts';
import { MOST_JOBS } from '../explore/pool.ts';
import type { Shard } from '../explore/strategies/context.ts';
import { examples, note, type CommandDefinition } from './command.ts';
import { mayFill, mayReplace } from './destination.ts';
import { EXIT, UsageError } from './errors.ts';
import { drive, StatusLine, type Drive } from './explore-drive.ts';
import { huntOnThreads } from './hunt-pool.ts';
import { causeLines, countLines, fileName, isNews, keepCause, newCause } from './hunt-report.ts';
import { readHunt, writeHunt } from './hunt-state.ts';
import { Interruption } from './interruption.ts';
import { blamingKernel, findKernel, type NamedKernel } from './kernels.ts';
import { memoryOption, onMemory, type MemoryOrder } from './memory-order.ts';
import { COMMAND, counted, grouped, labelled, labelledCommand, line, shellWord } from './output.ts';
import { canRedraw } from './progress.ts';
import * as values from './values.ts';

interface Options {
  readonly kernel?: string; readonly memory?: MemoryOrder; readonly minutes?: number; readonly scenarios?: number; readonly seed?: number; readonly from?: number;
  readonly jobs: number; readonly shard?: Shard; readonly state?: string; readonly out?: string; readonly json?: boolean;
}

/** Minutes when nobody says. */
const MINUTES = 5;
/** Milliseconds between two states on disk, and between two plain lines. */
const KEEP_MS = 20_000, TELL_MS = 60_000;

/** The command `hunt`. */
export const hunt: CommandDefinition = (program, done) => {
  memoryOption(program.command('hunt')
    .description('make small scenarios, explore each, and say what breaks')
    .option('-k, --kernel <kernel>', `a kernel, or a file with your own (default: ${DEFAULT_KERNEL})`))
    .option('--minutes <m>', `end after so many minutes (default: ${MINUTES}, unless --scenarios)`, values.minutes)
    .option('--scenarios <n>', 'end after so many scenarios', values.steps)
    .option('--seed <n>', 'seed of the scenarios; scenario number n depends on it and n alone (default: 1)', values.seed)
    .option('--from <n>', 'number of the first scenario (default: 0)', values.step)
    .option('--jobs <n>', `threads, 1 to ${MOST_JOBS}: they find the same as one`, values.jobs, 1)
    .option('--shard <i/n>', 'only every n-th scenario, for other machines to do the others', values.shard)
    .option('--state <file>', 'keep what was tried and found in this file, and go on from there if it is there')
    .option('-o, --out <folder>', 'write the scenario and the trace of each finding into this folder')
    .option('--json', 'say the result as JSON')
    .addHelpText('after', note('A finding that goes away when a known bug of the kernel is mended is that bug. Anything else is news: 1. Without news: 0.'))
    .addHelpText('after', examples('faultline hunt --kernel v6.8 --minutes 5 --seed 1', 'faultline hunt --kernel ./my-patch.ts --minutes 60 --jobs 2 --state hunt.json --out found'))
    .action(async (options: Options) => {
      const interruption = new Interruption();
      try {
        done(await huntOn(onMemory(options), interruption));
      } finally {
        interruption.forget();
      }
    });
};

async function huntOn(options: Options, interruption: Interruption): Promise<number> {
  const kernel = findKernel(options.kernel ?? DEFAULT_KERNEL);
  if (options.out !== undefined) mayFill('--out', options.out);
  if (options.state !== undefined) mayReplace('--state', options.state, true);
  const say = async (...lines: readonly string[]): Promise<void> => { if (options.json !== true) for (const one of lines) await line(one); };
  const before = options.state === undefined ? undefined : readHunt(options.state, kernel);
  if (before !== undefined) checkSame(before, options);
  const { seed = before?.seed ?? 1, shard = before?.shard } = options;
  const hunter = new Hunter(kernel.kernel, before ?? freshHunt(seed, shard, options.from));
  const of = shard?.of ?? 1;
  await say(labelled('kernel', `${kernel.kernel.name}: ${kernel.kernel.title}`),
    labelled('seed', `${seed}${shard === undefined || of === 1 ? '' : `, part ${shard.index + 1} of ${of}`}${before === undefined ? '' : `, from scenario ${before.next} on, as ${options.state} has it`}`), '');
  const ended = await blamingKernel(kernel, () => carryOut(kernel, hunter, { ...options, seed, shard: shard ?? { index: 0, of: 1 } }, interruption, say));
  keepState(options, kernel, hunter);
  return report(kernel, hunter, { ...options, seed }, ended, say);
}

function checkSame(before: { readonly seed: number; readonly shard: Shard }, { seed, shard, from, state }: Options): void {
  if (from !== undefined) throw new UsageError(`--from does not go with ${state}, which says where the hunt goes on; leave one of them out`);
  if (seed !== undefined && seed !== before.seed) throw new UsageError(`${state} is of a hunt with seed ${before.seed}, not ${seed}; leave --seed out, or begin anew with another file`);
  if (shard !== undefined && (shard.index !== before.shard.index || shard.of !== before.shard.of)) throw new UsageError(`${state} is of part ${before.shard.index + 1}/${before.shard.of}, not ${shard.index + 1}/${shard.of}; begin anew with another file`);
}

function keepState({ state }: Options, kernel: NamedKernel, hunter: Hunter): void {
  if (state !== undefined) writeHunt(state, kernel, hunter.state());
}

/** Hunts until its time is over or all is tried. */
async function carryOut(kernel: NamedKernel, hunter: Hunter, options: Options & { readonly seed: number; readonly shard: Shard }, interruption: Interruption, say: (...lines: readonly string[]) => Promise<void>): Promise<Drive> {
  const { scenarios, seed, shard, jobs, out } = options;
  const seconds = options.minutes === undefined ? (scenarios === undefined ? MINUTES * 60 : Number.MAX_SAFE_INTEGER / 1000) : options.minutes * 60;
  const end = scenarios === undefined ? Infinity : hunter.state().next + scenarios * shard.of;
  let kept = performance.now();
  let told = kept;
  const found = (fresh: readonly Cause[]): void => {
    for (const cause of fresh) {
      void say(newCause(cause));
      if (out !== undefined) keepCause(cause, kernel, out);
    }
    const now = performance.now();
    if (fresh.length > 0 || now - kept > KEEP_MS) {
      keepState(options, kernel, hunter);
      kept = now;
    }
    if (canRedraw(process.stderr) || now - told <= TELL_MS || options.json === true) return;
    told = now;
    void say(labelled('', says()));
  };
  const says = (): string => {
    const { searched, sampled } = hunter.done;
    const news = hunter.causes.filter(isNews).length;
    return `${counted(searched + sampled, 'scenario')}, ${counted(hunter.causes.length - news, 'known bug')}, ${news} news`;
  };
  const status = new StatusLine(options.json === true);
  if (jobs > 1) {
    const ends = performance.now() + seconds * 1000;
    const stopped = (): boolean => {
      status.show([says(), `${jobs} jobs`]);
      return interruption.asked || performance.now() >= ends;
    };
    try {
      return await huntOnThreads({ kernel, hunter, seed, jobs, end, found, stopped }) ? 'done' : interruption.asked ? 'interrupted' : 'seconds';
    } finally {
      status.clear();
    }
  }
  function* all(): Generator<void, void> {
    for (let n = hunter.next(end); n !== undefined; n = hunter.next(end)) found(yield* hunter.take(yield* trying(kernel.kernel, seed, n)));
  }
  const parts = all();
  return drive(() => parts.next().done !== true, seconds, interruption, status, () => [says()]);
}

/** Says what came of it; answers the exit code. */
async function report(kernel: NamedKernel, hunter: Hunter, options: Options & { readonly seed: number }, ended: Drive, say: (...lines: readonly string[]) => Promise<void>): Promise<number> {
  const { causes, done } = hunter;
  const { seed, out } = options;
  const news = causes.filter(isNews);
  const code = ended === 'interrupted' ? EXIT.INTERRUPTED : news.length > 0 ? EXIT.SAFETY : EXIT.HELD;
  if (out !== undefined) for (const cause of causes) keepCause(cause, kernel, out);
  if (options.json === true) {
    const { kernel: { name } } = kernel;
    await line(JSON.stringify({ kernel: name, fingerprint: kernel.fingerprint, seed, ended, next: hunter.state().next, ...done, exitCode: code, causes: causes.map((cause) => ({ ...cause, news: isNews(cause), file: out === undefined ? null : fileName(cause) })) }, null, 2));
    return code;
  }
  await say('', ...countLines(done));
  const bugs = new Set(causes.flatMap((cause) => cause.bugs));
  for (const cause of [...news, ...causes.filter((one) => !isNews(one))]) await say('', ...causeLines(cause, kernel, seed, out));
  const known = kernel.kernel.bugs.length === 0 ? '' : `; ${grouped(bugs.size)} of the kernel's ${counted(kernel.kernel.bugs.length, 'known bug')} were found`;
  await say('', labelled('result', `${ended === 'interrupted' ? 'interrupted; until then ' : ''}${news.length === 0 ? 'no news' : `NEWS: ${news.map(({ id, kind }) => `${id} (${kind})`).join(', ')}`}${known}`), '');
  const words = `${options.kernel === undefined ? '' : ` --kernel ${shellWord(options.kernel)}`}`;
  await say(labelledCommand('next', options.state === undefined ? `${COMMAND} hunt${words} --seed ${seed + 1}` : `${COMMAND} hunt${words} --state ${shellWord(options.state)}`));
  return code;
}
