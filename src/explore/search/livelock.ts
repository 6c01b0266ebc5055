// Livelock, decided from the whole graph: states from which no progress can be reached any more, whatever anybody does, and no end either.
// Who spins while somebody could move and let him go on is in no such state. Found as a lasso: a way to a loop, and the loop.

import { components } from './components.ts';
import type { Adjacency, Graph } from './graph.ts';

/** States on the way to the loop, the first of the loop included; and those of the loop behind it, which ends where it began. */
export interface Lasso { readonly way: readonly number[]; readonly loop: readonly number[]; readonly states: readonly number[] }

/** 1 for states from which progress, an end or something broken can be reached. State 0 is the initial one. */
export function hopeful(graph: Graph, states: number): Uint8Array {
  const { first, edges } = graph.adjacency(states, false);
  const seeds = new Uint8Array(states);
  for (let n = 0; n < states; n++) {
    let good = first[n] === first[n + 1];
    for (let at = first[n]!; at < first[n + 1]! && !good; at++) good = graph.isProgress(edges[at]!);
    if (good) seeds[n] = 1;
  }
  for (let k = 0; k < graph.marks.length; k += 2) seeds[graph.marks.words[k]!] = 1;
  return graph.reaching(states, seeds);
}

/** A lasso to each set of states that is never left again and in which there is no progress. */
export function livelocks(graph: Graph, states: number): Lasso[] {
  const good = hopeful(graph, states);
  if (!good.includes(0)) return [];
  const forwards = graph.adjacency(states, false);
  return traps(graph, forwards, good).map((trap) => {
    const inside = new Set(trap);
    const way = inside.has(0) ? [0] : graph.way(forwards, states, 0, (state) => inside.has(state))!;
    const entry = way.at(-1)!;
    return { way, loop: graph.way(forwards, states, entry, (state) => state === entry)!.slice(1), states: trap };
  });
}

/** Strongly connected sets of states without hope that no edge leaves. */
function traps(graph: Graph, forwards: Adjacency, good: Uint8Array): number[][] {
  const { first, edges } = forwards;
  const sets = components(graph, forwards, (state) => good[state] === 0);
  const set = new Int32Array(good.length).fill(-1);
  sets.forEach((members, number) => { for (const state of members) set[state] = number; });
  return sets.filter((members, number) => members.every((state) => {
    for (let k = first[state]!; k < first[state + 1]!; k++) if (set[graph.target(edges[k]!)] !== number) return false;
    return true;
  }));
}
