// What a state invariant is: a pure function over memory, and the objects that it reads, so that it is evaluated only after
// steps that wrote one of them.

import type { CheckedWorld } from './checked-world.ts';

export interface Invariant {
  /** As in the specification: S-01. */
  readonly id: string;
  readonly title: string;
  /** The whole statement. */
  readonly statement: string;
  /** Layouts that it reads. */
  readonly reads: readonly string[];
  /** Steps after which it is evaluated too, for statements about an event; with an empty `reads`, only then. */
  readonly at?: readonly string[];
  /** A sentence of what is broken, or nothing. */
  readonly check: (world: CheckedWorld) => string | undefined;
}
