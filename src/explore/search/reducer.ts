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
import type { States } from './states.ts';

/** Random walks, and steps of each, by which a search learns before it begins; and walks that teach nothing, behind which it is enough. */
const WALKS = 30, WALK_STEPS = 2000, IN_VAIN = 5;
/** Places by which states on the path are found. */
const PATH = 1 << 12;

const first = (): number => 0;

/** What is known of an actor's next step: nothing; it leads to a state of this hash and breaks nothing. */
const UNKNOWN = 0, LEADS = 1;

export class Reducer {
  readonly footprints: Footprints;
  /** By level and actor, as `choose` has tried it: the state that its step leads to, and the step's place in the counts of moves. */
  low: Int32Array;
  high: Int32Array;
  move: Int32Array;
  private leads: Uint8Array;
  private readonly world: RunWorld;
  private readonly tracker: FootprintTracker;
  private readonly checker: Checker | undefined;
  private readonly levels: Levels;
  private readonly states: States;
  private readonly actors: number;
  private readonly sets: PersistentSets;
  private readonly frameBase: Int32Array;
  private readonly finalLeaf: Uint8Array;
  /** How many states on the path have a hash that ends like this. */
  private readonly path = new Uint16Array(PATH);
  private readonly leafOf = (actor: number): number => this.world.words[this.frameBase[actor]!]!;

  constructor(world: RunWorld, tracker: FootprintTracker, checker: Checker | undefined, levels: Levels, states: States) {
    this.world = world;
    this.tracker = tracker;
    this.checker = checker;
    this.levels = levels;
    this.states = states;
    const { table, topology, plan } = world;
    this.actors = topology.actors.length;
    this.footprints = new Footprints(this.actors, table.leaves.length, plan.objects);
    this.sets = new PersistentSets(this.footprints, this.actors);
    this.frameBase = Int32Array.from(world.frames, (frame) => frame?.base ?? 0);
    this.finalLeaf = Uint8Array.from(table.leaves, (leaf) => (leaf.final ? 1 : 0));
    this.low = new Int32Array(0);
    this.high = new Int32Array(0);
    this.move = new Int32Array(0);
    this.leads = new Uint8Array(0);
  }

  /** Some step has touched more than was known when the search relied on it. */
  get outgrown(): boolean {
    return this.footprints.grown;
  }

  /** Draws the conclusions from what is known, and forgets the path. */
  begin(): void {
    this.footprints.close();
    this.path.fill(0);
  }

  /** Goes on with what is known in a checkpoint, and the first `depth` levels on the path. */
  load(lists: Readonly<Record<string, Int32Array>>, depth: number): void {
    this.footprints.load(lists);
    this.path.fill(0);
    for (let level = 0; level < depth; level++) this.setOnPath(level, true);
    // What was tried in these levels is not known any more.
    this.makeRoom();
    this.leads.fill(UNKNOWN);
  }

  /** Is a state of this hash on the path, which ends with level `top`? */
  isOnPath(low: number, high: number, top: number): boolean {
    if (this.path[low & (PATH - 1)] === 0) return false;
    const { print } = this.levels;
    for (let level = top; level >= 0; level--) if (print[level * 2] === low && print[level * 2 + 1] === high) return true;
    return false;
  }

  /** The state of a level comes onto the path, or leaves it. */
  setOnPath(level: number, on: boolean): void {
    const at = this.levels.print[level * 2]! & (PATH - 1);
    this.path[at] = this.path[at]! + (on ? 1 : -1);
  }

  /** Looks for a persistent set in the state of level `top`, as which memory stands; false: everybody is to be tried. */
  choose(top: number): boolean {
    const { levels: { width, blocked, set }, leads, sets, actors } = this;
    const row = top * width;
    this.makeRoom();
    this.leads.fill(UNKNOWN, row, row + width);
    sets.look(this.leafOf, blocked, row);
    // What was learned is enough for many a set of one, and only its next step has to be tried then.
    for (let actor = sets.alone(0, blocked, row); actor !== 0; actor = sets.alone(actor, blocked, row)) {
      if (!this.tryOut(top, actor)) continue;
      set.fill(0, row, row + width);
      set[row + actor] = 1;
      return true;
    }
    for (let actor = 1; actor <= actors; actor++) if (blocked[row + actor] === 0 && leads[row + actor] === UNKNOWN) this.tryOut(top, actor);
    sets.look(this.leafOf, blocked, row);
    return sets.choose(blocked, set, row);
  }

  /** Was the next step of an actor tried in the state of level `top`, so that it breaks nothing? Then that is the state looked at. */
  hasTried(top: number, actor: number): boolean {
    const at = top * this.levels.width + actor;
    if (this.leads[at] !== LEADS) return false;
    this.states.low = this.low[at]!;
    this.states.high = this.high[at]!;
    return true;
  }

  /** Does it lead to a state that was seen? Then nobody needs to take it. */
  leadsBack(top: number, actor: number): boolean {
    return this.hasTried(top, actor) && this.states.isKnown();
  }

  private makeRoom(): void {
    const { levels: { capacity, width } } = this;
    if (this.leads.length >= capacity * width) return;
    const words = (old: Int32Array): Int32Array => {
      const larger = new Int32Array(capacity * width);
      larger.set(old);
      return larger;
    };
    this.low = words(this.low);
    this.high = words(this.high);
    this.move = words(this.move);
    const { leads } = this;
    this.leads = new Uint8Array(capacity * width);
    this.leads.set(leads);
  }

  /** Finds out whether an actor can go on from the state as it stands, what that would touch and where it leads; and takes it back. */
  private tryOut(top: number, actor: number): boolean {
    const { world, tracker, checker, states, levels, sets } = this;
    const at = top * levels.width + actor;
    const mark = tracker.mark();
    tracker.step();
    const result = world.step(actor, first);
    if (result < 0) {
      levels.blocked[at] = 1 + blockedOn(result);
      this.blocked(actor);
      return false;
    }
    const { last } = world;
    sets.chooses[actor] = last.choices > 1 ? 1 : 0;
    sets.reads[actor]!.set(tracker.readIds, tracker.readCount);
    sets.writes[actor]!.set(tracker.writeIds, tracker.writeCount);
    const broken = checker?.afterStep(tracker.written, tracker.count);
    this.executed(actor);
    if (broken === undefined && last.choices <= 1 && states.exact === undefined) {
      states.look();
      this.low[at] = states.low;
      this.high[at] = states.high;
      this.move[at] = last.leaf * world.table.width + last.outcome;
      this.leads[at] = LEADS;
    }
    tracker.back(mark);
    levels.putLanes(top, tracker.lanes);
    return true;
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
    for (let walk = 1, inVain = 0; walk <= WALKS && inVain < IN_VAIN; walk++) {
      this.footprints.grown = false;
      const random = new Random(walk);
      let waiting = 0;
      for (let steps = 0; steps < WALK_STEPS && waiting < 20 * actors; steps++) {
        const actor = 1 + random.below(actors);
        waiting++;
        if (world.ended(actor)) continue;
        tracker.step();
        if (world.step(actor, (n) => random.below(n)) < 0) {
          this.blocked(actor);
          continue;
        }
        waiting = 0;
        const broken = checker?.afterStep(tracker.written, tracker.count);
        this.executed(actor);
        if (broken !== undefined) break;
      }
      tracker.back(mark);
      tracker.lanes.set(lanes);
      inVain = this.footprints.grown ? 0 : inVain + 1;
    }
  }
}
