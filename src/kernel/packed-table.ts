// A table as plain data, for another thread: tabulating takes long, reading it a moment. Outcomes go by name, since every
// thread numbers them anew; facts of a leaf are not in it, since the kernel's fragments say them.

import type { AnyMachineSnapshot, AnyStateMachine, StateValue } from 'xstate';
import { outcome } from '../memory/outcome.ts';
import type { Fragment } from '../../machines/fragment.ts';
import { chartOf, columns, leafDescriber, type Edge, type LeafInfo, type MachineSpec, type Table } from './table.ts';

export interface PackedTable {
  /** Machines in the order of their leaves: the leaf that each starts in, and the paths of all of them. */
  readonly machines: readonly { readonly machine: string; readonly initial: number; readonly paths: readonly string[] }[];
  /** Names of the outcomes. */
  readonly outcomes: readonly string[];
  /** Four numbers each: a leaf, an outcome by its place in `outcomes`, the leaf that it leads to, a place in `ends`. */
  readonly edges: Int32Array;
  readonly ends: Table['ends'];
}

/** Words of an edge. */
const EDGE = 4;

/** Writes a table as structured-clone data. */
export function packTable(table: Table): PackedTable {
  const { leaves, width, next, ends, endsAt, initial } = table;
  const names = [...new Set(leaves.flatMap(({ outcomes }) => outcomes))];
  const edges = leaves.flatMap(({ number, outcomes }) => outcomes.flatMap((name) => {
    const at = number * width + outcome(name);
    return [number, names.indexOf(name), next[at]!, endsAt[at]!];
  }));
  return {
    machines: [...initial].map(([machine, first]) => ({ machine, initial: first, paths: leaves.filter((leaf) => leaf.machine === machine).map(({ path }) => path) })),
    outcomes: names, edges: Int32Array.from(edges), ends,
  };
}

/** The table again, for a kernel of the same machines and fragments. XState is asked only for the machines and snapshots that somebody wants. */
export function unpackTable(packed: PackedTable, specs: readonly MachineSpec[], fragments: ReadonlyMap<string, Fragment>): Table {
  const specOf = (name: string): MachineSpec => specs.find(({ machine }) => machine === name)!;
  const leaves: LeafInfo[] = [];
  for (const { machine, paths } of packed.machines) {
    const describe = leafDescriber(specOf(machine), fragments);
    for (const path of paths) leaves.push(describe(path, leaves.length));
  }
  const outcomes = packed.outcomes.map((name) => outcome(name));
  const charts = new Map<string, AnyStateMachine>();
  const machine = (name: string): AnyStateMachine => {
    let chart = charts.get(name);
    if (chart === undefined) {
      chart = chartOf(specOf(name), fragments);
      charts.set(name, chart);
    }
    return chart;
  };
  const snapshots = Array.from(leaves, (): AnyMachineSnapshot | undefined => undefined);
  return {
    leaves, ...columns(leaves.length, edgesOf(packed.edges, outcomes)), ends: packed.ends,
    initial: new Map(packed.machines.map((one) => [one.machine, one.initial])),
    machine,
    snapshot: (leaf) => snapshots[leaf] ??= machine(leaves[leaf]!.machine).resolveState({ value: stateValue(leaves[leaf]!.path), context: {} }),
  };
}

function* edgesOf(words: Int32Array, outcomes: readonly number[]): Iterable<Edge> {
  for (let at = 0; at < words.length; at += EDGE) {
    yield { from: words[at]!, outcome: outcomes[words[at + 1]!]!, to: words[at + 2]!, ends: words[at + 3]! };
  }
}

/** `run.fault.stale` as XState writes it: { run: { fault: 'stale' } }. */
const stateValue = (path: string): StateValue => path.split('.').reduceRight<StateValue | undefined>((inner, key) => (inner === undefined ? key : { [key]: inner }), undefined)!;
