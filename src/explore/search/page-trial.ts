// Does a kernel treat page frames alike? On random walks each step must do to the renamed state the renamed thing, or, where it takes one page
// of several, something that counts as the same state: an allocator that takes the lowest free page may, while free pages do not differ.
// Whether they ever do, no walk can tell: steps that choose like this are tried again wherever a search executes them, and each step a few
// times at least.

import { MonotoneWords } from '../../memory/canonical.ts';
import { Random } from '../../runtime/random.ts';
import { sameRows, type TrialWorld } from './trial-world.ts';
import type { Renaming } from './renaming.ts';
import type { Symmetry } from './symmetry.ts';

/** Steps and walks by which the kernel is tried; how often the step of each leaf is, and of one that chooses. */
const STEPS = 400, WALKS = 6;
const TRIES = 32, ALWAYS = -1;

/** What came of a step in a renamed state. */
type Outcome = 'renamed' | 'chosen' | 'different';

/** A step that has been executed: the states before and after it, and what is known of it. */
interface Done { readonly before: Int32Array; readonly after: Int32Array; readonly actor: number; readonly leaf: number; readonly choices: number; readonly blocked: boolean }

export class PageTrial {
  /** By leaf: how often its step is still to be tried. */
  private readonly left: Int32Array;
  readonly symmetry: Symmetry;
  private readonly ground: TrialWorld;
  private readonly lanes: Int32Array;
  private readonly monotone: MonotoneWords;
  /** Each page changing places with each other one. */
  readonly swaps: readonly Renaming[];

  constructor(symmetry: Symmetry, ground: TrialWorld) {
    const { plan, words, table } = ground.world;
    const { nothing } = symmetry.renamer;
    this.symmetry = symmetry;
    this.ground = ground;
    this.lanes = new Int32Array(symmetry.lanes);
    this.monotone = new MonotoneWords(plan, words);
    this.left = new Int32Array(table.leaves.length).fill(TRIES);
    this.swaps = nothing.pages.flatMap((one) => nothing.pages.slice(one + 1).map((other) => (
      { ...nothing, pages: nothing.pages.map((page) => (page === one ? other : page === other ? one : page)) })));
  }

  /** Is the next step of `actor` to be tried? */
  wants(actor: number): boolean {
    return this.left[this.ground.world.frames[actor]!.leaf] !== 0;
  }

  /** Executes the next step of an actor; give what it answers to `tried`. */
  execute(actor: number, choose: (n: number) => number): Done {
    const { ground, ground: { world } } = this;
    const before = ground.row();
    const blocked = ground.blocks(actor, choose);
    const { leaf, choices } = world.last;
    return { before, after: ground.row(), actor, leaf, choices, blocked };
  }

  /** Tries a step in the state before it, renamed; memory is any state then. */
  tried(done: Done, to: Renaming): Outcome {
    const { left } = this;
    const outcome = this.outcomeOf(done, to, left[done.leaf] === ALWAYS);
    if (outcome === 'chosen') left[done.leaf] = ALWAYS;
    else if (left[done.leaf]! > 0) left[done.leaf] = left[done.leaf]! - 1;
    return outcome;
  }

  private outcomeOf({ before, after, actor, choices, blocked }: Done, to: Renaming, known: boolean): Outcome {
    const { symmetry: { renamer }, ground } = this;
    const renamed = renamer.renamed(before, to);
    // Pages that do not differ at all may be chosen among; which steps do so, others have to be tried for.
    if (known && sameRows(renamed, before)) return 'chosen';
    const wanted = renamer.renamed(after, to);
    let outcome: Outcome = 'different';
    for (let choice = 0; choice < Math.max(1, choices); choice++) {
      ground.put(renamed);
      if (ground.blocks(actor, () => choice) !== blocked) continue;
      if (sameRows(wanted, ground.world.words)) return 'renamed';
      if (this.stateCountsAs(after)) outcome = 'chosen';
    }
    return outcome;
  }

  /** A sentence when the next step of an actor, with this choice, chooses among pages that are not alike. Memory stays as it is. */
  differs(actor: number, choice: number): string | undefined {
    const { ground } = this;
    const done = this.execute(actor, () => choice);
    const alike = done.blocked || this.swaps.every((to) => this.tried(done, to) !== 'different');
    ground.put(done.before);
    return alike ? undefined : `step '${ground.world.table.leaves[done.leaf]!.step}' chooses among some that are not alike`;
  }

  /** Does memory stand in what counts as one state with `row`? */
  private stateCountsAs(row: Int32Array): boolean {
    const { symmetry, ground } = this;
    this.hash();
    const { low, high } = symmetry;
    ground.put(row);
    this.hash();
    return symmetry.low === low && symmetry.high === high;
  }

  private hash(): void {
    const { symmetry, lanes, monotone } = this;
    lanes.fill(0);
    for (let cell = 0; cell < monotone.kind.length; cell++) symmetry.rehash(lanes, cell, 0, monotone.value(cell));
    symmetry.fold(lanes);
  }
}

/** Tries the kernel, from this state on: what it treats otherwise after renaming, in a sentence; else who goes on trying. */
export function triedOnPages(ground: TrialWorld, start: Int32Array, symmetry: Symmetry): { readonly why?: string; readonly trial?: PageTrial } {
  const { world } = ground;
  const actors = world.topology.actors.length;
  const trial = new PageTrial(symmetry, ground);
  for (let walk = 0; walk < WALKS; walk++) {
    const random = new Random(walk + 1);
    ground.put(start);
    for (let steps = 0, inVain = 0; steps < STEPS && inVain < 5 * actors; inVain++) {
      const actor = 1 + random.below(actors);
      if (world.ended(actor)) continue;
      const done = trial.execute(actor, (n) => random.below(n));
      if (!done.blocked) {
        steps++;
        inVain = 0;
      }
      const outcome = trial.tried(done, trial.swaps[random.below(trial.swaps.length)]!);
      if (outcome === 'different') return { why: `step '${world.table.leaves[done.leaf]!.step}' does not treat them alike` };
      ground.put(done.after);
    }
  }
  return { trial };
}
