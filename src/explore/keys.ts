// What makes two findings the same: the property, and the steps and layouts in which it broke, not the schedule, nor which page, actor
// or instance it was.

import { tableOfObject } from '../memory/plan.ts';
import type { Violation } from '../check/violation.ts';
import type { RunWorld } from '../runtime/world.ts';
import type { Finding } from './finding.ts';

/** A broken invariant as a finding: its id and the step that broke it. What is wrong when everybody rests is a leak, and no step's fault. */
export function brokenFinding({ id, sentence }: Violation, step: string): Omit<Finding, 'schedule'> {
  const leak = sentence.startsWith('everybody rests');
  return { kind: leak ? 'leak' : 'safety', id, sentence, key: `${id} ${leak ? 'at rest' : step}` };
}

/** Of actors that wait: in which steps, for objects of which layouts. `object` -1: not known. */
export function waitingKey(world: RunWorld, waiting: readonly { readonly actor: number; readonly object: number }[]): string {
  const texts = waiting.map(({ actor, object }) => `${world.leafOf(actor).step}>${object < 0 ? '?' : tableOfObject(world.plan, object).layout.name}`);
  return `L-04 ${[...new Set(texts)].toSorted().join(' ')}`;
}
