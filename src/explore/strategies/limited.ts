// A strategy with a limit: of the schedules that another one makes, the first so many.

import type { Executed, Strategy, Touched } from '../strategy.ts';

export class Limited implements Strategy {
  readonly name: string;
  readonly footprints: boolean;
  private readonly inner: Strategy;
  private readonly most: number;

  constructor(inner: Strategy, most: number) {
    this.inner = inner;
    this.most = most;
    this.name = inner.name;
    this.footprints = inner.footprints === true;
  }
  begin(schedule: number): boolean {
    return schedule < this.most && this.inner.begin(schedule);
  }
  pick(candidates: Int32Array, count: number): number {
    return this.inner.pick(candidates, count);
  }
  choose(n: number): number {
    return this.inner.choose(n);
  }
  executed(step: Executed, touched: Touched | undefined): void {
    this.inner.executed?.(step, touched);
  }
  end(steps: number, cut: boolean, broken: boolean): boolean | void {
    return this.inner.end?.(steps, cut, broken);
  }
}
