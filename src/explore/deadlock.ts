// A deadlock as a finding: those of a cycle in the wait-for graph, or, when nobody can go on, everybody who waits in the middle of its work.

import { Describer } from '../runtime/describe.ts';
import { WaitFor, type Wait } from '../runtime/wait-for.ts';
import { DEADLOCK, deadlockKey } from './keys.ts';
import type { RunWorld } from '../runtime/world.ts';
import type { Finding } from './finding.ts';

export type FoundDeadlock = Omit<Finding, 'schedule' | 'loop'>;

export class DeadlockTeller {
  readonly graph: WaitFor;
  private readonly world: RunWorld;
  private readonly describer: Describer;

  constructor(world: RunWorld) {
    this.world = world;
    this.graph = new WaitFor(world);
    this.describer = new Describer(world);
  }

  /** Of a cycle: each waits for the next, the last for the first. The actors must stand where they wait. */
  ofCycle(cycle: readonly Wait[]): FoundDeadlock {
    const sentence = cycle.length === 1 ? `${this.waiting(cycle[0]!)}, which it holds itself`
      : cycle.map((one, k) => `${this.waiting(one)}, which ${this.name(cycle[(k + 1) % cycle.length]!.actor)} holds or is to have first`).join('; ');
    return this.finding(sentence, cycle);
  }

  /** When nobody can go on, and there is no cycle: nothing when nobody waits in the middle of its work. `on`: the object that each waits for. */
  ofStandstill(on: (actor: number) => number): FoundDeadlock | undefined {
    const waiting = this.graph.standstill()?.map((actor) => ({ actor, object: on(actor) }));
    return waiting === undefined ? undefined : this.finding(`nobody can go on: ${waiting.map((one) => this.waiting(one)).join('; ')}`, waiting);
  }

  private finding(sentence: string, waits: readonly Wait[]): FoundDeadlock {
    return { kind: 'deadlock', id: DEADLOCK, sentence, key: deadlockKey(this.world, waits) };
  }

  private name(actor: number): string {
    return this.world.topology.actors[actor - 1]!.name;
  }

  private waiting({ actor, object }: Wait): string {
    return `${this.name(actor)} waits in ${this.world.leafOf(actor).step}${object < 0 ? '' : ` for ${this.describer.name(object)}`}`;
  }
}
