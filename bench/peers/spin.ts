// Spin, the judge: makes a verifier of fault-vs-punch.pml, compiles and runs it. For tests and benchmarks; not every machine has Spin
// and a C compiler.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Bug, Variant } from './protocol.ts';

/** Seen from the sources and, compiled, from dist. */
const model = fileURLToPath(new URL(`${import.meta.url.includes('/dist/') ? '../../../' : '../../'}bench/peers/fault-vs-punch.pml`, import.meta.url));
const works = (command: string, args: readonly string[], input = ''): boolean => spawnSync(command, args, { input, stdio: ['pipe', 'ignore', 'ignore'] }).status === 0;

/** What is missing here to run Spin; undefined when nothing is. */
export function missingForSpin(): string | undefined {
  const missing = [...(works('spin', ['-V']) ? [] : ['spin']), ...(works('gcc', ['-fsyntax-only', '-xc', '-'], '#include <stdio.h>\n') ? [] : ['a C compiler'])];
  return missing.length === 0 ? undefined : `${missing.join(' and ')} missing here: install Debian's packages spin, gcc and libc6-dev`;
}

const MISTAKE: Readonly<Record<Bug, string>> = { 'no-recheck': '-DNO_RECHECK', 'no-flush': '-DNO_FLUSH', inverted: '-DINVERTED', unbalanced: '-DUNBALANCED' };

export interface SpinOptions {
  /** Let Spin reduce by partial order; else it stores every state. */
  readonly reduce?: boolean;
  /** Look for loops without progress, not for assertions and deadlocks. */
  readonly progress?: boolean;
  /** Compile it quickly, to run slowly. */
  readonly quick?: boolean;
}

export interface SpinResult {
  readonly states: number;
  /** Without the one that Spin counts for the initial state. */
  readonly transitions: number;
  readonly errors: number;
}

/** A verifier that has been compiled, in a folder of its own. */
export class Verifier {
  /** Seconds of processor time that making it took. */
  readonly made: number;
  private readonly folder = mkdtempSync(join(tmpdir(), 'faultline-spin-'));

  constructor(vcpus: number, invalidators: number, { fair, bug, anyOrder }: Variant = {}, { reduce, progress, quick }: SpinOptions = {}) {
    const defines = [
      `-DVCPUS=${vcpus}`, `-DPUNCHES=${invalidators}`, ...(fair === true ? ['-DFAIR'] : []), ...(anyOrder === true ? ['-DANY_ORDER'] : []),
      ...(bug === undefined ? [] : [MISTAKE[bug]]),
    ];
    const gcc = [quick === true ? '-O0' : '-O3', '-w', ...(reduce === true ? [] : ['-DNOREDUCE']), progress === true ? '-DNP' : '-DSAFETY'];
    this.made = this.timed(`spin ${defines.join(' ')} -a "$0" && gcc ${gcc.join(' ')} -o pan pan.c`, model);
  }

  private call(command: string, ...args: string[]): string {
    return execFileSync(command, args, { cwd: this.folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  }

  /** Runs it: to the first error, or with `all` through the whole space, where an assertion that fails ends nothing. */
  run(all: boolean, ...more: string[]): SpinResult {
    const text = this.call('./pan', '-m100000', '-w24', ...(all ? ['-c0'] : []), ...more);
    const number = (pattern: RegExp): number => Number(pattern.exec(text)?.[1] ?? NaN);
    return { states: number(/(\d+) states, stored/), transitions: number(/(\d+) transitions/) - 1, errors: number(/errors: (\d+)/) };
  }

  /** Seconds of processor time of one run, over so many. */
  cpuSeconds(runs: number, ...more: string[]): number {
    const pan = ['./pan', '-m100000', '-w24', ...more].join(' ');
    return this.timed(`for run in {1..${runs}}; do ${pan} > pan.out; done`) / runs;
  }

  /** Seconds of processor time that the commands of a script take, which is given `args`. */
  private timed(script: string, ...args: string[]): number {
    // The second line of `times` is what children took: `0m1.234s 0m0.056s`.
    const line = this.call('bash', '-e', '-c', `${script}\ntimes`, ...args).trim().split('\n').at(-1)!;
    const [user, system] = [...line.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds));
    return user! + system!;
  }

  /** Takes its folder away. */
  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
