// Reduction, as a search uses it: learns footprints from random walks before the search and from every step of it, and looks for a
// persistent set in each new state. When a step touches more than was known, the search is repeated with what is known then.

import { blockedOn } from '../../memory/outcome.ts';
import { Random } from '../../runtime/random.ts';
import { Footprints } from './footprints.ts';
import { PersistentSets } from './persistent.ts';
import type { Checker } from '../../check/checker.ts';
import type { RunWorld } from '../../runtime/world.ts';
import type { FootprintTracker } from './footprint-tracker.ts';
import type { Levels } from './levels.ts';

/** Random walks, and steps of each, by which a search learns before it begins. */
const WALKS = 30, WALK_STEPS = 2000;

const first = (): number => 0;

export class Reducer {
  readonly footprints: Footprints;
  private readonly world: RunWorld;
  private readonly tracker: FootprintTracker;
  private readonly checker: Checker | undefined;
  private readonly levels: Levels;
  private readonly actors: number;
  private readonly sets: PersistentSets;
  private readonly frameBase: Int32Array;
  private readonly finalLeaf: Uint8Array;
  private readonly lanes: Int32Array;
  /** 1 for states on the path, by number. */
  private onPath = new Uint8Array(1 << 10);
  private readonly leafOf = (actor: number): number => this.world.words[this.frameBase[actor]!]!;

  constructor(world: RunWorld, tracker: FootprintTracker, checker: Checker | undefined, levels: Levels) {
    this.world = world;
    this.tracker = tracker;
    this.checker = checker;
    this.levels = levels;
    const { table, topology, plan } = world;
    this.actors = topology.actors.length;
    this.footprints = new Footprints(this.actors, table.leaves.length, plan.objects);
    this.sets = new PersistentSets(this.footprints, this.actors);
    this.frameBase = Int32Array.from(world.frames, (frame) => frame?.base ?? 0);
    this.finalLeaf = Uint8Array.from(table.leaves, (leaf) => (leaf.final ? 1 : 0));
    this.lanes = new Int32Array(tracker.lanes.length);
  }

  /** Some step has touched more than was known when the search relied on it. */
  get outgrown(): boolean {
    return this.footprints.grown;
  }

  /** Draws the conclusions from what is known, and forgets the path. */
  begin(): void {
    this.footprints.close();
    this.onPath.fill(0);
  }

  /** Goes on with what is known in a checkpoint, and these states on the path. */
  load(lists: Readonly<Record<string, Int32Array>>, path: Int32Array): void {
    this.footprints.load(lists);
    this.onPath.fill(0);
    for (const number of path) this.setOnPath(number, true);
  }

  /** Is a state on the path? */
  isOnPath(number: number): boolean {
    return this.onPath[number] === 1;
  }

  /** A state comes onto the path, or leaves it. */
  setOnPath(number: number, on: boolean): void {
    if (number >= this.onPath.length) {
      const larger = new Uint8Array(Math.max(number + 1, this.onPath.length * 2));
      larger.set(this.onPath);
      this.onPath = larger;
    }
    this.onPath[number] = on ? 1 : 0;
  }

  /** Looks for a persistent set in the state of level `top`, as which memory stands; false: everybody is to be tried. */
  choose(top: number): boolean {
    const { levels } = this;
    const row = top * levels.width;
    this.tryOut(row);
    return this.sets.choose(this.leafOf, levels.blocked, levels.set, row);
  }

  /** Finds out who can go on from the state as it stands, and what that would touch; and takes it back. */
  private tryOut(row: number): void {
    const { world, tracker, levels: { blocked }, sets, lanes } = this;
    const { watch } = world;
    // What checks look at behind such a step is known from those that were executed.
    world.watch = undefined;
    const mark = tracker.mark();
    lanes.set(tracker.lanes);
    for (let actor = 1; actor <= this.actors; actor++) {
      if (blocked[row + actor] !== 0) continue;
      tracker.step();
      const result = world.step(actor, first);
      if (result < 0) {
        blocked[row + actor] = 1 + blockedOn(result);
        this.blocked(actor);
        continue;
      }
      sets.chooses[actor] = world.last.choices > 1 ? 1 : 0;
      sets.reads[actor]!.set(tracker.readIds, tracker.readCount);
      sets.writes[actor]!.set(tracker.writeIds, tracker.writeCount);
      tracker.back(mark);
      tracker.lanes.set(lanes);
    }
    world.watch = watch;
  }

  /** Notes what the step that was just executed has touched, it and the checks behind it. */
  executed(actor: number): void {
    const { leaf, to } = this.world.last;
    const { tracker, footprints } = this;
    const row = footprints.row(actor, leaf);
    footprints.learn(row, tracker.readIds, tracker.readCount, tracker.writeIds, tracker.writeCount);
    footprints.learnChecks(row, tracker.checkIds, tracker.checkCount);
    if (this.finalLeaf[to] === 0) footprints.follows(row, footprints.row(actor, to));
  }

  /** Notes what the step that was just found blocked has looked at. */
  blocked(actor: number): void {
    const { tracker, footprints } = this;
    footprints.learn(footprints.row(actor, this.world.last.leaf), tracker.readIds, tracker.readCount, tracker.writeIds, 0);
  }

  /** Learns from random walks, and comes back to the start. */
  rehearse(): void {
    const { world, tracker, checker, actors } = this;
    const mark = tracker.mark();
    const lanes = tracker.lanes.slice();
    for (let walk = 1; walk <= WALKS; walk++) {
      const random = new Random(walk);
      let inVain = 0;
      for (let steps = 0; steps < WALK_STEPS && inVain < 20 * actors; steps++) {
        const actor = 1 + random.below(actors);
        inVain++;
        if (world.ended(actor)) continue;
        tracker.step();
        if (world.step(actor, (n) => random.below(n)) < 0) {
          this.blocked(actor);
          continue;
        }
        inVain = 0;
        const broken = checker?.afterStep(tracker.written, tracker.count);
        this.executed(actor);
        if (broken !== undefined) break;
      }
      tracker.back(mark);
      tracker.lanes.set(lanes);
    }
  }
}
