// What is asked when everything was searched and the graph is there: livelocks, fair cycles, points of no return. States are found again by taking the
// steps that led to them.

import { LaboratoryError, type RunWorld } from '../../runtime/world.ts';
import { actorOf, type FairProperty } from './fair.ts';
import { fairCycles } from './fair-cycles.ts';
import { livelocks } from './livelock.ts';
import { pointOfNoReturn, type PointOfNoReturn } from './no-return.ts';
import { FULL } from './state-set.ts';
import { LIVELOCK, livelockKey } from '../keys.ts';
import type { Finding } from '../finding.ts';
import type { Decision } from '../schedule.ts';
import type { Findings } from './findings.ts';
import type { Graph } from './graph.ts';
import type { States } from './states.ts';
import type { Tracker } from './tracker.ts';

export class Aftermath {
  private readonly world: RunWorld;
  private readonly tracker: Tracker;
  private readonly states: States;
  private readonly graph: Graph;
  private readonly goToStart: () => void;

  constructor(world: RunWorld, tracker: Tracker, states: States, graph: Graph, goToStart: () => void) {
    this.world = world;
    this.tracker = tracker;
    this.states = states;
    this.graph = graph;
    this.goToStart = goToStart;
  }

  /** Is there a state from which no progress can be reached? True when one is news. */
  findLivelocks(findings: Findings): boolean {
    const { table, topology } = this.world;
    return livelocks(this.graph, this.states.set.size).map(({ way, loop, states }) => {
      const steps = this.decisionsAlong([...way, ...loop]);
      const round = steps.slice(way.length - 1);
      const who = [...new Set(round.map(({ actor }) => topology.actors[actor - 1]!.name))];
      const sentence = `${who.join(', ')} ${who.length === 1 ? 'goes' : 'go'} round ${round.length} step${round.length === 1 ? '' : 's'} for ever: no progress can be reached from ${states.length} state${states.length === 1 ? '' : 's'}`;
      const key = livelockKey(round.map(({ leaf }) => table.leaves[leaf]!.step));
      return findings.keep({ kind: 'livelock', id: LIVELOCK, sentence, key }, () => steps.map(({ actor, choice }) => ({ actor, choice })), way.length - 1);
    }).includes(true);
  }

  /** Is there a loop that breaks one of these properties though everybody has his turns? */
  findFairCycles(properties: readonly FairProperty[], findings: Findings): void {
    if (properties.length === 0) return;
    const { table, topology: { actors } } = this.world;
    this.goToStart();
    const machines = actors.map(({ machine }) => machine);
    const restsAtStart = (actor: number): boolean => this.world.leafOf(actor).idle || this.world.ended(actor);
    for (const { property: { id, says }, actor, way, loop } of fairCycles(this.graph, this.states.set.size, properties, { machines, restsAtStart })) {
      this.goToStart();
      const steps = [...way, ...loop].map((edge) => this.decisionTo(this.graph.target(edge), actorOf(this.graph.by.words[edge]!)));
      const round = steps.slice(way.length);
      const who = [...new Set(round.map((step) => actors[step.actor - 1]!.name))];
      const sentence = `${says(actors[actor - 1]!.name)}, and nobody is kept from his turn: ${who.join(', ')} go round ${round.length} steps for ever`;
      const key = livelockKey(round.map(({ leaf }) => table.leaves[leaf]!.step), id);
      findings.keep({ kind: 'livelock', id, sentence, key }, () => steps.map(({ actor: one, choice }) => ({ actor: one, choice })), way.length);
    }
  }

  /** Decisions that lead along these states, from the initial one. */
  private decisionsAlong(way: readonly number[]): (Decision & { readonly leaf: number })[] {
    this.goToStart();
    return way.slice(1).map((wanted) => this.decisionTo(wanted));
  }

  /** Takes the step that leads to this state from the one that stands; of this actor, where it is said. */
  private decisionTo(wanted: number, by?: number): Decision & { readonly leaf: number } {
    const { world, tracker } = this;
    const mark = tracker.mark();
    const lanes = tracker.lanes.slice();
    for (let actor = 1; actor <= world.topology.actors.length; actor++) {
      if (world.ended(actor) || (by !== undefined && by !== actor)) continue;
      for (let choice = 0, choices = 1; choice < choices; choice++) {
        tracker.step();
        if (world.step(actor, () => choice) < 0) break;
        choices = world.last.choices;
        if (this.states.numberNow() === wanted) return { actor, choice: world.last.choice, leaf: world.last.leaf };
        tracker.back(mark);
        tracker.lanes.set(lanes);
      }
    }
    throw new LaboratoryError('a step that the search has taken cannot be taken again');
  }

  /** For each step of a finding's schedule: could it still be avoided? */
  pointOfNoReturn(finding: Finding): PointOfNoReturn {
    const { graph, world, tracker, states } = this;
    const path: number[] = [];
    this.goToStart();
    for (const { actor, choice } of finding.schedule) {
      path.push(states.numberNow());
      tracker.step();
      world.step(actor, () => choice);
    }
    if (path.includes(FULL)) throw new LaboratoryError(`the schedule of finding '${finding.key}' leads through a state that the search has not seen`);
    const targets = finding.kind === 'livelock' ? [path[finding.loop!]!] : graph.marked(finding.key);
    return pointOfNoReturn(graph, states.set.size, targets, path);
  }
}
