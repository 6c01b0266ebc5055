// Livelock, decided from the whole graph: states from which no progress can be reached any more, whatever anybody does, and no end either.
// Who spins while somebody could move and let him go on is in no such state. Found as a lasso: a way to a loop, and the loop.

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

/** Strongly connected sets of states without hope that no edge leaves (Tarjan's algorithm, without recursion). */
function traps(graph: Graph, { first, edges }: Adjacency, good: Uint8Array): number[][] {
  const states = good.length;
  const index = new Int32Array(states);
  const low = new Int32Array(states);
  const onStack = new Uint8Array(states);
  const at = new Int32Array(states);
  const set = new Int32Array(states).fill(-1);
  const stack: number[] = [];
  const path: number[] = [];
  const sets: number[][] = [];
  let count = 0;
  const enter = (state: number): void => {
    index[state] = low[state] = ++count;
    at[state] = first[state]!;
    onStack[state] = 1;
    stack.push(state);
    path.push(state);
  };
  for (let root = 0; root < states; root++) {
    if (good[root] !== 0 || index[root] !== 0) continue;
    enter(root);
    while (path.length > 0) {
      const state = path.at(-1)!;
      if (at[state]! < first[state + 1]!) {
        const next = graph.target(edges[at[state]!++]!);
        if (index[next] === 0) enter(next);
        else if (onStack[next] !== 0) low[state] = Math.min(low[state]!, index[next]!);
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) low[parent] = Math.min(low[parent]!, low[state]!);
      if (low[state] !== index[state]) continue;
      const members: number[] = [];
      for (let member = -1; member !== state;) {
        member = stack.pop()!;
        onStack[member] = 0;
        set[member] = sets.length;
        members.push(member);
      }
      sets.push(members);
    }
  }
  return sets.filter((members, number) => members.every((state) => {
    for (let k = first[state]!; k < first[state + 1]!; k++) if (set[graph.target(edges[k]!)] !== number) return false;
    return true;
  }));
}
