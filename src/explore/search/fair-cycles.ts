// Fair cycles, decided from the whole graph: in a strongly connected set of states, without the steps that end what an actor has begun, everybody who can
// go on in all of them steps in some. A run that goes round in it for ever is fair. Found as a lasso of steps: a shortest way, and a loop that shows it.

import { components } from './components.ts';
import { actorOf, againBit, endsBit, RESTS, type FairProperty } from './fair.ts';
import { FairLoop } from './fair-loop.ts';
import type { Adjacency, Graph } from './graph.ts';

/** Edges, by number, on the way from the initial state to the loop, and those of the loop; who has begun what does not end. */
export interface FairLasso { readonly property: FairProperty; readonly actor: number; readonly way: readonly number[]; readonly loop: readonly number[] }

/** What is known of actors, by number. */
export interface FairActors { readonly machines: readonly string[]; readonly restsAtStart: (actor: number) => boolean }

/** For each property and each actor whose business it is, a lasso to a fair cycle that the fewest steps lead to, where there is one. State 0 is the
 *  initial one. What is broken or stands still is another finding's: states that show it are in no cycle. */
export function fairCycles(graph: Graph, states: number, properties: readonly FairProperty[], { machines, restsAtStart }: FairActors): FairLasso[] {
  const forwards = graph.adjacency(states, false);
  const { came, depth } = ways(graph, forwards, states);
  const broken = new Uint8Array(states);
  for (let k = 0; k < graph.marks.length; k += 2) broken[graph.marks.words[k]!] = 1;
  const lassos: FairLasso[] = [];
  for (const [place, property] of properties.entries()) {
    const comesAgain = property.again === undefined ? undefined : againBit(place);
    for (const actor of actorsWith(graph, property, comesAgain, machines)) {
      const follows = (edge: number): boolean => actorOf(graph.by.words[edge]!) !== actor || (graph.by.words[edge]! & endsBit(place)) === 0;
      let best: { loop: FairLoop; entry: number } | undefined;
      for (const members of components(graph, forwards, (state) => broken[state] === 0 && (property.starved !== true || !goesOn(graph, forwards, actor, state)), follows)) {
        if (members.length === 1 && !hasLoop(graph, forwards, members[0]!)) continue;
        const entry = members.reduce((least, state) => (depth[state]! < depth[least]! ? state : least));
        if (best !== undefined && depth[entry]! >= depth[best.entry]!) continue;
        const loop = new FairLoop(graph, forwards, members, follows, { actors: machines.length, must: comesAgain === undefined ? undefined : { actor, bit: comesAgain } });
        if (!loop.isFair || (comesAgain === undefined && rests(graph, came, entry, actor, restsAtStart))) continue;
        best = { loop, entry };
      }
      if (best !== undefined) lassos.push({ property, actor, way: wayTo(graph, came, best.entry), loop: best.loop.from(best.entry) });
    }
  }
  return lassos;
}

/** Actors of the property's machines; of these, where some step has to come again, those who take it somewhere. */
function actorsWith({ by }: Graph, property: FairProperty, bit: number | undefined, machines: readonly string[]): number[] {
  const takes = new Uint8Array(machines.length + 1).fill(bit === undefined ? 1 : 0);
  if (bit !== undefined) for (const word of by.view()) if ((word & bit) !== 0) takes[actorOf(word)] = 1;
  return machines.flatMap((machine, k) => (property.machines.includes(machine) && takes[k + 1] !== 0 ? [k + 1] : []));
}

/** Can the actor take a step in this state? */
const goesOn = (graph: Graph, { first, edges }: Adjacency, actor: number, state: number): boolean =>
  edges.subarray(first[state]!, first[state + 1]!).some((edge) => actorOf(graph.by.words[edge]!) === actor);

const hasLoop = (graph: Graph, { first, edges }: Adjacency, state: number): boolean =>
  edges.subarray(first[state]!, first[state + 1]!).some((edge) => graph.target(edge) === state);

/** Shortest ways from the initial state: the last edge of the one to each state, and how many there are on it. */
function ways(graph: Graph, { first, edges }: Adjacency, states: number): { came: Int32Array; depth: Int32Array } {
  const came = new Int32Array(states).fill(-1);
  const depth = new Int32Array(states);
  const queue = new Int32Array(states);
  let end = 1;
  for (let k = 0; k < end; k++) {
    const state = queue[k]!;
    for (let at = first[state]!; at < first[state + 1]!; at++) {
      const next = graph.target(edges[at]!);
      if (next === 0 || came[next] !== -1) continue;
      came[next] = edges[at]!;
      depth[next] = depth[state]! + 1;
      queue[end++] = next;
    }
  }
  return { came, depth };
}

/** Edges of the way to a state. */
function wayTo(graph: Graph, came: Int32Array, to: number): number[] {
  const way: number[] = [];
  for (let state = to; state !== 0; state = graph.from.words[came[state]!]!) way.push(came[state]!);
  return way.toReversed();
}

/** Does an actor rest in a state? Its last step on the way says so. */
function rests(graph: Graph, came: Int32Array, to: number, actor: number, restsAtStart: (actor: number) => boolean): boolean {
  for (let state = to; state !== 0; state = graph.from.words[came[state]!]!) {
    const word = graph.by.words[came[state]!]!;
    if (actorOf(word) === actor) return (word & RESTS) !== 0;
  }
  return restsAtStart(actor);
}
