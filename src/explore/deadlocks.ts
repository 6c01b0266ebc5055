// Deadlocks of sampled schedules: a cycle of actors that wait for each other, seen as soon as the last of them is found blocked, whatever
// the others do; and at the end, when nobody can go on, those who wait in the middle of their work.

import { Describer } from '../runtime/describe.ts';
import { waitingKey } from './keys.ts';
import type { Finding } from './finding.ts';
import type { ScheduleLoop } from './sample-loop.ts';
import { WaitFor } from './wait-for.ts';
import type { RunWorld } from '../runtime/world.ts';

type Found = Omit<Finding, 'schedule'>;

export class DeadlockFinder {
  /** How often somebody was found waiting for a lock that another one held. */
  waits = 0;
  private readonly world: RunWorld;
  private readonly loop: ScheduleLoop;
  private readonly graph: WaitFor;
  private readonly describer: Describer;
  /** Cycles found, by their keys: most schedules come to the same. */
  private readonly known = new Map<string, Found>();
  /** 1 for leaves in which waiting is rest. */
  private readonly rests: Uint8Array;

  constructor(world: RunWorld, loop: ScheduleLoop) {
    this.world = world;
    this.loop = loop;
    this.graph = new WaitFor(world, loop.waitsOn);
    this.describer = new Describer(world);
    this.rests = Uint8Array.from(world.table.leaves, ({ idle }) => (idle ? 1 : 0));
  }

  /** An actor was just found blocked: the cycle that this closes, and after how many steps of the schedule it was there. */
  parked(actor: number, object: number): { finding: Found; steps: number } | undefined {
    if (!this.graph.isLock(object)) return undefined;
    this.waits++;
    const cycle = this.graph.cycle(actor);
    if (cycle === undefined) return undefined;
    const { waitsOn, lastStep } = this.loop;
    const waiting = cycle.map((one) => ({ actor: one, object: waitsOn[one]! }));
    const key = waitingKey(this.world, waiting);
    let finding = this.known.get(key);
    if (finding === undefined) this.known.set(key, finding = { kind: 'deadlock', id: 'L-04', sentence: this.sentence(cycle, waiting), key });
    return {
      finding,
      // Every edge of the cycle is there once its members have taken their last steps.
      steps: cycle.reduce((most, one) => Math.max(most, lastStep[one]!), 0),
    };
  }

  /** Nobody can go on: who waits in the middle of its work. */
  atEnd(): Found | undefined {
    const { world, loop } = this;
    let busy = 0;
    for (let actor = 1; actor < loop.waitsOn.length && busy === 0; actor++) if (this.rests[world.frames[actor]!.leaf] === 0) busy = actor;
    if (busy === 0) return undefined;
    const waiting = world.topology.actors.flatMap((_one, i) => (world.leafOf(i + 1).idle ? [] : [{ actor: i + 1, object: loop.waitsOn[i + 1]! }]));
    return { kind: 'deadlock', id: 'L-04', sentence: `nobody can go on: ${waiting.map((one) => this.waiting(one)).join('; ')}`, key: waitingKey(world, waiting) };
  }

  private sentence(cycle: readonly number[], waiting: readonly { actor: number; object: number }[]): string {
    if (cycle.length === 1) return `${this.waiting(waiting[0]!)}, which it holds itself`;
    return waiting.map((one, k) => `${this.waiting(one)}, which ${this.name(cycle[(k + 1) % cycle.length]!)} holds or is to have first`).join('; ');
  }

  private name(actor: number): string {
    return this.world.topology.actors[actor - 1]!.name;
  }

  private waiting({ actor, object }: { actor: number; object: number }): string {
    return `${this.name(actor)} waits in ${this.world.leafOf(actor).step}${object < 0 ? '' : ` for ${this.describer.name(object)}`}`;
  }
}
