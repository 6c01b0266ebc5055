// A machine of a kernel as a tree of states and a list of transitions, for whoever writes or draws it. Fragments are compound states.

import { expandMachine, type MachineSpec } from '../../kernel/table.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Layouts } from './layout.ts';

/** What XState is given for a state. */
export type StateConfig = ReturnType<typeof expandMachine>;

export interface ChartState {
  /** Its path in the machine, with dots; empty for the machine itself. */
  readonly path: string;
  readonly key: string;
  readonly description: string;
  /** Step that a leaf executes; empty for others. */
  readonly step: string;
  readonly idle: boolean;
  readonly final: boolean;
  /** Path of the state that it begins in, if it has states. */
  readonly initial: string | undefined;
  readonly states: readonly ChartState[];
}

export interface ChartEdge {
  readonly from: string;
  readonly to: string;
  /** The outcome; `done` when what is inside of a compound state has ended. */
  readonly label: string;
}

export interface Chart {
  readonly machine: string;
  readonly kernel: string;
  readonly root: ChartState;
  readonly edges: readonly ChartEdge[];
}

/** A format of machines. */
export interface MachineFormat {
  readonly name: string;
  /** Of its files, with the dot. */
  readonly extension: string;
  readonly description: string;
  /** It draws states at places that must be known. */
  readonly needsLayouts?: true;
  /** The whole text of one machine. */
  text(kernel: Kernel, spec: MachineSpec, layouts: Layouts): string;
}

/** The chart of a machine. */
export function chartOf(kernel: Kernel, spec: MachineSpec): Chart {
  const edges: ChartEdge[] = [];
  const pathOf = (target: string): string => target.slice(spec.machine.length + 2);
  const walk = (config: Omit<StateConfig, 'id'>, path: string, key: string): ChartState => {
    for (const [label, target] of Object.entries(config.on ?? {})) edges.push({ from: path, to: pathOf(target), label });
    if (config.onDone !== undefined) edges.push({ from: path, to: pathOf(config.onDone.target), label: 'done' });
    const meta = (config.meta ?? {}) as { step?: string; idle?: boolean };
    const below = (name: string): string => (path === '' ? name : `${path}.${name}`);
    return {
      path, key, description: config.description ?? '', step: meta.step ?? '', idle: meta.idle === true, final: config.type === 'final',
      initial: config.initial === undefined ? undefined : below(config.initial),
      states: Object.entries(config.states ?? {}).map(([name, one]) => walk(one, below(name), name)),
    };
  };
  const root = walk(expandMachine(spec, kernel.fragments), '', spec.machine);
  return { machine: spec.machine, kernel: kernel.name, root, edges };
}

/** Every state below, outer ones first. */
export function* statesOf(state: ChartState): Generator<ChartState> {
  for (const one of state.states) {
    yield one;
    yield* statesOf(one);
  }
}

/** The innermost state that both lie in: it itself is none of them. */
export function commonPath(a: string, b: string): string {
  const [left, right] = [a.split('.').slice(0, -1), b.split('.').slice(0, -1)];
  let same = 0;
  while (same < left.length && left[same] === right[same]) same++;
  return left.slice(0, same).join('.');
}

/** The leaf that a state begins in: itself, or what its initial state begins in. */
export function firstLeaf(root: ChartState, path: string): string {
  let state = stateAt(root, path);
  while (state.initial !== undefined) state = stateAt(root, state.initial);
  return state.path;
}

function stateAt(root: ChartState, path: string): ChartState {
  let state = root;
  for (const key of path === '' ? [] : path.split('.')) state = state.states.find((one) => one.key === key)!;
  return state;
}
