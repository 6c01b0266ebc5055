// Strongly connected sets of a graph's states (Tarjan's algorithm, without recursion).

import type { Adjacency, Graph } from './graph.ts';

/** The sets, those that others lead to in front. `within`: states that count; `follows`: edges, by number, that do, all when left out. */
export function components(graph: Graph, { first, edges }: Adjacency, within: (state: number) => boolean, follows: (edge: number) => boolean = () => true): number[][] {
  const states = first.length - 1;
  const index = new Int32Array(states);
  const low = new Int32Array(states);
  const onStack = new Uint8Array(states);
  const at = new Int32Array(states);
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
    if (index[root] !== 0 || !within(root)) continue;
    enter(root);
    while (path.length > 0) {
      const state = path.at(-1)!;
      if (at[state]! < first[state + 1]!) {
        const edge = edges[at[state]!++]!;
        const next = graph.target(edge);
        if (!within(next) || !follows(edge)) continue;
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
        members.push(member);
      }
      sets.push(members);
    }
  }
  return sets;
}
