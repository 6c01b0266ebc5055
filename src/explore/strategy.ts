// A strategy decides who steps next and what a step chooses, schedule after schedule. Strategies are small; limits, metrics, replay,
// the check of determinism and portfolios are strategies around a strategy, or live in the loop that asks it (Shuttle's idea).

/** A step that was executed. */
export interface Executed {
  readonly actor: number;
  /** Leaf that the actor was in, and the one that it is in now. */
  readonly leaf: number;
  readonly to: number;
  readonly outcome: number;
}

/** The objects that a step touched, the first `count`, each once, and 1 for those that it wrote. */
export interface Touched { readonly count: number; readonly ids: Int32Array; readonly wrote: Uint8Array }

export interface Strategy {
  readonly name: string;
  /** Wants to be told of footprints; they cost time. */
  readonly footprints?: boolean;
  /** Makes its schedules one out of the other: it cannot be asked for number n alone. */
  readonly ordered?: boolean;
  /** Wants to see schedules to their ends, also when some actors wait for each other for ever; and what checks look at, as if the steps did. */
  readonly whole?: boolean;
  /** Before schedule number `schedule`, counted from 0. False: there is none left to try. */
  begin(schedule: number): boolean;
  /** Place, among the first `count` candidates, of the actor that is to try its step. It is asked again, with fewer candidates, when that
   *  one turns out to be blocked; an actor is a candidate again when somebody has written what it waits for. -1: it gives this schedule
   *  up, which then does not count. */
  pick(candidates: Int32Array, count: number): number;
  /** A free choice of the step that is being executed: 0 to n - 1. */
  choose(n: number): number;
  /** Behind each step. */
  executed?(step: Executed, touched: Touched | undefined): void;
  /** Behind a schedule, which had so many steps: `cut` when a bound ended it, `broken` when its last step broke a property. False: it was
   *  one that had been before, and does not count. */
  end?(steps: number, cut: boolean, broken: boolean): boolean | void;
}
