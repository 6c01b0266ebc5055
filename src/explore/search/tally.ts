// What a search counts. Parts of a search add up.

import { mix } from '../../memory/hash.ts';
import { outcome, outcomeName } from '../../memory/outcome.ts';
import type { Table } from '../../kernel/table.ts';

const NUMBERS = ['transitions', 'deadlocks', 'terminals', 'terminalLow', 'terminalHigh', 'deepest'] as const;

/** Counts as they are kept: outcomes by name, since every thread numbers them in its own way. */
export interface SavedTally {
  readonly numbers: readonly number[];
  readonly shallow: boolean;
  readonly moves: readonly (readonly [leaf: number, outcome: string, times: number])[];
}

/** The steps of a tally. */
export const stepsOf = ({ numbers }: SavedTally): number => numbers[NUMBERS.indexOf('transitions')]!;

export class Tally {
  transitions = 0;
  deadlocks = 0;
  /** States in which nobody can go on, and a hash of all of them in no order. */
  terminals = 0;
  terminalLow = 0;
  terminalHigh = 0;
  /** Steps from the start, at most. */
  deepest = 0;
  /** Some state was not followed any further, for its depth. */
  shallow = false;
  /** By leaf and outcome. */
  readonly moves: Float64Array;
  private readonly width: number;

  constructor({ leaves, width }: Table) {
    this.width = width;
    this.moves = new Float64Array(leaves.length * width);
  }

  /** A state in which nobody can go on, by its hash. */
  terminal(low: number, high: number): void {
    this.terminals++;
    this.terminalLow = (this.terminalLow + mix(low ^ mix(high))) | 0;
    this.terminalHigh = (this.terminalHigh + mix(high ^ mix(low + 1))) | 0;
  }

  save(): SavedTally {
    const moves: [number, string, number][] = [];
    this.moves.forEach((times, at) => { if (times > 0) moves.push([Math.floor(at / this.width), outcomeName(at % this.width), times]); });
    return { numbers: NUMBERS.map((name) => this[name]), shallow: this.shallow, moves };
  }

  /** Adds what `save` gave. */
  add({ numbers, shallow, moves }: SavedTally): void {
    const deepest = Math.max(this.deepest, numbers[NUMBERS.indexOf('deepest')]!);
    NUMBERS.forEach((name, k) => { this[name] += numbers[k]!; });
    this.terminalLow |= 0;
    this.terminalHigh |= 0;
    this.deepest = deepest;
    this.shallow ||= shallow;
    for (const [leaf, name, times] of moves) this.moves[leaf * this.width + outcome(name)]! += times;
  }

  clear(): void {
    for (const name of NUMBERS) this[name] = 0;
    this.shallow = false;
    this.moves.fill(0);
  }

  /** How often a leaf had an outcome. */
  times(leaf: number, name: string): number {
    return this.moves[leaf * this.width + outcome(name)] ?? 0;
  }
}
