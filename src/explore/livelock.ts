// Livelock by a fair bound: a schedule was cut, nobody has made progress for half of it, and everybody who could go on has had turns in that
// time. A sample cannot prove that it goes on like this for ever; an exhaustive search can.

import { MonotoneWords } from '../memory/canonical.ts';
import { hashState, hashText } from '../memory/hash.ts';
import { isBlocked } from '../memory/outcome.ts';
import type { RunWorld } from '../runtime/world.ts';
import { LIVELOCK, livelockKey } from './keys.ts';
import type { Finding } from './finding.ts';
import type { ScheduleLoop } from './sample-loop.ts';

/** Shorter stretches without progress say nothing. */
const LEAST = 500;
/** Somebody has had turns who took this part of an even share: one who took a few of thousands was starved, and may be about to end it all. */
const SHARE = 1 / 8;

/** A loop, and how many steps of the schedule it takes to come round it. */
interface Livelock { readonly finding: Omit<Finding, 'schedule'>; readonly steps: number }

export class LivelockWatch {
  private readonly world: RunWorld;
  private readonly loop: ScheduleLoop;
  /** Steps without progress that count. */
  private readonly stretch: number;
  private readonly progress: Uint8Array;
  private readonly hasProgram: boolean;
  /** Program counter of each actor when it stepped last: who comes to another instruction makes progress. */
  private readonly pc: Int32Array;
  private last = 0;
  /** Loops found, by who goes round: most schedules come to the same. */
  private readonly known = new Map<string, Livelock>();

  constructor(world: RunWorld, loop: ScheduleLoop, bound: number) {
    this.world = world;
    this.loop = loop;
    this.stretch = Math.max(LEAST, bound >>> 1);
    this.progress = Uint8Array.from(world.table.leaves, (leaf) => (leaf.progress ? 1 : 0));
    this.hasProgram = world.plan.byName.get('frame')!.fields.some(({ name }) => name === 'pc');
    this.pc = new Int32Array(world.topology.actors.length + 1);
  }

  begin(): void {
    this.last = 0;
    this.pc.fill(0);
  }

  /** Behind each step. */
  executed({ actor, leaf, pc }: { readonly actor: number; readonly leaf: number; readonly pc: number }): void {
    if (this.progress[leaf] === 0 && (!this.hasProgram || pc === this.pc[actor])) return;
    this.pc[actor] = pc;
    this.last = this.loop.steps;
  }

  /** Steps of each actor among the last ones. */
  private turns(last: number): Int32Array {
    const { loop } = this;
    const turns = new Int32Array(loop.lastStep.length);
    for (let k = Math.max(0, loop.steps - last); k < loop.steps; k++) turns[loop.actors[k]!]! += 1;
    return turns;
  }

  /** Asked of a schedule that its bound has cut. Spoils memory: the schedule is over. */
  find(): Livelock | undefined {
    const { world, loop, stretch } = this;
    if (loop.steps - this.last < stretch) return undefined;
    const state = world.words.subarray(0, world.plan.stateWords);
    const kept = state.slice();
    const busy: number[] = [];
    // Judged in the later half: who was busy in the first one and has had no turn since may be the one that all wait for.
    const window = stretch >>> 1;
    const turns = this.turns(window);
    let candidates = 0;
    loop.forCandidates(() => { candidates++; });
    const enough = Math.max(1, (window * SHARE) / Math.max(1, candidates));
    // Somebody who was starved has moved now and then: nothing has gone round yet.
    if (turns.some((times) => times > 0 && times < enough)) return undefined;
    let fair = true;
    const { watch } = world;
    world.watch = undefined;
    loop.forCandidates((actor) => {
      if (turns[actor]! >= enough) {
        busy.push(actor);
        return;
      }
      if (isBlocked(world.step(actor, () => 0))) return;
      state.set(kept);
      fair = false;
    });
    world.watch = watch;
    if (!fair || busy.length === 0) return undefined;
    const who = busy.toSorted((a, b) => a - b).map((actor) => world.topology.actors[actor - 1]!.name).join(', ');
    const sentence = `${who} went on for ${loop.steps - this.last} steps, and nobody has made progress, though everybody who could go on had turns`;
    let found = this.known.get(who);
    if (found === undefined) {
      const { leaves, first, end } = this.lasso();
      found = { finding: { kind: 'livelock', id: LIVELOCK, key: livelockKey(leaves), sentence, ...(first < end ? { loop: first } : {}) }, steps: end };
      this.known.set(who, found);
    }
    return found;
  }

  /** The shortest way from a state back to it, in the part without progress: the steps behind `first`, up to `end`. All of that part, and no loop,
   *  where no state comes again. `leaves`: names of its steps. */
  private lasso(): { leaves: string[]; first: number; end: number } {
    const { world, loop } = this;
    const monotone = new MonotoneWords(world.plan, world.words);
    const seen = new Map<string, number>();
    const names: string[] = [];
    let best = { key: '', first: loop.steps, end: loop.steps };
    const { watch } = world;
    world.watch = undefined;
    loop.playAgain((step) => {
      if (step > 0) names.push(world.table.leaves[world.last.leaf]!.step);
      if (step < this.last) return;
      const hash = hashText(hashState(world.words, world.plan.stateWords, (cell) => monotone.value(cell)));
      const before = seen.get(hash);
      seen.set(hash, step);
      if (before === undefined) return;
      const length = step - before;
      const shortest = best.end - best.first;
      const key = livelockKey(names.slice(before));
      // Of loops of the same length it is always the same one that counts.
      if (shortest === 0 || length < shortest || (length === shortest && key < best.key)) best = { key, first: before, end: step };
    });
    world.watch = watch;
    return { leaves: best.first < best.end ? names.slice(best.first, best.end) : names.slice(this.last), first: best.first, end: best.end };
  }
}
