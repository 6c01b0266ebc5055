// Bounded mailboxes: one message each. A request is one send step, an answer one receive step.

import { blocked } from './outcome.ts';
import type { Cells, ObjectRef } from './layout.ts';

export type Mailbox = ObjectRef & { type: number; from: number; readonly payload: Cells };

/** Puts a message down; false when the box is full, which only happens when somebody asks twice without waiting. */
export function send(box: Mailbox, type: number, from: number, payload: readonly number[]): boolean {
  if (box.type !== 0) return false;
  box.type = type;
  box.from = from;
  for (let i = 0; i < payload.length; i++) box.payload.put(i, payload[i]!);
  return true;
}

/** True when a message waits; otherwise a receive step answers `blocked(box)`. */
export const waiting = (box: Mailbox): boolean => box.type !== 0;

/** Empties the box, to the last word, so that equal situations are equal memory. */
export function take(box: Mailbox): void {
  box.type = 0;
  box.from = 0;
  box.payload.clear();
}

/** What a receive step answers when nothing is there. */
export const nothing = (box: Mailbox): number => blocked(box);
