// What a state invariant is: pure functions over memory, each evaluated only after what can break it. They run after every
// step of every run: they allocate nothing while nothing is wrong, and look at what was written, not at everything.

import type { CheckedWorld } from './checked-world.ts';

/** A sentence of what is broken, or nothing. */
export type Check = (world: CheckedWorld) => string | undefined;

/** The same for what a write to one object can have broken: a, b, c are its indices in its table (0 for those it has not). */
export type ObjectCheck = (world: CheckedWorld, a: number, b: number, c: number) => string | undefined;

export interface Invariant {
  /** As in the specification: S-01. */
  readonly id: string;
  readonly title: string;
  /** The whole statement. */
  readonly statement: string;
  /** By layout: evaluated after a step that wrote an object of it. */
  readonly onWrite?: Readonly<Record<string, ObjectCheck>>;
  /** By step: evaluated after it, while the registers of what it ended still stand. */
  readonly after?: Readonly<Record<string, Check>>;
  /** By step: evaluated when the actor that has moved stands before it. */
  readonly before?: Readonly<Record<string, Check>>;
  /** Evaluated when the actor that has moved has come to rest. */
  readonly atRest?: Check;
  /** Evaluated when everybody is at rest and nothing is under way. */
  readonly atQuiescence?: Check;
  /** The step that shows it receives what others did: what is broken is told apart by its sentence, not by that step. */
  readonly bySentence?: true;
  /** The statement over the whole state, where there is one: what `onWrite` must amount to. */
  readonly whole?: Check;
}

/** When it is evaluated, as half a sentence. */
export function evaluatedWhen({ onWrite, after, before, atRest, atQuiescence }: Invariant): string {
  const parts = [
    ...(onWrite === undefined ? [] : [`after steps that write ${Object.keys(onWrite).join(', ')}`]),
    ...(after === undefined ? [] : [`after ${Object.keys(after).join(', ')}`]),
    ...(before === undefined ? [] : [`before ${Object.keys(before).join(', ')}`]),
    ...(atRest === undefined ? [] : ['when an actor comes to rest']),
    ...(atQuiescence === undefined ? [] : ['when everybody rests']),
  ];
  return parts.join('; ');
}
