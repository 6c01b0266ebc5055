// Schedules as people write them: names of actors instead of numbers, one entry for steps of an actor in a row. A schedule of a report
// can be pasted, and stays right when a scenario numbers its actors in another way.

import { nearest } from '../kernel/nearest.ts';
import type { Topology } from '../scenario/topology.ts';
import type { PlayedStep } from './player.ts';
import type { Decision } from './schedule.ts';
import { blocksOf } from './shrink-schedule.ts';

/** An actor, how many steps it takes in a row, and the choices of those that have one (counted from 0). */
export type NamedSteps = readonly [actor: string, steps: number, ...choices: number[]];
export type NamedSchedule = readonly NamedSteps[];

/** A schedule does not fit the scenario. */
export class ScheduleError extends Error {
  override name = 'ScheduleError';
}

/** A schedule with names. Where it was played, only choices that there were are written down. */
export function namedSchedule(topology: Topology, schedule: readonly (Decision & Partial<Pick<PlayedStep, 'choices'>>)[]): NamedSchedule {
  return blocksOf(schedule).map((block): NamedSteps => [
    topology.actors[block[0]!.actor - 1]!.name, block.length, ...block.flatMap(({ choice }) => (choice < 0 ? [] : [choice])),
  ]);
}

/** Numbers of an entry's actor, with its steps and the choices that they may use up. Throws a ScheduleError for what is wrong. */
export function actorOf(topology: Topology, [name, steps, ...choices]: NamedSteps, entry: number): number {
  const names = topology.actors.map((actor) => actor.name);
  const actor = names.indexOf(name) + 1;
  const wrong = (sentence: string): never => { throw new ScheduleError(`entry ${entry + 1} of the schedule ${sentence}`); };
  if (actor === 0) wrong(`names actor '${name}', which the scenario does not have${nearest(String(name), names) || `; it has ${names.join(', ')}`}`);
  if (!Number.isInteger(steps) || steps < 1) wrong(`gives ${name} ${steps} steps; an entry is an actor, a number of steps from 1, and choices`);
  if (choices.some((one) => !Number.isInteger(one) || one < 0)) wrong(`has a choice that is not a number from 0`);
  return actor;
}
