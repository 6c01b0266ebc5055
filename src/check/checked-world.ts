// What a check sees of a run: memory through its objects, the actors' frames, and the step that has just been executed.

import type { Plan } from '../memory/plan.ts';
import type { Facts, Frame, World } from '../memory/world.ts';
import type { Table } from '../kernel/table.ts';

export interface CheckedWorld {
  readonly plan: Plan;
  readonly facts: Facts;
  readonly objects: World;
  readonly table: Table;
  /** By actor number. The registers of the last actor are as the step left them, before a fragment that ended zeroed its own. */
  readonly frames: readonly (Frame<Record<string, number>> & { leaf: number })[];
  /** The step that has just been executed. */
  readonly last: { readonly actor: number; readonly leaf: number; readonly outcome: number; readonly to: number };
}
