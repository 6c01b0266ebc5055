// Which interleavings of hidden steps make no difference: what the next step of one task touches, and what the others may touch before the
// trace shows them next. What steps touch is learned from those that were executed; a search in which something was learned after it had
// been asked is repeated, as in the searches of `explore` (explore/search/reducer.ts).

import { blockedOn, isBlocked } from '../../memory/outcome.ts';
import type { FootprintTracker } from '../../explore/search/footprint-tracker.ts';
import type { RunWorld } from '../../runtime/world.ts';
import type { Control } from './control.ts';
import type { Matcher } from './match.ts';

/** What was touched: a bit for each object. */
interface Touched { readonly reads: Uint32Array; readonly writes: Uint32Array }

/** Leaves that an actor may come to without the trace showing it, and what their steps have touched, as of `version`. */
interface Reach { readonly leaves: readonly number[]; readonly touched: Touched; version: number }

const has = (bits: Uint32Array, id: number): boolean => (bits[id >>> 5]! & (1 << (id & 31))) !== 0;

/** Objects that one or several steps have touched. */
export interface Footprint { readonly reads: number[]; readonly writes: number[] }

export class Reduction {
  /** Something was learned since `begin`. */
  grew = false;
  private version = 0;
  private readonly steps = new Map<number, Touched>();
  private readonly reaches = new Map<string, Reach>();
  private readonly words: number;
  private readonly leafCount: number;
  /** Objects that make no difference to what actors do. */
  private readonly ignored: Uint8Array;

  constructor({ plan, kernel }: RunWorld) {
    this.words = (plan.objects + 31) >>> 5;
    this.leafCount = kernel.table.leaves.length;
    this.ignored = new Uint8Array(plan.objects);
    for (const { layout, firstId, count } of plan.tables) if (layout.ghost === true) this.ignored.fill(1, firstId, firstId + count);
  }

  /** A search begins. */
  begin(): void {
    this.grew = false;
  }

  /** Notes what the step that was just executed has touched, and adds it to `own`. */
  learn(actor: number, leaf: number, tracker: FootprintTracker, own?: Footprint): void {
    const key = actor * this.leafCount + leaf;
    let known = this.steps.get(key);
    if (known === undefined) this.steps.set(key, known = this.nothing());
    for (let k = 0; k < tracker.readCount; k++) this.note(known.reads, tracker.readIds[k]!, own?.reads);
    for (let k = 0; k < tracker.writeCount; k++) this.note(known.writes, tracker.writeIds[k]!, own?.writes);
  }

  private note(bits: Uint32Array, id: number, own: number[] | undefined): void {
    if (this.ignored[id] !== 0) return;
    own?.push(id);
    if (has(bits, id)) return;
    bits[id >>> 5] = bits[id >>> 5]! | (1 << (id & 31));
    this.version++;
    this.grew = true;
  }

  private nothing(): Touched {
    return { reads: new Uint32Array(this.words), writes: new Uint32Array(this.words) };
  }

  /**
   * May others, before the trace shows them next, touch what `own` has touched, in a way that the order matters? The world is in the state
   * from which they would go; it is put back by `back` after steps that are only tried. `woken`: who would get a message meanwhile.
   */
  mattersTo(own: Footprint, others: readonly number[], woken: readonly number[], world: RunWorld, tracker: FootprintTracker, matcher: Matcher, control: Control, back: () => void): boolean {
    const waiting: { actor: number; object: number }[] = [];
    const active = woken.map((actor) => this.reach(actor, world, matcher, control));
    for (const actor of others) {
      tracker.step();
      const result = world.step(actor, () => 0);
      const moves = !isBlocked(result);
      if (moves) back();
      else waiting.push({ actor, object: blockedOn(result) });
      if (moves) active.push(this.reach(actor, world, matcher, control));
    }
    // Who waits for an object moves when another one writes it.
    for (let found = true; found;) {
      found = false;
      for (const [i, { actor, object }] of waiting.entries()) {
        if (!active.some(({ touched }) => has(touched.writes, object))) continue;
        active.push(this.reach(actor, world, matcher, control));
        waiting.splice(i, 1);
        found = true;
        break;
      }
    }
    return active.some(({ touched: { reads, writes } }) =>
      own.writes.some((id) => has(reads, id) || has(writes, id)) || own.reads.some((id) => has(writes, id)));
  }

  private reach(actor: number, world: RunWorld, matcher: Matcher, control: Control): Reach {
    const { leaf } = world.frames[actor]!;
    const key = `${actor} ${leaf} ${matcher.openKey(actor, control)}`;
    let reach = this.reaches.get(key);
    if (reach === undefined) this.reaches.set(key, reach = { leaves: this.leavesFrom(actor, leaf, world, matcher, control), touched: this.nothing(), version: -1 });
    if (reach.version === this.version) return reach;
    reach.version = this.version;
    for (const one of reach.leaves) {
      const touched = this.steps.get(actor * this.leafCount + one);
      if (touched === undefined) continue;
      for (let k = 0; k < this.words; k++) {
        reach.touched.reads[k] = reach.touched.reads[k]! | touched.reads[k]!;
        reach.touched.writes[k] = reach.touched.writes[k]! | touched.writes[k]!;
      }
    }
    return reach;
  }

  private leavesFrom(actor: number, start: number, world: RunWorld, matcher: Matcher, control: Control): number[] {
    const { next, width } = world.table;
    const leaves = [start];
    for (const leaf of leaves) {
      for (let outcome = 0; outcome < width; outcome++) {
        const to = next[leaf * width + outcome]!;
        if (to >= 0 && !leaves.includes(to) && matcher.mayHide(actor, to, control)) leaves.push(to);
      }
    }
    return leaves;
  }
}
