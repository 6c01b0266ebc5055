// Executes the steps of a run one after the other on a world, and holds each against what the run says of it.

import { isBlocked, outcomeName } from '../../../memory/outcome.ts';
import { applyInjection, injectionProblem } from '../../../runtime/injection.ts';
import type { RunWorld } from '../../../runtime/world.ts';
import { NO_CHOICE, OUTSIDE_ACTOR } from '../../../trace/batch.ts';
import { outcomesToTrace } from '../../../trace/outcomes.ts';
import { InspectError } from './errors.ts';
import type { Records } from './records.ts';

export class Forward {
  readonly world: RunWorld;
  private readonly outcomes: Int32Array;
  private wanted = NO_CHOICE;
  private unlike = '';

  constructor(world: RunWorld) {
    this.world = world;
    this.outcomes = outcomesToTrace(world.table);
  }

  /** The trace's number of an outcome. */
  numberOf(outcome: number): number {
    return this.outcomes[outcome]!;
  }

  /** Executes step `step`; the world must stand behind the one before it. Throws an InspectError when it is not as the run says. */
  execute(records: Records, step: number): void {
    const { world } = this;
    const actor = records.actor(step);
    if (actor === OUTSIDE_ACTOR) {
      this.inject(records, step);
      return;
    }
    const name = world.topology.actors[actor - 1]?.name;
    if (name === undefined) throw new InspectError(`step ${step} is of actor ${actor}; the scenario has ${world.topology.actors.length}`, step);
    const leaf = world.leafOf(actor);
    if (leaf.number !== records.leaf(step)) {
      const said = world.table.leaves[records.leaf(step)]?.path ?? `number ${records.leaf(step)}, which there is not`;
      throw new InspectError(`step ${step}: the run has ${name} in state ${said}; here it is in ${leaf.path}`, step);
    }
    if (leaf.final) throw new InspectError(`step ${step} is of ${name}, which has ended`, step);
    this.wanted = records.choice(step);
    this.unlike = '';
    const result = this.stepOf(actor, step);
    if (isBlocked(result)) throw new InspectError(`step ${step}: ${leaf.step} of ${name} is blocked here`, step);
    if (this.outcomes[result] !== records.outcome(step)) throw new InspectError(`step ${step}: ${leaf.step} of ${name} answers '${outcomeName(result)}' here, and something else in the run`, step);
    if (world.last.choices === 0 && this.wanted !== NO_CHOICE) this.unlike = `has no choice here; the run has choice ${this.wanted}`;
    if (this.unlike !== '') throw new InspectError(`step ${step}: ${leaf.step} of ${name} ${this.unlike}`, step);
  }

  /** What a command that came in names may not be there. */
  private stepOf(actor: number, step: number): number {
    try {
      return this.world.step(actor, this.choose);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new InspectError(`step ${step} cannot be executed: it names what is not there (${error.message})`, step);
    }
  }

  private inject(records: Records, step: number): void {
    const { world } = this;
    const injection = records.injection(step);
    if (injection === undefined) throw new InspectError(`step ${step} is something that came in, and the run does not have it`, step);
    const problem = injection.actor !== records.leaf(step) ? 'it does not say for whom it is' : injectionProblem(world, injection);
    if (problem !== undefined) throw new InspectError(`step ${step} is something that came in: ${problem}`, step);
    if (!applyInjection(world, injection)) throw new InspectError(`step ${step}: something comes in for ${world.topology.actors[injection.actor - 1]!.name}, which does not wait for it`, step);
  }

  private readonly choose = (n: number): number => {
    if (this.wanted === NO_CHOICE) this.unlike = `has a choice of ${n} here; the run has none`;
    else if (this.wanted >= n) this.unlike = `has choice ${this.wanted} in the run; there are ${n}, counted from 0`;
    return this.wanted < n ? this.wanted : 0;
  };
}
