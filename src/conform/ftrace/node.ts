// The path of the search: states, and what can be tried in each.

import type { Control } from './control.ts';
import type { Footprint } from './reduction.ts';
import type { Room } from './teller.ts';

/** A move: an actor's step with a choice, the way of an action, the next message to a thread, an interrupt that arrives. */
export type Move =
  | { readonly kind: 'way'; readonly way: number; readonly choice: number }
  | { readonly kind: 'step'; readonly actor: number; readonly choice: number }
  | { readonly kind: 'tell' }
  | { readonly kind: 'interrupt'; readonly vcpu: number };

/** A state on the path of the search. */
export interface Node {
  /** Number of the action that comes next. */
  readonly at: number;
  readonly control: Control;
  /** Place in the undo log, and the hash of memory. */
  readonly mark: number;
  readonly low: number;
  readonly high: number;
  /** Moves to try: first those of the action's own task. */
  readonly moves: Move[];
  next: number;
  /** Moves of others, which are tried when somebody of the action's task moved, or waits for what others hold. */
  others: readonly Move[];
  moved: boolean;
  blocked: boolean;
  /** Nobody of that task is in the middle of something: others may be what it waits for. */
  readonly waits: boolean;
  /** What the steps of the action's own task have touched that were tried here, and what they wait for. */
  readonly touched: Footprint;
  /** Code that the move into this node has overwritten. */
  readonly room: Room | undefined;
  /** The actions that were taken on the way here. */
  readonly taken: Taken | undefined;
}

/** An action that was taken, behind others: empty, or why it was passed over. */
export interface Taken { readonly passedOver: string; readonly before: Taken | undefined }
