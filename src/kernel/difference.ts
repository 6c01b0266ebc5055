// What a kernel has that its neighbour has not, by name: what a derived kernel changes, as a reviewer wants to see it.

import type { State } from '../../machines/fragment.ts';
import type { Kernel } from './define.ts';

/** Names that only the one, only the other has; of those that both have, the ones that differ. */
export interface NamesChanged { readonly added: readonly string[]; readonly removed: readonly string[]; readonly changed: readonly string[] }

export interface KernelChanges {
  /** `mmu.fault`, and within a fragment that both have `mmu.fault, state stale`. */
  readonly fragments: NamesChanged;
  readonly states: NamesChanged;
  readonly steps: NamesChanged;
  readonly objects: NamesChanged;
  readonly registers: NamesChanged;
  readonly calls: NamesChanged;
  /** `name: before -> after`. */
  readonly config: readonly string[];
  readonly bugs: NamesChanged;
}

/** Compares `kernel` with the one that it was derived from. */
export function changesOf(base: Kernel, kernel: Kernel): KernelChanges {
  const states = [...kernel.fragments].flatMap(([name, { states: after }]) => {
    const before = base.fragments.get(name);
    return before === undefined ? [] : [namesOf(entries(before.states, name), entries(after, name), sameState)];
  });
  return {
    fragments: { ...namesOf(base.fragments, kernel.fragments, () => true) },
    states: { added: states.flatMap(({ added }) => added), removed: states.flatMap(({ removed }) => removed), changed: states.flatMap(({ changed }) => changed) },
    steps: namesOf(base.steps, kernel.steps, (a, b) => a === b),
    objects: namesOf(named(base.objects), named(kernel.objects), sameData),
    registers: namesOf(of(base.registers, 'fragment'), of(kernel.registers, 'fragment'), sameData),
    calls: namesOf(named(base.calls), named(kernel.calls), sameData),
    config: [...new Set([...Object.keys(base.config), ...Object.keys(kernel.config)])].flatMap((key) => {
      const [before, after] = [(base.config as unknown as Record<string, unknown>)[key], (kernel.config as unknown as Record<string, unknown>)[key]];
      return before === after ? [] : [`${key}: ${String(before)} -> ${String(after)}`];
    }),
    bugs: namesOf(of(base.bugs, 'id'), of(kernel.bugs, 'id'), sameData),
  };
}

/** Nothing is different but the name. */
export const changesNothing = ({ config, ...lists }: KernelChanges): boolean => config.length === 0
  && Object.values(lists).every(({ added, removed, changed }) => added.length + removed.length + changed.length === 0);

const entries = (states: Readonly<Record<string, State>>, fragment: string): Map<string, State> => new Map(Object.entries(states).map(([name, state]) => [`${fragment}.${name}`, state]));
const of = <K extends string, T extends { readonly [key in K]: string }>(list: readonly T[], key: K): Map<string, T> => new Map(list.map((one) => [one[key], one]));
const named = <T extends { readonly name: string }>(list: readonly T[]): Map<string, T> => of(list, 'name');
const sameData = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** Another order of the same targets is no difference. */
function sameState(a: State, b: State): boolean {
  const sorted = (state: State): unknown => ('on' in state ? { ...state, on: Object.entries(state.on).toSorted() } : 'exits' in state ? { ...state, exits: Object.entries(state.exits).toSorted() } : state);
  return sameData(sorted(a), sorted(b));
}

function namesOf<T>(before: ReadonlyMap<string, T>, after: ReadonlyMap<string, T>, same: (a: T, b: T) => boolean): NamesChanged {
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    removed: [...before.keys()].filter((name) => !after.has(name)),
    changed: [...after].flatMap(([name, one]) => (before.has(name) && !same(before.get(name)!, one) ? [name] : [])),
  };
}
