// The states of a search and the steps between them, by number: what can be reached from where. Two words an edge,
// and one more where somebody asks who steps.

import { Numbers } from './growing.ts';

/** Successors or predecessors of all states: those of state n are `ends[first[n]]` to `ends[first[n + 1] - 1]`, by the edge's number. */
export interface Adjacency { readonly first: Int32Array; readonly edges: Int32Array }

/** A graph as lists of whole numbers; its fields say what they mean. */
export interface Edges { readonly from: Int32Array; readonly to: Int32Array; readonly by: Int32Array; readonly marks: Int32Array }

export class Graph {
  readonly from: Numbers;
  /** State that an edge leads to, twice; + 1 when the step is progress. */
  readonly to: Numbers;
  /** Who takes the step, and what it is to properties of fair cycles, as `fair.ts` puts it; empty unless it is asked for. */
  readonly by: Numbers;
  /** States from which one step is broken, or in which actors wait for each other for ever: the state, and the place of the key in `keys`. */
  readonly marks: Numbers;
  readonly keys: string[];

  constructor(saved?: Edges, keys: readonly string[] = []) {
    this.from = new Numbers(saved?.from);
    this.to = new Numbers(saved?.to);
    this.by = new Numbers(saved?.by ?? new Int32Array(0));
    this.marks = new Numbers(saved?.marks);
    this.keys = [...keys];
  }

  /** The lists that make it, besides the keys. */
  save(): Edges {
    return { from: this.from.view().slice(), to: this.to.view().slice(), by: this.by.view().slice(), marks: this.marks.view().slice() };
  }

  /** A step leads from one state to another. */
  edge(from: number, to: number, progress: boolean): void {
    this.from.push(from);
    this.to.push(to * 2 + (progress ? 1 : 0));
  }

  /** The finding of this key is seen in a state, or a step from it. */
  mark(state: number, key: string): void {
    let place = this.keys.indexOf(key);
    if (place < 0) place = this.keys.push(key) - 1;
    this.marks.push(state);
    this.marks.push(place);
  }

  /** Adds the edges and marks of another part of the search. */
  add({ from, to, by, marks }: Edges, keys: readonly string[]): void {
    for (const state of from) this.from.push(state);
    for (const state of to) this.to.push(state);
    for (const word of by) this.by.push(word);
    for (let k = 0; k < marks.length; k += 2) this.mark(marks[k]!, keys[marks[k + 1]!]!);
  }

  get bytes(): number {
    return this.from.bytes + this.to.bytes + this.by.bytes + this.marks.bytes;
  }

  /** Where an edge leads. */
  target(edge: number): number {
    return this.to.words[edge]! >> 1;
  }

  isProgress(edge: number): boolean {
    return (this.to.words[edge]! & 1) !== 0;
  }

  /** States in which a finding of this key is seen. */
  marked(key: string): number[] {
    const place = this.keys.indexOf(key);
    const states: number[] = [];
    for (let k = 0; k < this.marks.length; k += 2) if (this.marks.words[k + 1] === place) states.push(this.marks.words[k]!);
    return states;
  }

  /** Edges by the state that they come from, or lead to. */
  adjacency(states: number, backwards: boolean): Adjacency {
    const count = this.from.length;
    const end = (edge: number): number => (backwards ? this.target(edge) : this.from.words[edge]!);
    const first = new Int32Array(states + 1);
    for (let edge = 0; edge < count; edge++) first[end(edge) + 1]! += 1;
    for (let n = 0; n < states; n++) first[n + 1]! += first[n]!;
    const next = first.slice(0, states);
    const edges = new Int32Array(count);
    for (let edge = 0; edge < count; edge++) edges[next[end(edge)]!++] = edge;
    return { first, edges };
  }

  /** 1 for all states from which one of the seeds (1, by number) can be reached. */
  reaching(states: number, seeds: Uint8Array): Uint8Array<ArrayBuffer> {
    const { first, edges } = this.adjacency(states, true);
    const reached = Uint8Array.from(seeds);
    const queue = new Numbers();
    for (let n = 0; n < states; n++) if (reached[n] !== 0) queue.push(n);
    for (let k = 0; k < queue.length; k++) {
      const state = queue.words[k]!;
      for (let at = first[state]!; at < first[state + 1]!; at++) {
        const before = this.from.words[edges[at]!]!;
        if (reached[before] !== 0) continue;
        reached[before] = 1;
        queue.push(before);
      }
    }
    return reached;
  }

  /** States on a shortest way from one state to the first that is wanted, both ends included; at least one step long. `follows`: edges that may be
   *  taken, all when left out. */
  way(forwards: Adjacency, states: number, from: number, wanted: (state: number) => boolean, follows: (edge: number) => boolean = () => true): number[] | undefined {
    const came = new Int32Array(states).fill(-1);
    const queue = new Numbers();
    queue.push(from);
    for (let k = 0; k < queue.length; k++) {
      const state = queue.words[k]!;
      for (let at = forwards.first[state]!; at < forwards.first[state + 1]!; at++) {
        const edge = forwards.edges[at]!;
        if (!follows(edge)) continue;
        const next = this.target(edge);
        if (wanted(next)) {
          const way = [next, state];
          for (let back = state; back !== from;) way.push(back = came[back]!);
          return way.toReversed();
        }
        if (came[next] !== -1 || next === from) continue;
        came[next] = state;
        queue.push(next);
      }
    }
    return undefined;
  }
}
