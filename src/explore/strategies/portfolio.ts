// Several strategies that take turns, schedule by schedule: none is best everywhere. Plain random is always among them.

import { PctStrategy } from './pct.ts';
import { PosStrategy } from './pos.ts';
import { RandomStrategy } from './random.ts';
import type { StrategyContext, StrategyKind } from './context.ts';
import type { Executed, Strategy, Touched } from '../strategy.ts';

export class Portfolio implements Strategy {
  readonly name = 'portfolio';
  readonly footprints: boolean;
  readonly members: readonly Strategy[];
  private member: Strategy;

  /** Members must number their schedules themselves, so that schedule n is the same whoever asks for it. */
  constructor(members: readonly Strategy[]) {
    if (!members.some((one) => one instanceof RandomStrategy)) throw new RangeError('a portfolio has plain random among its strategies; add it');
    this.members = members;
    this.member = members[0]!;
    this.footprints = members.some((one) => one.footprints === true);
  }
  /** Name of the member whose turn it is. */
  get turn(): string {
    return this.member.name;
  }
  begin(schedule: number): boolean {
    this.member = this.members[schedule % this.members.length]!;
    return this.member.begin(Math.floor(schedule / this.members.length));
  }
  pick(candidates: Int32Array, count: number): number {
    return this.member.pick(candidates, count);
  }
  choose(n: number): number {
    return this.member.choose(n);
  }
  executed(step: Executed, touched: Touched | undefined): void {
    this.member.executed?.(step, touched);
  }
  end(steps: number, cut: boolean, broken: boolean): boolean | void {
    return this.member.end?.(steps, cut, broken);
  }
}

export const portfolio: StrategyKind = {
  name: 'portfolio', endless: true, says: 'random, PCT and POS in turns',
  make: (context: StrategyContext) => new Portfolio([new RandomStrategy(context), new PctStrategy(context), new PosStrategy(context)]),
};
