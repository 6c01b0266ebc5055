// A given schedule, once: each step by who took it then, with the choice that was made then. It says where it no longer applies.

import type { Schedule } from '../schedule.ts';
import type { Strategy } from '../strategy.ts';
import type { StrategyKind } from './context.ts';

/** Where a schedule could not be followed: in front of its step `step`, counted from 0. */
export interface Deviation { readonly step: number; readonly actor: number; readonly why: 'ended or blocked' | 'choice' }

export class ReplayStrategy implements Strategy {
  readonly name = 'replay';
  /** Where the schedule no longer applied; undefined as long as it does. */
  deviation: Deviation | undefined;
  private readonly schedule: Schedule;
  private steps = 0;

  constructor(schedule: Schedule) {
    this.schedule = schedule;
  }
  begin(schedule: number): boolean {
    if (schedule > 0) return false;
    this.steps = 0;
    this.deviation = undefined;
    return true;
  }
  pick(candidates: Int32Array, count: number): number {
    if (this.steps === this.schedule.length || this.deviation !== undefined) return -1;
    const { actor } = this.schedule[this.steps]!;
    const at = candidates.subarray(0, count).indexOf(actor);
    // Asked a second time for the same step it is no candidate any more: it was blocked.
    if (at < 0) this.deviation = { step: this.steps, actor, why: 'ended or blocked' };
    return at;
  }
  choose(n: number): number {
    const { actor, choice } = this.schedule[this.steps]!;
    if (choice >= 0 && choice < n) return choice;
    this.deviation ??= { step: this.steps, actor, why: 'choice' };
    return 0;
  }
  executed(): void {
    this.steps++;
  }
  /** Nobody could go on although the schedule does. */
  end(steps: number, cut: boolean): void {
    if (this.deviation === undefined && !cut && steps < this.schedule.length) this.deviation = { step: steps, actor: this.schedule[steps]!.actor, why: 'ended or blocked' };
  }
}

export const replay: StrategyKind = {
  name: 'replay', endless: false, says: 'a given schedule, once',
  make: ({ schedule }) => {
    if (schedule === undefined) throw new RangeError("strategy 'replay' needs a schedule to repeat; give one");
    return new ReplayStrategy(schedule);
  },
};
