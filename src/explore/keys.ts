// What makes two findings the same: the property, and the steps and layouts in which it broke, not the schedule, nor which page, actor
// or instance it was.

import { tableOfObject } from '../memory/plan.ts';
import type { RunWorld } from '../runtime/world.ts';

/** Of a broken invariant: its id and the step that broke it. */
export const brokenKey = (id: string, step: string): string => `${id} ${step}`;

/** Of actors that wait: in which steps, for objects of which layouts. `object` -1: not known. */
export function waitingKey(world: RunWorld, waiting: readonly { readonly actor: number; readonly object: number }[]): string {
  const texts = waiting.map(({ actor, object }) => `${world.leafOf(actor).step}>${object < 0 ? '?' : tableOfObject(world.plan, object).layout.name}`);
  return `L-04 ${[...new Set(texts)].toSorted().join(' ')}`;
}
