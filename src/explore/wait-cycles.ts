// The wait-for graph of a world as it stands: who cannot go on, on which object, and who would have to act first. A lock names its
// holders; a reader's section, an interrupt, a mailbox name whose they are.

import { blockedOn, isBlocked } from '../memory/outcome.ts';
import { indicesOf, tableOfObject } from '../memory/plan.ts';
import type { RunWorld } from '../runtime/world.ts';

/** Answers what blocks an actor's next step, -1 for nothing; leaves the world as it was. */
export type Peek = (actor: number) => number;

/** Makes a peek: `back` undoes everything that was written since `mark`. Checks that listen to steps do not hear of these. */
export function peekInto(world: RunWorld, mark: () => number, back: (mark: number) => void): Peek {
  const { last } = world;
  return (actor) => {
    const { watch } = world;
    const kept = { ...last };
    world.watch = undefined;
    const at = mark();
    const result = world.step(actor, () => 0);
    back(at);
    world.watch = watch;
    Object.assign(last, kept);
    return isBlocked(result) ? blockedOn(result) : -1;
  };
}

/** An actor that waits in the middle of its work. */
export interface Wait {
  readonly actor: number;
  readonly object: number;
  /** Actors that it waits for; empty where that is nobody in particular. */
  readonly holders: readonly number[];
}

/** Actors that must act before whoever waits for this object can go on. */
export function holdersOf(world: RunWorld, object: number, waiter: number): number[] {
  const { plan, words, topology } = world;
  const table = tableOfObject(plan, object);
  const base = table.base + (object - table.firstId) * table.words;
  const isActor = (actor: number): boolean => actor > 0 && actor !== waiter && actor <= topology.actors.length;
  if (table.layout.name === 'mailbox') {
    // Who works for whoever waits for an answer.
    return topology.actors.flatMap(({ caller }, i) => (caller === waiter && !world.leafOf(i + 1).idle ? [i + 1] : []));
  }
  const found = new Set<number>();
  const queued = new Set<number>();
  for (const { name, spec, offset, words: count } of table.fields) {
    const into = name.startsWith('waiting') || name.startsWith('awaited') || name === 'queue' || name === 'waiter' ? queued : found;
    for (let k = 0; k < count; k++) {
      const value = words[base + offset + k]!;
      if (spec.ref === 'actor' && isActor(value)) into.add(value);
      if (spec.cells === 'actor' && isActor(Math.abs(value))) into.add(Math.abs(value));
      for (let bit = 0; spec.bits === 'actor' && bit < 32; bit++) if ((value & (1 << bit)) !== 0 && isActor(k * 32 + bit)) into.add(k * 32 + bit);
    }
  }
  const indices = indicesOf(plan, object);
  table.layout.per.forEach((dimension, k) => {
    if (dimension === 'actor' && isActor(indices[k]!)) found.add(indices[k]!);
    // Whoever waits for an interrupt, or for a mode, waits for the vCPU.
    if (dimension === 'vcpu' && found.size === 0) topology.actors.forEach(({ machine, vcpu }, i) => { if (machine === 'vcpu' && vcpu === indices[k] && isActor(i + 1)) found.add(i + 1); });
  });
  // Nobody has it: a writer that has queued holds readers back.
  return [...(found.size > 0 ? found : queued)].toSorted((a, b) => a - b);
}

/** What one actor waits for; nothing when it rests, has ended or can go on. */
export function waitOf(world: RunWorld, peek: Peek, actor: number): Wait | undefined {
  if (world.ended(actor) || world.leafOf(actor).idle) return undefined;
  const object = peek(actor);
  return object < 0 ? undefined : { actor, object, holders: holdersOf(world, object, actor) };
}

/** Everybody who waits in the middle of its work, by actor number. */
export function waitsIn(world: RunWorld, peek: Peek): Wait[] {
  return world.topology.actors.flatMap((_actor, i) => waitOf(world, peek, i + 1) ?? []);
}

/** A cycle through `actor`: each waits for the next, the last for the first. Empty when there is none. */
export function cycleFrom(world: RunWorld, peek: Peek, actor: number): Wait[] {
  const path: Wait[] = [];
  const done = new Set<number>();
  const follow = (at: number): boolean => {
    if (done.has(at)) return false;
    done.add(at);
    const wait = waitOf(world, peek, at);
    if (wait === undefined) return false;
    path.push(wait);
    if (wait.holders.includes(actor) || wait.holders.some(follow)) return true;
    path.pop();
    return false;
  };
  follow(actor);
  return path;
}
