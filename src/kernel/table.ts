// Statecharts as a packed table, produced by XState itself: its machine's `transition` is asked once for every leaf and outcome.
// Nobody re-implements statechart semantics; a search or a simulation then only indexes an Int32Array.

import { createActor, createMachine, type AnyActorScope, type AnyMachineSnapshot, type AnyStateMachine, type ExecutableActionObject } from 'xstate';
import { outcome, outcomeCount } from '../memory/outcome.ts';
import type { Fragment, OutsideMessage, State } from '../../machines/fragment.ts';

/** A leaf state of some machine: the program counter of an actor. */
export interface LeafInfo {
  readonly number: number;
  readonly machine: string;
  /** State path within the machine: `run.tlbMiss.fault.stale`. */
  readonly path: string;
  /** Step that it executes; empty for a final state. */
  readonly step: string;
  readonly description: string;
  readonly idle: boolean;
  readonly progress: boolean;
  readonly final: boolean;
  /** What it receives from outside of the world, if it does. */
  readonly outside?: OutsideMessage;
  /** Outcomes that it expects. */
  readonly outcomes: readonly string[];
  /** Fragments that it lies in, outermost first, with their paths. */
  readonly within: readonly { readonly fragment: string; readonly path: string }[];
}

/** All machines of a kernel in one leaf numbering. */
export interface Table {
  readonly leaves: readonly LeafInfo[];
  /** Outcomes that the table has columns for. */
  readonly width: number;
  /** next[leaf * width + outcome]: leaf, or -1 for an outcome that the state does not expect. */
  readonly next: Int32Array;
  /** Fragments that this transition ends: their registers are zeroed. */
  readonly ends: readonly (readonly string[])[];
  /** endsAt[leaf * width + outcome]: number in `ends`; 0 ends nothing. */
  readonly endsAt: Int32Array;
  readonly initial: ReadonlyMap<string, number>;
  /** For actors that run them for real: the machine of this name, and the canonical snapshot of a leaf, always the same object. */
  readonly machine: (name: string) => AnyStateMachine;
  readonly snapshot: (leaf: number) => AnyMachineSnapshot;
}

/** A machine: its name, and the fragment that is its root. */
export interface MachineSpec { readonly machine: string; readonly root: string }

interface StateConfig {
  description?: string;
  type?: 'final';
  meta?: object;
  initial?: string;
  states?: Record<string, StateConfig>;
  on?: Record<string, string>;
  onDone?: { target: string; reenter: true };
  exit?: { type: string; params: { fragment: string } };
}

const REFUSED = ['parallel', 'history', 'after', 'invoke', 'always', 'entry', 'exit', 'guard', 'context', 'actions', 'onDone', 'states', 'spawn'];

/** A state may be a leaf, a use of a fragment, or final; anything else of XState would break the table. */
function refuseForeignFeatures(where: string, state: State): void {
  for (const [key, value] of Object.entries(state)) {
    if (REFUSED.includes(key) || (key === 'type' && value !== 'final')) {
      throw new Error(`${where}: '${key === 'type' ? String(value) : key}' cannot be tabulated; a state is a step, a use of a fragment, or final`);
    }
  }
  if ('on' in state) {
    for (const [event, target] of Object.entries(state.on)) {
      if (typeof target !== 'string') throw new Error(`${where}: the target of '${event}' must be the name of a state; guards and actions cannot be tabulated`);
    }
  }
}

/** Writes a machine in XState's form: fragments put in place, exits turned into targets. */
export function expandMachine(spec: MachineSpec, fragments: ReadonlyMap<string, Fragment>): StateConfig & { id: string } {
  const expand = (name: string, path: readonly string[], exits: Readonly<Record<string, string>>, chain: readonly string[]): StateConfig => {
    const fragment = fragments.get(name);
    if (fragment === undefined) throw new Error(`machine '${spec.machine}', state '${path.join('.')}': there is no fragment '${name}'`);
    if (chain.includes(name)) throw new Error(`fragment '${name}' uses itself: ${[...chain, name].join(' → ')}`);
    const id = (...more: string[]): string => `#${[spec.machine, ...path, ...more].join('.')}`;
    const states: Record<string, StateConfig> = {};
    let leavesByDone = false;
    const resolve = (target: string, from: string): string => {
      if (!target.startsWith('^')) {
        if (!(target in fragment.states)) throw new Error(`fragment '${name}', state '${from}': there is no state '${target}' to go to`);
        return id(target);
      }
      const exit = target.slice(1);
      if (exit === 'done' && path.length > 0) {
        leavesByDone = true;
        return id('done');
      }
      const outer = exits[exit];
      if (outer === undefined) {
        throw new Error(`fragment '${name}', state '${from}': leaves by '${exit}', which '${chain.at(-1) ?? spec.machine}' does not lead on (state '${path.join('.')}')`);
      }
      return outer;
    };
    for (const [key, state] of Object.entries(fragment.states)) {
      refuseForeignFeatures(`fragment '${name}', state '${key}'`, state);
      if (key.includes('.')) throw new Error(`fragment '${name}': the state name '${key}' has a dot in it`);
      if ('use' in state) {
        const inner: Record<string, string> = {};
        for (const [exit, target] of Object.entries(state.exits)) inner[exit] = resolve(target, key);
        states[key] = expand(state.use, [...path, key], inner, [...chain, name]);
      } else if ('on' in state) {
        const on: Record<string, string> = {};
        for (const [event, target] of Object.entries(state.on)) on[event] = resolve(target, key);
        states[key] = { description: state.description, meta: state.meta, on };
      } else states[key] = { type: 'final' };
    }
    if (leavesByDone) {
      if ('done' in fragment.states) throw new Error(`fragment '${name}': 'done' is the name of its exit, no state may have it`);
      states['done'] = { type: 'final' };
    }
    const compound: StateConfig = { description: fragment.description, initial: fragment.initial, states, exit: { type: 'fragmentEnds', params: { fragment: fragment.frame ?? name } } };
    if (path.length > 0 && leavesByDone) {
      if (exits['done'] === undefined) throw new Error(`fragment '${name}' ends by 'done', which '${chain.at(-1)}' does not lead on (state '${path.join('.')}')`);
      // Entered again at once, it has ended all the same: its registers go.
      compound.onDone = { target: exits['done'], reenter: true };
    }
    return compound;
  };
  return { id: spec.machine, ...expand(spec.root, [], {}, []) };
}

/** Leaf paths of a state value; the machines here have no parallel states, so there is one. */
function leafPath(value: unknown): string {
  const parts: string[] = [];
  let rest = value;
  while (typeof rest === 'object' && rest !== null) {
    const key = Object.keys(rest)[0]!;
    parts.push(key);
    rest = (rest as Record<string, unknown>)[key];
  }
  parts.push(String(rest));
  return parts.join('.');
}

/** A machine as XState has it. */
export const chartOf = (spec: MachineSpec, fragments: ReadonlyMap<string, Fragment>): AnyStateMachine =>
  createMachine(expandMachine(spec, fragments) as never) as AnyStateMachine;

interface Asker {
  initial(): AnyMachineSnapshot;
  next(from: AnyMachineSnapshot, type: string): readonly [AnyMachineSnapshot, readonly ExecutableActionObject[]];
}

/** Asks a machine what follows, and with which actions; none is carried out. XState's own functions for it make an actor for every question. */
function asker(machine: AnyStateMachine): Asker {
  const self = createActor(machine);
  const nothing = (): void => {};
  const scope = { self, system: self.system, id: '', sessionId: '', logger: nothing, defer: nothing, stopChild: nothing, emit: nothing, actionExecutor: nothing };
  const ask = scope as AnyActorScope;
  return {
    initial: () => machine.getInitialSnapshot(ask) as AnyMachineSnapshot,
    next(from, type) {
      const actions: ExecutableActionObject[] = [];
      ask.actionExecutor = (action) => { actions.push(action); };
      return [machine.transition(from, { type }, ask), actions];
    },
  };
}

/** One machine, tabulated: its leaves counted from 0, and what follows in each. */
interface Part {
  readonly chart: AnyStateMachine;
  /** Fragments that it is made of, as they were found under their names. */
  readonly madeOf: ReadonlyMap<string, Fragment>;
  readonly leaves: readonly LeafInfo[];
  readonly snapshots: readonly AnyMachineSnapshot[];
  readonly edges: readonly { readonly from: number; readonly outcome: number; readonly to: number; readonly ended: readonly string[] }[];
}

/** Parts by the fragment that is their root: kernels that differ elsewhere have them in common. */
const parts = new WeakMap<Fragment, Part[]>();

function partFor(spec: MachineSpec, fragments: ReadonlyMap<string, Fragment>): Part {
  const root = fragments.get(spec.root);
  const known = root === undefined ? undefined : parts.get(root);
  const found = known?.find(({ chart, madeOf }) => chart.id === spec.machine && [...madeOf].every(([name, fragment]) => fragments.get(name) === fragment));
  if (found !== undefined) return found;
  const part = tabulateMachine(spec, fragments);
  if (known === undefined) parts.set(root!, [part]);
  else known.push(part);
  return part;
}

/** Asks one machine about every leaf that can be reached, and every outcome that its state expects. */
function tabulateMachine(spec: MachineSpec, fragments: ReadonlyMap<string, Fragment>): Part {
  const leaves: LeafInfo[] = [];
  const snapshots: AnyMachineSnapshot[] = [];
  const edges: Part['edges'][number][] = [];
  const chart = chartOf(spec, fragments);
  const { initial: first, next } = asker(chart);
  const describe = leafDescriber(spec, fragments);
  const numbers = new Map<string, number>();
  const leafOf = (snapshot: AnyMachineSnapshot): number => {
    const path = leafPath(snapshot.value);
    const known = numbers.get(path);
    if (known !== undefined) return known;
    const info = describe(path, leaves.length);
    if (info.final && snapshot.status !== 'done') throw new Error(`machine '${spec.machine}' comes to rest in '${path}', which executes no step`);
    numbers.set(path, info.number);
    leaves.push(info);
    snapshots.push(snapshot);
    return info.number;
  };
  for (let from = leafOf(first()); from < leaves.length; from++) {
    for (const event of leaves[from]!.outcomes) {
      const [snapshot, actions] = next(snapshots[from]!, event);
      const ended = actions.filter((action) => action.type === 'fragmentEnds').map((action) => (action.params as { fragment: string }).fragment);
      edges.push({ from, outcome: outcome(event), to: leafOf(snapshot), ended });
    }
  }
  return { chart, madeOf: fragmentsOf(spec.root, fragments), leaves, snapshots, edges };
}

/** The fragments that a fragment uses, and those that these use, with itself. */
function fragmentsOf(name: string, fragments: ReadonlyMap<string, Fragment>, found = new Map<string, Fragment>()): Map<string, Fragment> {
  if (found.has(name)) return found;
  const fragment = fragments.get(name)!;
  found.set(name, fragment);
  for (const state of Object.values(fragment.states)) if ('use' in state) fragmentsOf(state.use, fragments, found);
  return found;
}

/** Tabulates machines: every leaf that can be reached, every outcome that its state expects. */
export function tabulate(specs: readonly MachineSpec[], fragments: ReadonlyMap<string, Fragment>): Table {
  const leaves: LeafInfo[] = [];
  const snapshots: AnyMachineSnapshot[] = [];
  const edges: Edge[] = [];
  const initial = new Map<string, number>();
  const machines = new Map<string, AnyStateMachine>();
  const ends: (readonly string[])[] = [[]];
  const endNumbers = new Map<string, number>([['', 0]]);

  for (const spec of specs) {
    const part = partFor(spec, fragments);
    const before = leaves.length;
    machines.set(spec.machine, part.chart);
    initial.set(spec.machine, before);
    for (const leaf of part.leaves) leaves.push({ ...leaf, number: before + leaf.number });
    snapshots.push(...part.snapshots);
    for (const { from, outcome: event, to, ended } of part.edges) {
      const key = ended.join(',');
      let number = endNumbers.get(key);
      if (number === undefined) {
        number = ends.push(ended) - 1;
        endNumbers.set(key, number);
      }
      edges.push({ from: before + from, outcome: event, to: before + to, ends: number });
    }
  }
  // Each table has snapshots of its own, since parts are shared: what actors note on them is of the table.
  const own: AnyMachineSnapshot[] = [];
  return {
    leaves, ...columns(leaves.length, edges), ends, initial,
    machine: (name) => machines.get(name)!, snapshot: (leaf) => (own[leaf] ??= { ...snapshots[leaf]! }),
  };
}

/** A transition: where `outcome` leads from a leaf, and which of `ends` it ends. */
export interface Edge { readonly from: number; readonly outcome: number; readonly to: number; readonly ends: number }

/** The columns of a table, as wide as there are outcomes now. */
export function columns(leaves: number, edges: Iterable<Edge>): Pick<Table, 'width' | 'next' | 'endsAt'> {
  const width = outcomeCount();
  const next = new Int32Array(leaves * width).fill(-1);
  const endsAt = new Int32Array(leaves * width);
  for (const edge of edges) {
    const at = edge.from * width + edge.outcome;
    next[at] = edge.to;
    endsAt[at] = edge.ends;
  }
  return { width, next, endsAt };
}

/** Describes the leaves of a machine from the fragments that they lie in; one that executes no step is final. */
export function leafDescriber(spec: MachineSpec, fragments: ReadonlyMap<string, Fragment>): (path: string, number: number) => LeafInfo {
  interface Place { readonly fragment: Fragment; readonly within: LeafInfo['within'] }
  const root = fragments.get(spec.root)!;
  // Leaves of one use of a fragment share what is said about it.
  const places = new Map<string, Place>([['', { fragment: root, within: [{ fragment: root.frame ?? root.name, path: '' }] }]]);
  const split = (path: string): [string, string] => {
    const dot = path.lastIndexOf('.');
    return dot < 0 ? ['', path] : [path.slice(0, dot), path.slice(dot + 1)];
  };
  const placeOf = (path: string): Place => {
    const known = places.get(path);
    if (known !== undefined) return known;
    const [outerPath, key] = split(path);
    const outer = placeOf(outerPath);
    const state = outer.fragment.states[key];
    if (state === undefined || !('use' in state)) throw new Error(`machine '${spec.machine}': state '${path}' uses no fragment`);
    const fragment = fragments.get(state.use)!;
    const place = { fragment, within: [...outer.within, { fragment: fragment.frame ?? fragment.name, path }] };
    places.set(path, place);
    return place;
  };
  return (path, number) => {
    const [place, key] = split(path);
    const { fragment, within } = placeOf(place);
    const state = fragment.states[key];
    const { machine } = spec;
    if (state !== undefined && 'on' in state) {
      return {
        number, machine, path, step: state.meta.step, description: state.description, idle: state.meta.idle === true,
        progress: state.meta.progress === true, final: false, outcomes: Object.keys(state.on), within,
        ...(state.meta.outside === undefined ? {} : { outside: state.meta.outside }),
      };
    }
    return { number, machine, path, step: '', description: 'the end', idle: true, progress: false, final: true, outcomes: [], within };
  };
}
