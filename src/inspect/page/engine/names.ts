// Facts about the leaves and objects of a run's world, looked up once.

import { Describer } from '../../../runtime/describe.ts';
import type { RunWorld } from '../../../runtime/world.ts';
import { outcomeNames } from '../../../trace/outcomes.ts';

export class Names {
  readonly outcomes: readonly string[];
  /** By actor number; entry 0 is the outside. */
  readonly actors: readonly string[];
  private readonly describer: Describer;

  constructor(world: RunWorld) {
    this.outcomes = outcomeNames(world.table);
    this.actors = ['outside', ...world.topology.actors.map(({ name }) => name)];
    this.describer = new Describer(world);
  }

  /** `spte(vm 0, root 0, gfn 5)`. */
  object(id: number): string {
    return this.describer.name(id);
  }
}
