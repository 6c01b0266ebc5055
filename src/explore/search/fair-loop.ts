// A strongly connected set of states: is going round in it fair, and a short loop that shows it.

import { Numbers } from './growing.ts';
import { actorOf } from './fair.ts';
import type { Adjacency, Graph } from './graph.ts';

/** `must`: a step of this actor with this bit has to be in the loop. */
export interface FairWants { readonly actors: number; readonly must: { readonly actor: number; readonly bit: number } | undefined }

export class FairLoop {
  /** Everybody who can go on in all states steps in some, and so does who must. */
  readonly isFair: boolean;
  private readonly graph: Graph;
  private readonly forwards: Adjacency;
  private readonly follows: (edge: number) => boolean;
  private readonly wants: FairWants;
  private readonly inside: ReadonlySet<number>;
  /** By actor: 1 for those who are stopped in some state, by a wait or since they have ended. */
  private readonly stops: Uint8Array;

  constructor(graph: Graph, forwards: Adjacency, members: readonly number[], follows: (edge: number) => boolean, wants: FairWants) {
    this.graph = graph;
    this.forwards = forwards;
    this.follows = follows;
    this.wants = wants;
    this.inside = new Set(members);
    const { actors, must } = wants;
    const moves = new Uint8Array(actors + 1);
    this.stops = new Uint8Array(actors + 1);
    const seen = new Int32Array(actors + 1).fill(-1);
    let comes = must === undefined;
    for (const state of members) {
      for (let at = forwards.first[state]!; at < forwards.first[state + 1]!; at++) {
        const edge = forwards.edges[at]!;
        const word = graph.by.words[edge]!;
        seen[actorOf(word)] = state;
        if (!this.isInside(edge)) continue;
        moves[actorOf(word)] = 1;
        comes ||= this.isWanted(word);
      }
      for (let actor = 1; actor <= actors; actor++) if (seen[actor] !== state) this.stops[actor] = 1;
    }
    this.isFair = comes && moves.every((does, actor) => actor === 0 || does !== 0 || this.stops[actor] !== 0);
  }

  private isInside(edge: number): boolean {
    return this.follows(edge) && this.inside.has(this.graph.target(edge));
  }

  private isWanted(word: number): boolean {
    const { must } = this.wants;
    return must !== undefined && actorOf(word) === must.actor && (word & must.bit) !== 0;
  }

  /** Edges of a loop from a state of the set back to it: each time on to the nearest edge that something still missing asks for. */
  from(start: number): number[] {
    const { graph, wants: { actors, must }, stops } = this;
    const missing = new Set(Array.from({ length: actors }, (_one, k) => k + 1));
    let comes = must === undefined;
    const meets = (edge: number): boolean => {
      const word = graph.by.words[edge]!;
      return missing.has(actorOf(word)) || (!comes && this.isWanted(word)) || [...missing].some((actor) => stops[actor] !== 0 && this.isStopped(actor, graph.target(edge)));
    };
    const loop: number[] = [];
    let state = start;
    const go = (way: readonly number[]): void => {
      for (const edge of way) {
        const word = graph.by.words[edge]!;
        loop.push(edge);
        state = graph.target(edge);
        missing.delete(actorOf(word));
        for (const actor of missing) if (this.isStopped(actor, state)) missing.delete(actor);
        comes ||= this.isWanted(word);
      }
    };
    while (missing.size > 0 || !comes) go(this.way(state, meets));
    if (state !== start) go(this.way(state, (edge) => graph.target(edge) === start));
    return loop;
  }

  private isStopped(actor: number, state: number): boolean {
    const { graph, forwards: { first, edges } } = this;
    for (let at = first[state]!; at < first[state + 1]!; at++) if (actorOf(graph.by.words[edges[at]!]!) === actor) return false;
    return true;
  }

  /** A shortest way inside the set whose last edge is wanted. */
  private way(from: number, wanted: (edge: number) => boolean): number[] {
    const { graph, forwards: { first, edges } } = this;
    const came = new Map<number, number>();
    const queue = new Numbers();
    queue.push(from);
    for (let k = 0; k < queue.length; k++) {
      const state = queue.words[k]!;
      for (let at = first[state]!; at < first[state + 1]!; at++) {
        const edge = edges[at]!;
        if (!this.isInside(edge)) continue;
        if (wanted(edge)) {
          const way = [edge];
          for (let back = state; back !== from; back = graph.from.words[way.at(-1)!]!) way.push(came.get(back)!);
          return way.toReversed();
        }
        const next = graph.target(edge);
        if (next === from || came.has(next)) continue;
        came.set(next, edge);
        queue.push(next);
      }
    }
    throw new Error('a strongly connected set has no way from one of its states to another');
  }
}
