// Follows who holds which lock, since which step, and what is before what, along one run.

import type { Footprint } from '../check/footprint.ts';
import { classNameOf } from '../check/lock-classes.ts';
import { LockWatch, SHARED, type LockListener } from '../check/lock-watch.ts';
import { Races } from '../check/races.ts';
import { StepStream } from '../check/step-stream.ts';
import type { RunWorld } from '../runtime/world.ts';

interface Held { readonly id: number; readonly text: string; readonly since: number }

export class HeldLocks implements LockListener {
  readonly stream: StepStream;
  readonly races: Races;
  private readonly watch: LockWatch;
  private readonly held: Held[][];
  /** Of each step: its actor's time, and what it knew of the others' behind it. */
  private readonly times: number[] = [];
  private readonly pasts: number[][] = [];
  private readonly before: string[][] = [];

  /** The world stands at the beginning of the run. */
  constructor(world: RunWorld) {
    this.stream = new StepStream(world);
    this.races = new Races(this.stream);
    this.held = Array.from({ length: world.topology.actors.length + 1 }, () => []);
    this.watch = new LockWatch(this.stream, [this.races, this]);
    this.races.begin();
  }

  acquired(holder: number, id: number, lockClass: number, mode: number): void {
    const row = this.stream.locks[lockClass]!;
    const object = row.kind === 'section' ? classNameOf(row) : this.stream.object(id);
    this.held[holder]!.push({ id, text: mode === SHARED && row.kind !== 'section' ? `${object} shared` : object, since: this.stream.now });
  }

  released(holder: number, id: number): void {
    const list = this.held[holder]!;
    const at = list.findIndex((one) => one.id === id);
    if (at >= 0) list.splice(at, 1);
  }

  wants(): void { /* Who waits is asked at the end. */ }

  /** Call behind each step. */
  afterStep(footprint: Footprint): void {
    const { actor } = this.stream.world.last;
    this.stream.now += 1;
    this.times.push(this.races.time(actor));
    const before = this.held[actor]!.map(({ text }) => text);
    this.watch.afterStep(footprint);
    this.races.afterStep(footprint);
    this.pasts.push(this.held.map((_list, other) => this.races.past(actor, other)));
    this.before.push([...new Set([...before, ...this.held[actor]!.map(({ text }) => text)])]);
  }

  /** Is step `later` behind step `earlier`, both counted from 0, whatever the schedule? `actor` is the earlier one's. */
  isOrdered(earlier: number, actor: number, later: number): boolean {
    return this.pasts[later]![actor]! >= this.times[earlier]!;
  }

  /** Locks that the actor of a step, counted from 0, held before it or behind it. */
  holdsAt(step: number): readonly string[] {
    return this.before[step]!;
  }

  /** Number of the step by which an actor got what it holds now; 0: before the run. */
  since(actor: number, id: number): number | undefined {
    return this.held[actor]!.find((one) => one.id === id)?.since;
  }
}
