// Inside which traced functions of the kernel a leaf of the model lies: by the table of functions and the fragments around the leaf.

import type { Fragment } from '../../../machines/fragment.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { FunctionRow } from './functions.ts';

/** A place in a statechart: a state of a fragment. */
interface Place { readonly fragment: string; readonly state: string }

/** One of the functions around a leaf, outermost first. */
export interface Around {
  /** Number of the function's row. */
  readonly row: number;
  /** The kernel may execute the leaf's step with or without this function. */
  readonly optional: boolean;
}

/** What stands for the vCPU or operation whose states are named `op.NAME:carryOut`, for every ioctl of a VM that the kernel has. */
const VM_IOCTLS = 'vm ioctl';

/** `fragment:state,state`, or all states of `fragment`; several of them, joined by ` > `, lie one inside the other; `?` behind it: optional. */
interface Pattern { readonly parts: readonly { readonly fragment: string; readonly states: readonly string[] | undefined }[]; readonly optional: boolean }

function patternsOf(text: string, kernel: Kernel): Pattern[] {
  const optional = text.endsWith('?');
  const plain = optional ? text.slice(0, -1) : text;
  if (plain === VM_IOCTLS) {
    return kernel.calls.filter(({ vmIoctl }) => vmIoctl === true).map(({ name }) => ({ parts: [{ fragment: `op.${name}`, states: ['carryOut'] }], optional }));
  }
  const parts = plain.split(' > ').map((part) => {
    const [fragment, states] = part.split(':') as [string, string | undefined];
    return { fragment, states: states?.split(',') };
  });
  return [{ parts, optional }];
}

/** Index in `chain` of the place that the last part of a pattern matches, the others before it; -1: none. */
function matchAt({ parts }: Pattern, chain: readonly Place[]): number {
  let at = -1;
  for (const { fragment, states } of parts) {
    at = chain.findIndex((place, i) => i > at && place.fragment === fragment && (states === undefined || states.includes(place.state)));
    if (at < 0) return -1;
  }
  return at;
}

/** The states around each leaf of a kernel, outermost first, by leaf number. */
function chainsOf({ machines, fragments, table }: Kernel): Place[][] {
  const roots = new Map(machines.map(({ machine, root }) => [machine, root]));
  return table.leaves.map(({ machine, path }) => {
    let fragment: Fragment | undefined = fragments.get(roots.get(machine)!);
    return path.split('.').flatMap((state): Place[] => {
      if (fragment === undefined) return [];
      const place = { fragment: fragment.name, state };
      const inner = fragment.states[state];
      fragment = inner !== undefined && 'use' in inner ? fragments.get(inner.use) : undefined;
      return [place];
    });
  });
}

/** The functions around each leaf, of those that were traced: by leaf number. */
export class Covers {
  /** By leaf: the functions around it, outermost first. */
  readonly around: readonly (readonly Around[])[];
  /** By leaf: the states that it lies in, outermost first, as `fragment:state`. */
  readonly places: readonly (readonly string[])[];
  /** By machine: the rows that occur in it. */
  readonly rowsOf: ReadonlyMap<string, ReadonlySet<number>>;
  /** By list of states that somebody asked about, and leaf. */
  private readonly at = new Map<readonly string[], Uint8Array>();

  /** `traced`: row numbers of the functions that the trace would show. */
  constructor(kernel: Kernel, rows: readonly FunctionRow[], traced: ReadonlySet<number>) {
    const patterns = rows.map(({ at }) => at.flatMap((text) => patternsOf(text, kernel)));
    const chains = chainsOf(kernel);
    const rowsOf = new Map<string, Set<number>>();
    this.places = chains.map((chain) => chain.map(({ fragment, state }) => `${fragment}:${state}`));
    this.around = chains.map((chain, leaf) => {
      const { machine } = kernel.table.leaves[leaf]!;
      const own = rowsOf.get(machine) ?? new Set();
      rowsOf.set(machine, own);
      const found: (Around & { at: number })[] = [];
      patterns.forEach((some, row) => {
        if (!traced.has(row)) return;
        let at = -1;
        let optional = true;
        for (const pattern of some) {
          const here = matchAt(pattern, chain);
          if (here < 0) continue;
          at = at < 0 ? here : Math.min(at, here);
          optional &&= pattern.optional;
        }
        if (at < 0) return;
        own.add(row);
        found.push({ row, optional, at });
      });
      return found.toSorted((a, b) => a.at - b.at || a.row - b.row).map(({ row, optional }) => ({ row, optional }));
    });
    this.rowsOf = rowsOf;
  }

  /** Is the leaf, or what it lies in, one of these states? */
  isAt(leaf: number, states: readonly string[]): boolean {
    let known = this.at.get(states);
    if (known === undefined) {
      const wanted = new Set(states.flatMap((text) => {
        const [fragment, names] = text.split(':') as [string, string];
        return names.split(',').map((name) => `${fragment}:${name}`);
      }));
      this.at.set(states, known = Uint8Array.from(this.places, (places) => (places.some((place) => wanted.has(place)) ? 1 : 0)));
    }
    return known[leaf] !== 0;
  }

  /** Does the leaf lie in this fragment? */
  isIn(leaf: number, fragment: string): boolean {
    return this.places[leaf]!.some((place) => place.startsWith(`${fragment}:`));
  }

  /** Does the leaf's step happen with exactly these functions open? */
  fits(leaf: number, open: readonly number[]): boolean {
    return matches(this.around[leaf]!, open, 0, 0, false);
  }

  /** Does it lie in these functions, and perhaps in more inside them? */
  within(leaf: number, open: readonly number[]): boolean {
    return matches(this.around[leaf]!, open, 0, 0, true);
  }
}

/** Matches functions around a leaf with those that are open; optional ones may be left out. */
function matches(around: readonly Around[], open: readonly number[], i: number, k: number, partly: boolean): boolean {
  if (k === open.length && partly) return true;
  if (i === around.length) return k === open.length;
  const { row, optional } = around[i]!;
  if (k < open.length && open[k] === row && matches(around, open, i + 1, k + 1, partly)) return true;
  return optional && matches(around, open, i + 1, k, partly);
}
