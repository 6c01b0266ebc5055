// What the lock-order analysis finds, as plain data that can be sent between threads, added up over runs, and printed.

import type { LockClass } from './lock-classes.ts';
import type { StepWitness } from './step-stream.ts';

export type Mode = 'shared' | 'exclusive';

/** A lock of one class was wanted by who held one of another. */
export interface LockEdge {
  readonly from: string;
  readonly fromMode: Mode;
  readonly to: string;
  readonly toMode: Mode;
  /** Where the one was taken that is held, and where the other one is wanted: in the first execution that showed it. */
  readonly held: LockWitness;
  readonly wanted: LockWitness;
}

export interface LockWitness extends StepWitness {
  /** The instance. */
  readonly object: string;
}

/** Which of two instances of one class came first: the lower-numbered one, the higher one, or both are the same. */
export type Nested = 'ascending' | 'descending' | 'same';

/** A lock was wanted by who held one of the same class. */
export interface LockNesting extends LockEdge { readonly nested: Nested }

export interface LockClassReport {
  readonly name: string;
  readonly kind: LockClass['kind'];
  /** Somebody has wanted it exclusively. */
  readonly writers: boolean;
}

/** Edges that lead round: each one's holder can wait for the next one's. */
export interface LockCycle {
  readonly classes: readonly string[];
  readonly edges: readonly LockEdge[];
  /** Classes of it where both hold it shared, and a writer that queues in between makes the second one wait. */
  readonly heldBack: readonly string[];
}

/** What can be added up; the cycles follow from it. */
export interface LockGraph {
  readonly classes: readonly LockClassReport[];
  readonly edges: readonly LockEdge[];
  readonly nestings: readonly LockNesting[];
}

export interface LockOrderReport extends LockGraph { readonly cycles: readonly LockCycle[] }
