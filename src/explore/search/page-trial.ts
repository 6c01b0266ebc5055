// Does a kernel treat page frames alike? On random walks each step must do to the renamed state the renamed thing, or, where it takes one page
// of several, something that counts as the same state: an allocator that takes the lowest free page may, while free pages do not differ.
// Whether they ever do, no walk can tell: steps that choose like this are tried again wherever a search executes them, and each step a few
// times at least.

import { MonotoneWords } from '../../memory/canonical.ts';
import { isBlocked } from '../../memory/outcome.ts';
import { preparedWorld } from '../../runtime/prepared.ts';
import { Random } from '../../runtime/random.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Plan } from '../../memory/plan.ts';
import type { Words } from '../../memory/views.ts';
import type { RunWorld } from '../../runtime/world.ts';
import type { Topology } from '../../scenario/topology.ts';
import type { Renaming } from './renaming.ts';
import type { Symmetry } from './symmetry.ts';

/** Steps and walks by which the kernel is tried; how often the step of each leaf is, and of one that chooses. */
const STEPS = 400, WALKS = 6;
const TRIES = 32, ALWAYS = -1;

/** What came of a step in a renamed state. */
type Outcome = 'renamed' | 'chosen' | 'different';

export class PageTrial {
  /** By leaf: how often its step is still to be tried. */
  private readonly left: Int32Array;
  private readonly symmetry: Symmetry;
  private readonly mirror: RunWorld;
  private readonly stateWords: number;
  private readonly lanes: Int32Array;
  private readonly monotone: MonotoneWords;
  private readonly mirrorMonotone: MonotoneWords;
  private readonly words: Words;
  /** Each page changing places with each other one. */
  readonly swaps: readonly Renaming[];

  /** Over the memory of the world whose steps are to be tried, and a world to try them in. */
  constructor(symmetry: Symmetry, words: Words, mirror: RunWorld, left?: Int32Array) {
    const { plan } = mirror;
    const { nothing } = symmetry.renamer;
    this.symmetry = symmetry;
    this.mirror = mirror;
    this.words = words;
    this.stateWords = plan.stateWords;
    this.lanes = new Int32Array(symmetry.lanes);
    this.monotone = new MonotoneWords(plan, words);
    this.mirrorMonotone = new MonotoneWords(plan, mirror.words);
    this.left = left ?? new Int32Array(mirror.table.leaves.length).fill(TRIES);
    this.swaps = nothing.pages.flatMap((one) => nothing.pages.slice(one + 1).map((other) => (
      { ...nothing, pages: nothing.pages.map((page) => (page === one ? other : page === other ? one : page)) })));
  }

  /** The state as it stands, when the next step of `actor` is to be tried: give it to `differs` behind the step. */
  before({ frames }: RunWorld, actor: number): Int32Array | undefined {
    return this.left[frames[actor]!.leaf] === 0 ? undefined : this.words.slice(0, this.stateWords);
  }

  /** Tries the last step, of which memory is the result, in the state before it, renamed. */
  tried(before: Int32Array, to: Renaming, { last: { actor, leaf, choices } }: RunWorld, blocked: boolean): Outcome {
    const { left } = this;
    const outcome = this.outcomeOf(before, to, actor, blocked, Math.max(1, choices), left[leaf] === ALWAYS);
    if (outcome === 'chosen') left[leaf] = ALWAYS;
    else if (left[leaf]! > 0) left[leaf] = left[leaf]! - 1;
    return outcome;
  }

  private outcomeOf(before: Int32Array, to: Renaming, actor: number, blocked: boolean, choices: number, known: boolean): Outcome {
    const { symmetry: { renamer }, mirror, stateWords } = this;
    const renamed = renamer.renamed(before, to);
    // Pages that do not differ at all may be chosen among; which steps do so, others have to be tried for.
    if (known && sameRows(renamed, before)) return 'chosen';
    const wanted = renamer.renamed(this.words.slice(0, stateWords), to);
    let outcome: Outcome = 'different';
    for (let choice = 0; choice < choices; choice++) {
      mirror.words.set(renamed);
      if (isBlocked(mirror.step(actor, () => choice)) !== blocked) continue;
      if (sameRows(wanted, mirror.words)) return 'renamed';
      if (this.sameState()) outcome = 'chosen';
    }
    return outcome;
  }

  /** The same over other memory, with another symmetry of the same pages. */
  over(symmetry: Symmetry, words: Words): PageTrial {
    return new PageTrial(symmetry, words, this.mirror, this.left);
  }

  /** A sentence when a step that has just been executed chooses among pages that are not alike. */
  differs(before: Int32Array, world: RunWorld): string | undefined {
    return this.swaps.every((to) => this.tried(before, to, world, false) !== 'different') ? undefined
      : `step '${world.table.leaves[world.last.leaf]!.step}' chooses among some that are not alike`;
  }

  /** Do both worlds stand in what counts as one state? */
  private sameState(): boolean {
    const { symmetry } = this;
    this.hash(this.monotone);
    const { low, high } = symmetry;
    this.hash(this.mirrorMonotone);
    return symmetry.low === low && symmetry.high === high;
  }

  private hash(monotone: MonotoneWords): void {
    const { symmetry, lanes, stateWords } = this;
    lanes.fill(0);
    for (let cell = 0; cell < stateWords; cell++) symmetry.rehash(lanes, cell, 0, monotone.value(cell));
    symmetry.fold(lanes);
  }
}

/** Tries the kernel: what it treats otherwise after renaming, in a sentence; else who goes on trying. */
export function triedOnPages(kernel: Kernel, topology: Topology, plan: Plan, symmetry: Symmetry): { readonly why?: string; readonly trial?: PageTrial } {
  const { world } = preparedWorld(kernel, topology);
  const trial = new PageTrial(symmetry, world.words, preparedWorld(kernel, topology).world);
  const start = world.words.slice(0, plan.stateWords);
  for (let walk = 0; walk < WALKS; walk++) {
    const random = new Random(walk + 1);
    world.words.set(start);
    for (let steps = 0, inVain = 0; steps < STEPS && inVain < 5 * topology.actors.length; inVain++) {
      const actor = 1 + random.below(topology.actors.length);
      if (world.ended(actor)) continue;
      const before = world.words.slice(0, plan.stateWords);
      const blocked = isBlocked(world.step(actor, (n) => random.below(n)));
      const { leaf } = world.last;
      if (!blocked) {
        steps++;
        inVain = 0;
      }
      const outcome = trial.tried(before, trial.swaps[random.below(trial.swaps.length)]!, world, blocked);
      if (outcome === 'different') return { why: `step '${kernel.table.leaves[leaf]!.step}' does not treat them alike` };
    }
  }
  return { trial };
}

/** Does `words` begin as `row`? */
function sameRows(row: Int32Array, words: Int32Array): boolean {
  for (let cell = 0; cell < row.length; cell++) if (row[cell] !== words[cell]) return false;
  return true;
}
