// What was made of something that comes again and again, kept.

import { encoded } from './bytes.ts';

/** Texts that are kept; then all are made anew. */
const MOST = 1 << 15;

/** Makes bytes of what a step is, without its number, once: by who, in which state, what came of it. */
export function headsOf<T extends { readonly actor: string; readonly state: string; readonly outcome: string; readonly to: string }>(text: (one: T) => string): (one: T) => Uint8Array {
  const kept = new Map<string, Map<string, Map<string, { to: string; bytes: Uint8Array }>>>();
  let count = 0;
  return (one) => {
    let states = kept.get(one.actor);
    if (states === undefined) kept.set(one.actor, states = new Map());
    let outcomes = states.get(one.state);
    if (outcomes === undefined) states.set(one.state, outcomes = new Map());
    let known = outcomes.get(one.outcome);
    if (known === undefined || known.to !== one.to) {
      if (++count === MOST) {
        kept.clear();
        count = 0;
      }
      outcomes.set(one.outcome, known = { to: one.to, bytes: encoded(text(one)) });
    }
    return known.bytes;
  };
}
