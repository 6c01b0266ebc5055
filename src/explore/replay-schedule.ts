// Replays a schedule that a person has pasted, and says what it breaks: what the test of a report calls.

import { builtinKernel, kernels } from '../../machines/kernels/index.ts';
import type { Invariant } from '../check/invariant.ts';
import { invariants as all } from '../check/invariants/index.ts';
import type { Kernel } from '../kernel/define.ts';
import { builtinScenario, builtinScenarios } from '../scenario/builtin/index.ts';
import { compile } from '../scenario/compile.ts';
import { unknownName } from '../scenario/errors.ts';
import type { Scenario } from '../scenario/types.ts';
import type { Broken } from './broken.ts';
import { Player } from './player.ts';
import { actorOf, ScheduleError, type NamedSchedule } from './named-schedule.ts';
import type { Decision } from './schedule.ts';
import { whatsBroken } from './whats-broken.ts';

/** What a replayed schedule has come to. */
export interface ReplayedSchedule {
  /** Steps executed: all of the schedule, or those up to a violation. */
  readonly steps: number;
  /** All that is broken at its end: an invariant by its last step; actors that wait for each other; lock orders; data races. */
  readonly broken: readonly Pick<Broken, 'kind' | 'id' | 'sentence' | 'key'>[];
  /** Keys of the edges of the lock order that it shows: those of several schedules may make a circle. */
  readonly lockOrder: readonly string[];
}

export interface ReplayScheduleOptions {
  /** All when left out. */
  readonly invariants?: readonly Invariant[];
  /** Steps in front of a loop: is the state behind the last step the one behind these? */
  readonly loop?: number;
}

/** Executes exactly this schedule of a scenario, or of a built-in one by its name; throws a ScheduleError when a step of it cannot be taken. */
export function replaySchedule(
  scenario: Scenario | string, kernel: Kernel | string, schedule: NamedSchedule, { invariants = all, loop }: ReplayScheduleOptions = {},
): ReplayedSchedule {
  const what = typeof scenario === 'string' ? builtinScenario(scenario) : scenario;
  if (what === undefined) throw unknownName('', 'scenario', scenario as string, builtinScenarios.map(({ name }) => name));
  const on = typeof kernel === 'object' ? kernel : builtinKernel(kernel);
  if (on === undefined) throw unknownName('', 'kernel', kernel as string, kernels.map(({ name }) => name));
  const topology = compile(what, on);
  const { steps, broken, edges } = whatsBroken(on, topology, decisionsOf(new Player(on, topology, { invariants: [] }), schedule), invariants, loop);
  return { steps, broken: broken.map(told), lockOrder: edges.map(({ key }) => key) };
}

const told = ({ kind, id, sentence, key }: Broken): ReplayedSchedule['broken'][number] => ({ kind, id, sentence, key });

/** Numbers for names, choices dealt out to the steps that have one. */
function decisionsOf(player: Player, schedule: NamedSchedule): Decision[] {
  const { world } = player;
  const decisions: Decision[] = [];
  player.begin();
  for (const [k, entry] of schedule.entries()) {
    const actor = actorOf(world.topology, entry, k);
    const [name, steps, ...choices] = entry;
    for (let n = 0; n < steps; n++) {
      const step = decisions.length + 1;
      const refuse = (sentence: string): never => { throw new ScheduleError(`step ${step} of the schedule, of ${name} in state '${world.leafOf(actor).path}', ${sentence}`); };
      if (world.ended(actor)) refuse('cannot be taken: it has ended');
      const result = world.step(actor, (count) => {
        const choice = choices.shift() ?? refuse(`has a choice of ${count} that the schedule does not give`);
        return choice < count ? choice : refuse(`has no choice ${choice}; there are ${count}, counted from 0`);
      });
      if (result < 0) refuse('cannot be taken: it is blocked');
      decisions.push({ actor, choice: world.last.choice });
    }
    if (choices.length > 0) throw new ScheduleError(`entry ${k + 1} of the schedule gives ${name} more choices than its steps have`);
  }
  return decisions;
}
