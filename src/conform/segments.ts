// Pages cut into runs of bytes that no access divides, so that each has one value: where bytes lie, and what values they have.

import type { RunWorld } from '../runtime/world.ts';
import type { Needs } from './needs.ts';
import { cutsOf } from './topology.ts';
import { PAGE } from './values.ts';

/** [value, count], as recordings write bytes. */
export type Runs = [number, number][];

/** The part of an access that lies in one page: bytes [from, to) of it, segments [first, behind). */
export interface Piece { readonly page: number; readonly from: number; readonly to: number; readonly first: number; readonly behind: number }

export class Segments {
  /** Offsets at which segments begin, and the end of the page. */
  private readonly starts: readonly number[];
  private readonly numbers: ReadonlyMap<number, number>;

  constructor(needs: Needs) {
    this.starts = [...cutsOf(needs), PAGE];
    this.numbers = new Map(this.starts.map((offset, i) => [offset, i]));
  }

  /** Number of the segment that begins at `offset` of a page. */
  at(offset: number): number {
    const found = this.numbers.get(offset);
    if (found === undefined) throw new Error(`no segment begins at ${offset}`);
    return found;
  }

  /** The pages of `length` bytes from `address` on. Page numbers are real ones. */
  * pieces(address: bigint, length: number): Generator<Piece> {
    let page = Number(address >> 12n);
    let from = Number(address & 4095n);
    for (let left = length; left > 0; page++, from = 0) {
      const to = Math.min(PAGE, from + left);
      left -= to - from;
      yield { page, from, to, first: this.at(from), behind: this.at(to) };
    }
  }

  /** Adds the bytes of a piece, in page frame `pfn`, to `runs`. */
  read(world: RunWorld, pfn: number, { first, behind }: Piece, runs: Runs): void {
    const { byte } = world.objects.page_bytes(pfn);
    for (let segment = first; segment < behind; segment++) {
      addRun(runs, byte.at(segment), this.starts[segment + 1]! - this.starts[segment]!);
    }
  }
}

/** Adds `count` bytes of one value. */
export function addRun(runs: Runs, value: number, count: number): void {
  const last = runs.at(-1);
  if (last !== undefined && last[0] === value) last[1] += count;
  else if (count > 0) runs.push([value, count]);
}
