// How far a run is, on standard error: on a terminal one block that is drawn again in place, elsewhere a line now and then.

import { Meter, type Metrics } from '../runtime/metrics.ts';
import type { Run } from '../runtime/run.ts';
import type { SeedSearch } from '../runtime/seed-search.ts';
import { Tally } from '../runtime/tally.ts';
import { ThreadsRun } from '../runtime/threads/index.ts';
import { counted, grouped, labelledList, WIDTH } from './output.ts';

/** Milliseconds between two pictures on a terminal. */
const EVERY_MS = 500;
/** Milliseconds until the first line where there is no terminal, and between two of them. */
export const PLAIN_FIRST_MS = 10_000, PLAIN_MS = 5000;

/** What is known of a run that goes on. */
export interface Progress {
  readonly steps: number;
  readonly seconds: number;
  /** Seconds until its limits end it; Infinity when there are none, or nobody knows. */
  readonly left: number;
  readonly round?: number | undefined;
  readonly rounds?: number | undefined;
  /** Steps a second of each worker, since the last look. */
  readonly workers?: readonly number[] | undefined;
  readonly metrics?: Metrics | undefined;
}

/** 1234 as 1.2k: where many numbers stand beside each other. */
const short = (n: number): string => (n < 1000 ? String(Math.round(n)) : n < 999_500 ? `${(n / 1000).toFixed(n < 9950 ? 1 : 0)}k` : `${(n / 1e6).toFixed(1)}M`);

const summary = ({ steps, seconds, left, round, rounds }: Progress): string[] => [
  counted(steps, 'step'), `${grouped(Math.round(seconds > 0 ? steps / seconds : 0))} a second`,
  ...(round === undefined ? [] : [`round ${grouped(round)} of at most ${grouped(rounds!)}`]),
  ...(left < Infinity ? [`at most ${Math.max(0, Math.ceil(left))} s to go`] : []),
];

/** The block: at most eight lines. */
export function progressBlock(progress: Progress): string[] {
  const { workers, metrics } = progress;
  return [
    labelledList('running', summary(progress)),
    ...(workers === undefined ? [] : [labelledList('a second', workers.map((one, worker) => (workers.length > 4 ? short(one) : `worker ${worker} ${short(one)}`)))]),
    ...(metrics === undefined ? [] : [
      labelledList('faults', [`${grouped(metrics.faultsFixed)} fixed`, `${grouped(metrics.faultsRetried)} tried again`, `${grouped(metrics.faultsExited)} left to userspace`]),
      labelledList('events', [counted(metrics.conversions, 'conversion'), `${grouped(metrics.punches)} ${metrics.punches === 1 ? 'punch' : 'punches'}`, counted(metrics.memoryErrors, 'memory error')]),
    ]),
    labelledList('findings', ['none so far; Ctrl-C ends the run']),
  ].flatMap((text) => text.split('\n'));
}

/** The same in a line. */
export const progressLine = (progress: Progress): string => `faultline: ${summary(progress).join(', ')}`;

/** What it is shown on: standard error. */
export interface Screen { readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown }

/** Whether it is a terminal on which something can be drawn in place: one that calls itself dumb cannot. */
export const canRedraw = (screen: Screen): boolean => screen.isTTY === true && process.env['TERM'] !== 'dumb';

/** Draws blocks over each other; what is there goes away with `clear`. */
export class Block {
  private readonly screen: Screen;
  private height = 0;

  constructor(screen: Screen) {
    this.screen = screen;
  }

  draw(lines: readonly string[]): void {
    // A line that wraps would be two, and the next block would begin too low.
    const width = Math.min(WIDTH, (this.screen.columns ?? 80) - 1);
    this.screen.write(`${this.up()}${lines.map((one) => `${one.slice(0, width)}\x1b[K\n`).join('')}\x1b[J`);
    this.height = lines.length;
  }

  clear(): void {
    if (this.height > 0) this.screen.write(`${this.up()}\x1b[J`);
    this.height = 0;
  }

  private up(): string {
    return this.height > 0 ? `\x1b[${this.height}A\r` : '\r';
  }
}

export interface ShowOptions { /** No lines where there is no terminal. */ readonly quiet: boolean; readonly screen?: Screen }

/** Asks for progress now and then and shows it; the answer takes it away. */
function shown(now: () => Progress, { quiet, screen = process.stderr }: ShowOptions): () => void {
  if (canRedraw(screen)) {
    const block = new Block(screen);
    const timer = setInterval(() => block.draw(progressBlock(now())), EVERY_MS);
    return () => {
      clearInterval(timer);
      block.clear();
    };
  }
  if (quiet) return () => {};
  const say = (): void => {
    const progress = now();
    if (progress.steps > 0) screen.write(`${progressLine(progress)}\n`);
  };
  let timer = setTimeout(() => {
    say();
    timer = setInterval(say, PLAIN_MS);
  }, PLAIN_FIRST_MS);
  return () => clearTimeout(timer);
}

/** Shows how far a run is; the answer takes it away. */
export function showProgress(run: Run, options: ShowOptions): () => void {
  const { limits: { steps: most, seconds } = {}, threads } = run.options;
  const tally = new Tally(run.world);
  const meter = new Meter(run.options.kernel);
  const repeat = threads?.repeat;
  let steps = 0;
  let began = performance.now();
  run.batches.subscribe((batch) => {
    tally.take(batch);
    steps = batch.first + batch.count - 1;
  });
  let before = began;
  let counts: readonly number[] = [];
  return shown(() => {
    const now = performance.now();
    const counted = run instanceof ThreadsRun ? run.workerSteps() : undefined;
    const all = counted === undefined || repeat === undefined ? steps : counted.reduce((sum, one) => sum + one, 0);
    // Threads take their time to start.
    if (all === 0) began = now;
    const passed = (now - began) / 1000;
    const workers = counted?.map((one, worker) => ((one - (counts[worker] ?? 0)) >>> 0) / Math.max(0.001, (now - before) / 1000));
    counts = counted ?? [];
    before = now;
    const left = Math.min(most === undefined || repeat !== undefined || steps === 0 ? Infinity : (most - steps) / (steps / passed), seconds === undefined ? Infinity : seconds - passed);
    return {
      steps: all, seconds: passed, left, workers,
      ...(repeat === undefined || !(run instanceof ThreadsRun) ? { metrics: meter.of(tally) } : { round: Math.max(1, run.round), rounds: repeat }),
    };
  }, options);
}

/** Shows how far a search over seeds is; the answer takes it away. */
export function showSearch(search: SeedSearch, rounds: number, seconds: number | undefined, options: ShowOptions): () => void {
  const began = performance.now();
  return shown(() => {
    const passed = (performance.now() - began) / 1000;
    return { steps: search.allSteps, seconds: passed, left: seconds === undefined ? Infinity : seconds - passed, round: Math.max(1, search.rounds), rounds };
  }, options);
}
