// Editing a fragment at named states, as a patch does: a point that does not exist is an error that names near ones.

import type { Fragment, Leaf, State, Targets, Use } from '../../machines/fragment.ts';
import { nearest } from './nearest.ts';

/** What a kernel derived from another does with one of its fragments. */
export type FragmentEdit = (edit: Editor) => void;

export interface Editor {
  /** Puts a state in front of `point`: what led to `point` leads to it now, and it must lead on to `point` itself. */
  insertBefore(point: string, name: string, state: State): void;
  /** Puts a state behind `point`: the outcome `on` of `point` leads to it now; its own targets say where it goes on. */
  insertAfter(point: string, on: string, name: string, state: State): void;
  /** Puts another state in the place of `point`. */
  replace(point: string, state: State): void;
  /** Takes `point` away: what led to it leads to `to` now. */
  remove(point: string, to: string): void;
  /** Adds a state that an edit of another leads to. */
  add(name: string, state: State): void;
  /** Lets the outcome, or exit, `on` of `point` lead to `to`. */
  redirect(point: string, on: string, to: string): void;
}

const targetsOf = (state: State): Targets => ('on' in state ? state.on : 'exits' in state ? state.exits : {});
const withTargets = (state: State, targets: Targets): State =>
  'on' in state ? { ...(state as Leaf), on: targets } : 'exits' in state ? { ...(state as Use), exits: targets } : state;

/** Applies an edit to a copy of the fragment. */
export function editFragment(fragment: Fragment, edit: FragmentEdit): Fragment {
  const states = new Map(Object.entries(fragment.states));
  let { initial } = fragment;
  const existing = (point: string): State => {
    const state = states.get(point);
    if (state === undefined) throw new Error(`fragment '${fragment.name}' has no state '${point}'${nearest(point, states.keys())}`);
    return state;
  };
  const fresh = (name: string): void => {
    if (states.has(name)) throw new Error(`fragment '${fragment.name}' has a state '${name}' already`);
  };
  const retarget = (from: string, to: string, except: string): void => {
    for (const [name, state] of states) {
      if (name === except) continue;
      const targets = Object.fromEntries(Object.entries(targetsOf(state)).map(([on, target]) => [on, target === from ? to : target]));
      states.set(name, withTargets(state, targets));
    }
    if (initial === from) initial = to;
  };
  edit({
    insertBefore(point, name, state) {
      existing(point);
      fresh(name);
      retarget(point, name, name);
      states.set(name, state);
    },
    insertAfter(point, on, name, state) {
      fresh(name);
      this.redirect(point, on, name);
      states.set(name, state);
    },
    replace(point, state) {
      existing(point);
      states.set(point, state);
    },
    remove(point, to) {
      existing(point);
      if (!to.startsWith('^')) existing(to);
      states.delete(point);
      retarget(point, to, '');
    },
    add(name, state) {
      fresh(name);
      states.set(name, state);
    },
    redirect(point, on, to) {
      const state = existing(point);
      const targets = targetsOf(state);
      if (!(on in targets)) throw new Error(`fragment '${fragment.name}', state '${point}' has no outcome '${on}'${nearest(on, Object.keys(targets))}`);
      states.set(point, withTargets(state, { ...targets, [on]: to }));
    },
  });
  if (initial.startsWith('^')) throw new Error(`fragment '${fragment.name}' would be empty`);
  return { ...fragment, initial, states: Object.fromEntries(states) };
}
