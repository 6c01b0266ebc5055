// Is an execution determined by its decisions? A schedule is executed a second time, and every state compared with that of the first time,
// word for word; in a large world what each step answers, and the last state. A step that asks a clock, or keeps something outside memory, is
// found out, with its name and the word.

import { isBlocked, outcomeName } from '../memory/outcome.ts';
import { locate } from '../memory/plan.ts';
import { Describer } from '../runtime/describe.ts';
import { LaboratoryError, type RunWorld } from '../runtime/world.ts';

/** Words of state from which on looking at all of them behind every step takes too long. */
const LARGE = 1 << 18;

export class Recheck {
  private readonly world: RunWorld;
  private readonly state: Int32Array;
  private readonly start: Int32Array;
  private readonly before: Int32Array;
  private readonly isLarge: boolean;
  /** What each step has changed: words and values, and where each step's begin. */
  private readonly cells: number[] = [];
  private readonly values: number[] = [];
  private readonly marks: number[] = [];
  private readonly outcomes: number[] = [];

  /** Of a world that stands where schedules begin. */
  constructor(world: RunWorld) {
    this.world = world;
    this.state = world.words.subarray(0, world.plan.stateWords) as Int32Array;
    this.start = Int32Array.from(this.state);
    this.before = new Int32Array(this.state.length);
    this.isLarge = this.state.length > LARGE;
  }

  /** A schedule begins whose steps are to be noted. */
  begin(): void {
    this.before.set(this.start);
    this.cells.length = 0;
    this.values.length = 0;
    this.marks.length = 0;
    this.outcomes.length = 0;
  }

  /** Behind each of its steps. */
  note(): void {
    const { state, before, cells, values } = this;
    this.marks.push(cells.length);
    this.outcomes.push(this.world.last.outcome);
    if (this.isLarge) return;
    for (let cell = 0; cell < state.length; cell++) {
      if (state[cell] === before[cell]) continue;
      before[cell] = state[cell]!;
      cells.push(cell);
      values.push(state[cell]!);
    }
  }

  /** Executes it again; throws a LaboratoryError where it goes another way. */
  again(actors: Uint16Array, choices: Int32Array): void {
    const { world, state, before, cells, values, marks, isLarge } = this;
    const { watch } = world;
    world.watch = undefined;
    before.set(isLarge ? state : this.start);
    state.set(this.start);
    for (let step = 0; step < marks.length; step++) {
      const actor = actors[step]!;
      const { step: name } = world.leafOf(actor);
      const where = `step ${step + 1} of a schedule, '${name}' of ${world.topology.actors[actor - 1]!.name}, went another way when it was executed again`;
      const result = world.step(actor, () => Math.max(0, choices[step]!));
      if (isBlocked(result)) throw new LaboratoryError(`${where}: it was blocked; a step must depend on memory and its choice only`);
      const end = marks[step + 1] ?? cells.length;
      for (let k = marks[step]!; k < end; k++) before[cells[k]!] = values[k]!;
      if (!isLarge || step === marks.length - 1) this.compare(isLarge ? `of the ${marks.length} steps of a schedule one went another way when they were executed again, on the whole` : where);
      if (result !== this.outcomes[step]) throw new LaboratoryError(`${where}: it answered '${outcomeName(result)}' and had answered '${outcomeName(this.outcomes[step]!)}'; a step must depend on memory and its choice only`);
    }
    world.watch = watch;
  }

  /** Is the state the one that was noted? */
  private compare(where: string): void {
    const { state, before } = this;
    for (let cell = 0; cell < state.length; cell++) {
      if (state[cell] !== before[cell]) throw new LaboratoryError(`${where}: ${this.name(cell)} is ${state[cell]} and was ${before[cell]}; a step must depend on memory and its choice only`);
    }
  }

  /** A word as `object.field`. */
  private name(cell: number): string {
    const { id } = locate(this.world.plan, cell);
    const describer = new Describer(this.world);
    const { field, element } = describer.place(id, cell);
    return `${describer.name(id)}.${field}${element === undefined ? '' : `[${element}]`}`;
  }
}
