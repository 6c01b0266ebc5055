// The point of no return of a finding: the step of its schedule behind which it could not be avoided any more.

import type { Graph } from './graph.ts';

export interface PointOfNoReturn {
  /** For each step of the schedule: could the finding still be avoided in front of it? */
  readonly avoidable: readonly boolean[];
  /** Place in the schedule of the step that made it unavoidable; -1: it never could be avoided. The last step does it at the latest. */
  readonly step: number;
}

/** 1 for states from which some way leads to where no finding of this key can be reached any more; what follows another finding is not known,
 *  and counts as no way out. */
export function avoidableFrom(graph: Graph, states: number, targets: readonly number[]): Uint8Array {
  const seeds = new Uint8Array(states);
  for (const state of targets) seeds[state] = 1;
  const safe = graph.reaching(states, seeds).map((reaches) => 1 - reaches);
  return graph.reaching(states, safe);
}

/** `path`: numbers of the states in front of each step of the schedule. */
export function pointOfNoReturn(graph: Graph, states: number, targets: readonly number[], path: readonly number[]): PointOfNoReturn {
  const from = avoidableFrom(graph, states, targets);
  const avoidable = path.map((state) => from[state] !== 0);
  return { avoidable, step: avoidable.lastIndexOf(true) };
}
