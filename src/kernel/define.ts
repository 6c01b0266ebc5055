// A kernel: statechart fragments, steps, objects, registers, calls and facts of one generation; made from nothing, or as the
// difference from a neighbour.

import type { FrameLayout, Layout } from '../memory/layout.ts';
import type { Call } from '../memory/calls.ts';
import type { Config, Step } from '../memory/world.ts';
import type { Fragment } from '../../machines/fragment.ts';
import { shown } from '../scenario/errors.ts';
import { editFragment, type FragmentEdit } from './edit.ts';
import { nearest } from './nearest.ts';
import { operationFragments } from './operations.ts';
import { unpackTable, type PackedTable } from './packed-table.ts';
import { checkMembers, checkSteps, checkUse } from './refuse.ts';
import { tabulate, type MachineSpec, type Table } from './table.ts';

/** A bug that this kernel is known to have. */
export interface KnownBug {
  readonly id: string;
  /** What breaks, in one sentence. */
  readonly breaks: string;
  readonly scenario: string;
  /** Invariants, monitors or checks that show it, the one that is reported first in front. */
  readonly shownBy: readonly string[];
  /** Scenarios in which it shows too. */
  readonly alsoIn?: readonly string[];
  /** Classes of the locks that it takes in two orders, where that is what it is. */
  readonly lockOrder?: readonly string[];
  /** The two steps that race, where that is how it shows. */
  readonly race?: readonly [string, string];
  /** Kernel that does not have it any more. */
  readonly fixedIn: string;
  /** The name that later kernels have it under. */
  readonly sameAs?: string;
}

/** A bug that a kernel of this generation has, and the model cannot show. */
export interface UnshownBug {
  readonly id: string;
  /** What breaks, in one sentence. */
  readonly breaks: string;
  /** Why nothing here shows it, in one sentence. */
  readonly why: string;
}

/** Gives objects their values of the beginning; all memory is zero before. */
export type Initialise = (world: never) => void;

export interface Kernel {
  readonly name: string;
  readonly title: string;
  /** Kernel that this one was derived from. */
  readonly base?: string;
  readonly objects: readonly Layout[];
  readonly registers: readonly FrameLayout[];
  readonly calls: readonly Call[];
  readonly machines: readonly MachineSpec[];
  readonly fragments: ReadonlyMap<string, Fragment>;
  readonly steps: ReadonlyMap<string, Step<never, never>>;
  readonly config: Config;
  readonly initialise?: Initialise;
  readonly bugs: readonly KnownBug[];
  /** Those that are known and cannot be shown here; each stands with the kernel that had it first. */
  readonly unshown: readonly UnshownBug[];
  /** Statecharts as a packed table; made at first use. */
  readonly table: Table;
}

export interface KernelSpec {
  readonly name: string;
  readonly title: string;
  readonly objects: readonly Layout[];
  readonly registers: readonly FrameLayout[];
  readonly calls: readonly Call[];
  readonly machines: readonly MachineSpec[];
  readonly fragments: readonly Fragment[];
  readonly steps: Readonly<Record<string, Step<never, never>>>;
  readonly config: Config;
  /** What is not zero when a world begins. */
  readonly initialise?: Initialise;
  readonly bugs: readonly KnownBug[];
  /** Known bugs that cannot be shown. */
  readonly unshown?: readonly UnshownBug[];
}

/** The difference of a kernel from its neighbour. Lists add to the neighbour's, or replace what has the same name. */
export interface KernelDifference {
  readonly name: string;
  readonly title?: string;
  readonly objects?: readonly Layout[];
  readonly registers?: readonly FrameLayout[];
  readonly calls?: readonly Call[];
  readonly machines?: readonly MachineSpec[];
  /** New fragments, or edits of the neighbour's by name. */
  readonly fragments?: Readonly<Record<string, Fragment | FragmentEdit>>;
  readonly steps?: Readonly<Record<string, Step<never, never>>>;
  readonly config?: Partial<Config>;
  /** Behind the neighbour's. */
  readonly initialise?: Initialise;
  /** Bugs that it has in addition. */
  readonly bugs?: readonly KnownBug[];
  /** Bugs of its own that cannot be shown; the neighbour's are not handed on. */
  readonly unshown?: readonly UnshownBug[];
  /** Ids of the neighbour's bugs that it does not have. */
  readonly mended?: readonly string[];
}

const SPEC: Readonly<Record<keyof KernelSpec, true>> = {
  name: true, title: true, objects: true, registers: true, calls: true, machines: true, fragments: true, steps: true, config: true, initialise: true, bugs: true,
  unshown: true,
};
const DIFFERENCE: Readonly<Record<keyof KernelDifference, true>> = {
  name: true, title: true, objects: true, registers: true, calls: true, machines: true, fragments: true, steps: true, config: true, initialise: true, bugs: true,
  unshown: true, mended: true,
};

/** What defineKernel and deriveKernel have made: nothing else is a kernel, whatever it looks like. */
const made = new WeakSet<object>();

/** Has been made by defineKernel or deriveKernel. */
export const isKernel = (value: unknown): value is Kernel => typeof value === 'object' && value !== null && made.has(value);

/** Makes a kernel. Throws, with the place and near names, when a member, fragment, step or state that is named does not exist. */
export function defineKernel(spec: KernelSpec): Kernel {
  checkMembers(spec, SPEC);
  return finish({ unshown: [], ...spec, fragments: new Map(spec.fragments.map((one) => [one.name, one])), steps: new Map(Object.entries(spec.steps)) });
}

/** Makes a kernel as the difference from `base`. Throws, with near names, when the difference would change nothing by mistake. */
export function deriveKernel(base: Kernel, difference: KernelDifference): Kernel {
  if (!isKernel(base)) throw new Error(`the kernel to derive from is ${base === undefined ? 'undefined; `kernels.find(…)` finds nothing when the name is wrong' : `${shown(base)}, not what defineKernel or deriveKernel has made`}`);
  const named = checkMembers(difference, DIFFERENCE);
  const fragments = new Map(base.fragments);
  for (const [name, change] of Object.entries(difference.fragments ?? {})) {
    if (typeof change !== 'function') {
      if (typeof change !== 'object' || change === null || !('states' in change)) throw new Error(`${named}: fragment '${name}' must be an edit, (edit) => …, or a fragment, not ${shown(change)}`);
      fragments.set(name, change);
      continue;
    }
    const old = fragments.get(name);
    if (old === undefined) throw new Error(`${named} edits fragment '${name}', which '${base.name}' does not have${nearest(name, fragments.keys())}`);
    fragments.set(name, editFragment(old, change));
  }
  const steps = new Map(base.steps);
  for (const [name, step] of Object.entries(difference.steps ?? {})) steps.set(name, step);
  for (const id of difference.mended ?? []) {
    if (!base.bugs.some((bug) => bug.id === id)) throw new Error(`${named} mends '${id}', which '${base.name}' does not have${nearest(id, base.bugs.map((bug) => bug.id))}`);
  }
  const kernel = finish({
    name: difference.name,
    title: difference.title ?? `${base.title}, changed`,
    base: base.name,
    objects: merge(base.objects, difference.objects ?? [], (one) => one.name),
    registers: merge(base.registers, difference.registers ?? [], (one) => one.fragment),
    calls: merge(base.calls, difference.calls ?? [], (one) => one.name),
    machines: merge(base.machines, difference.machines ?? [], (one) => one.machine),
    fragments,
    steps,
    config: { ...base.config, ...difference.config },
    ...both(base.initialise, difference.initialise),
    bugs: [...base.bugs.filter((bug) => !(difference.mended ?? []).includes(bug.id)), ...(difference.bugs ?? [])],
    unshown: difference.unshown ?? [],
  });
  checkUse(kernel, base);
  return kernel;
}

/** The same kernel with a table that another thread has made of it, and checked, instead of making it anew. */
export function withTable(kernel: Kernel, packed: PackedTable): Kernel {
  const table = unpackTable(packed, kernel.machines, kernel.fragments);
  const same = Object.defineProperties({}, { ...Object.getOwnPropertyDescriptors(kernel), table: { value: table, enumerable: true } }) as Kernel;
  made.add(same);
  return same;
}

/** One after the other, as far as there are. */
function both(first: Initialise | undefined, second: Initialise | undefined): { initialise?: Initialise } {
  if (first === undefined || second === undefined) return first === undefined && second === undefined ? {} : { initialise: (first ?? second)! };
  return { initialise: (world) => { first(world); second(world); } };
}

function merge<T>(base: readonly T[], change: readonly T[], name: (one: T) => string): T[] {
  const changed = new Map(change.map((one) => [name(one), one]));
  const result = base.map((one) => changed.get(name(one)) ?? one);
  for (const one of change) if (!base.some((old) => name(old) === name(one))) result.push(one);
  return result;
}

function finish(given: Omit<Kernel, 'table'>): Kernel {
  checkSteps(given);
  checkReferences(given);
  const parts = { ...given, fragments: new Map([...given.fragments, ...operationFragments(given.calls).map((one) => [one.name, one] as const)]) };
  for (const fragment of parts.fragments.values()) {
    for (const [name, state] of Object.entries(fragment.states)) {
      if ('meta' in state && !parts.steps.has(state.meta.step)) {
        throw new Error(`kernel '${parts.name}', fragment '${fragment.name}', state '${name}': there is no step '${state.meta.step}'${nearest(state.meta.step, parts.steps.keys())}`);
      }
    }
  }
  let table: Table | undefined;
  const kernel: Kernel = {
    ...parts,
    get table(): Table {
      table ??= checkRegisters(tabulate(parts.machines, parts.fragments), parts);
      return table;
    },
  };
  made.add(kernel);
  return kernel;
}

/** Registers of one name are one word of the frame, in whichever fragment; a search that renames what a word refers to must know what that is. */
function checkReferences({ registers, name }: Omit<Kernel, 'table'>): void {
  const known = new Map<string, { readonly fragment: string; readonly what: string }>();
  for (const { fragment, fields } of registers) {
    for (const [register, { ref, bits, cells, copyOf }] of Object.entries(fields)) {
      const what = ref ?? bits ?? cells ?? copyOf ?? 'number';
      const other = known.get(register) ?? { fragment, what };
      if (other.what !== what) {
        throw new Error(`kernel '${name}': register '${register}' holds a ${other.what} in '${other.fragment}' and a ${what} in '${fragment}'; registers of one name are one word: give one of them another name`);
      }
      known.set(register, other);
    }
  }
}

/** A register that two nested fragments both have would be zeroed under the outer one's feet. */
function checkRegisters(table: Table, { registers, name }: Omit<Kernel, 'table'>): Table {
  const byFragment = new Map(registers.map((one) => [one.fragment, Object.keys(one.fields)]));
  for (const leaf of table.leaves) {
    const owner = new Map<string, string>();
    for (const { fragment } of leaf.within) {
      for (const register of byFragment.get(fragment) ?? []) {
        const other = owner.get(register);
        if (other !== undefined && other !== fragment) {
          throw new Error(`kernel '${name}': register '${register}' belongs to '${other}' and to '${fragment}', which runs inside it (${leaf.machine}: ${leaf.path})`);
        }
        owner.set(register, fragment);
      }
    }
  }
  return table;
}
