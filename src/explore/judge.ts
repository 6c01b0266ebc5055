// Says after each step of a world, and when nobody can go on, what is broken: invariants, actors that wait for each other, what is left behind.

import { Checker } from '../check/checker.ts';
import type { Invariant } from '../check/invariant.ts';
import type { RunWorld } from '../runtime/world.ts';
import type { Wait } from '../runtime/wait-for.ts';
import { brokenBy, brokenByLeak, type Broken } from './broken.ts';
import { DeadlockTeller } from './deadlock.ts';
import { Leaks } from './leaks.ts';
import type { Peek } from './peek.ts';

export class Judge {
  private readonly world: RunWorld;
  private readonly peek: Peek;
  private readonly checker: Checker;
  private readonly cycles: boolean;
  private readonly deadlocks: DeadlockTeller;
  private leaks: Leaks | undefined;

  /** `cycles`: look for actors that wait for each other behind each step, not only when nobody can go on. */
  constructor(world: RunWorld, peek: Peek, invariants: readonly Invariant[], cycles: boolean) {
    this.world = world;
    this.peek = peek;
    this.checker = new Checker(world, invariants);
    this.cycles = cycles;
    this.deadlocks = new DeadlockTeller(world);
  }

  /** Call behind a step, with the objects that it wrote. */
  afterStep(written: Int32Array | readonly number[], count: number): Broken | undefined {
    const { actor, leaf } = this.world.last;
    const violation = this.checker.afterStep(written, count);
    if (violation !== undefined) return brokenBy(violation, this.world.table.leaves[leaf]!.step);
    if (!this.cycles) return undefined;
    const cycle = this.deadlocks.graph.cycle(actor, this.on);
    return cycle === undefined ? undefined : { ...this.deadlocks.ofCycle(cycle), partial: true };
  }

  /** Call when nobody can go on. */
  standstill(): Broken | undefined {
    // Who only waits for those in a cycle does not make it another deadlock.
    const { graph } = this.deadlocks;
    for (let actor = 1; actor <= this.world.topology.actors.length; actor++) {
      const cycle = graph.cycle(actor, this.on);
      if (cycle !== undefined) return this.deadlocks.ofCycle(cycle);
    }
    const standstill = this.deadlocks.ofStandstill(this.on);
    if (standstill !== undefined) return standstill;
    const leak = graph.standstill() === undefined ? (this.leaks ??= new Leaks(this.world)).find() : undefined;
    return leak === undefined ? undefined : brokenByLeak(leak);
  }

  /** Everybody who waits in the middle of its work, by actor number. */
  waits(): Wait[] {
    const { world } = this;
    return world.topology.actors.flatMap((_actor, i): Wait[] => {
      const object = world.ended(i + 1) || world.leafOf(i + 1).idle ? -1 : this.peek(i + 1);
      return object < 0 ? [] : [{ actor: i + 1, object }];
    });
  }

  /** Actors that must go on before one that is blocked on this object can: holders of a lock, whoever works for it. */
  holders({ actor, object }: Wait): number[] {
    const found = new Set<number>();
    const { graph } = this.deadlocks;
    if (graph.isLock(object)) graph.holders(actor, object, (holder) => { if (holder !== actor) found.add(holder); });
    else this.world.topology.actors.forEach(({ caller }, i) => { if (caller === actor && !this.world.leafOf(i + 1).idle) found.add(i + 1); });
    return [...found].toSorted((a, b) => a - b);
  }

  private readonly on = (actor: number): number => (this.world.ended(actor) || this.world.leafOf(actor).idle ? -1 : this.peek(actor));
}
