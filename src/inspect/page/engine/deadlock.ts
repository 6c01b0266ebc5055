// Whether anybody is left waiting without end: nobody can go on, or some wait for each other in a ring while others go on.

import type { ActorView } from '../model.ts';

/** One who waits: for what, and who has to go on first. */
export interface Waiting { readonly actor: string; readonly object: string; readonly holders: readonly string[] }

export interface Deadlock {
  /** Nobody can go on; else those who wait do so in a ring. */
  readonly everybody: boolean;
  readonly waits: readonly Waiting[];
}

/** What keeps an actor from going on in the middle of its work, if nothing from outside can help. */
const isStuck = ({ ended, enabled, leaf, blockedOn }: ActorView): boolean => !ended && !enabled && !leaf.idle && leaf.outside === undefined && blockedOn !== undefined;

const waiting = ({ name, blockedOn, holders }: ActorView): Waiting => ({ actor: name, object: blockedOn!.name, holders: holders.map((one) => one.name) });

/** The deadlock that these actors are in; nothing where there is none. */
export function deadlockOf(actors: readonly ActorView[]): Deadlock | undefined {
  const stuck = new Map(actors.filter(isStuck).map((one) => [one.number, one]));
  if (stuck.size > 0 && !actors.some(({ enabled }) => enabled) && ![...stuck.values()].some(({ blockedOn }) => blockedOn!.name.startsWith('sync_point'))) {
    return { everybody: true, waits: [...stuck.values()].map(waiting) };
  }
  // Who is done with, and the way to where the search stands.
  const seen = new Set<number>();
  const path: ActorView[] = [];
  const ring = (one: ActorView): readonly ActorView[] | undefined => {
    if (path.includes(one)) return path.slice(path.indexOf(one));
    if (seen.has(one.number)) return undefined;
    seen.add(one.number);
    path.push(one);
    for (const { number } of one.holders) {
      const holder = stuck.get(number);
      const found = holder === undefined ? undefined : ring(holder);
      if (found !== undefined) return found;
    }
    path.pop();
    return undefined;
  };
  for (const one of stuck.values()) {
    const found = ring(one);
    if (found !== undefined) return { everybody: false, waits: found.map(waiting) };
  }
  return undefined;
}

/** A deadlock in a sentence. */
export function deadlockSentence({ everybody, waits }: Deadlock): string {
  if (everybody) return 'nobody can go on';
  return waits.map(({ actor, object }, k) => `${k === 0 ? actor : 'which'} waits for ${object} of ${waits[(k + 1) % waits.length]!.actor}`).join(', ');
}
