// A search that others take part in: it gives work away, and takes up what the parts have done. The parts are such searches too, over the
// same set of states.

import { Graph } from './graph.ts';
import { Search } from './search.ts';
import { splitStack } from './stack.ts';
import type { Part } from './head.ts';

export class PartSearch extends Search {
  /** Goes on where a search was saved; see `Search.resume`. */
  from(bytes: Uint8Array): this {
    return this.goOn(bytes);
  }

  /** Gives away what another search may go on with, as a stack of at most so many words; nothing when there is nothing to spare. */
  split(most: number): Int32Array | undefined {
    const whole = this.stacks.findIndex(({ length }) => length <= most);
    return whole >= 0 ? this.stacks.splice(whole, 1)[0] : splitStack(this.levels, this.depth, most);
  }

  /** More to search, behind what there is. */
  add(stacks: readonly Int32Array[]): void {
    this.stacks.push(...stacks);
    if (this.depth === 0 && this.stacks.length > 0) this.follow(this.stacks.pop()!);
  }

  /** Stops, and answers what was done and what is left since the last time; its states stay. */
  part(): Part {
    const part = { ...this.outcome(), ...this.edges(), stacks: this.deal(), pagesDiffer: this.pagesDiffer ?? null };
    this.tally.clear();
    this.checker?.evaluated.fill(0);
    if (this.graph !== undefined) this.graph = new Graph();
    this.cut = undefined;
    return part;
  }

  /** Takes up what parts have done and left; with nothing left, this is the end of the search. */
  takeUp(parts: readonly Part[]): void {
    const apart = parts.find(({ pagesDiffer }) => pagesDiffer !== null);
    if (apart !== undefined) {
      this.keepPagesApart(apart.pagesDiffer!);
      return;
    }
    for (const { tally, cut, found, keys, stacks, evaluated, ...edges } of parts) {
      this.tally.add(tally);
      evaluated.forEach((times, k) => { this.checker!.evaluated[k]! += times; });
      for (const finding of found) this.findings.take(finding);
      this.graph?.add(edges, keys);
      this.stacks.push(...stacks);
      this.cut ??= cut ?? undefined;
    }
    if (this.cut === undefined && this.stacks.length === 0) this.conclude();
  }

  /** Do states with pages renamed count as one? */
  get foldsPages(): boolean {
    return this.symmetry?.foldsPages === true;
  }

  /** From here on they do not. */
  unfoldPages(): void {
    this.pagesDiffer = undefined;
    this.tellPagesApart();
  }

  /** Gives all paths away that are not through. */
  deal(): Int32Array[] {
    const left = this.left();
    this.depth = 0;
    this.stacks = [];
    return left;
  }
}
