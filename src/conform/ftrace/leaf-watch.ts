// Which leaves of the guests' page tables have changed, and which page frames have become free.

import type { Tracker } from '../../explore/search/tracker.ts';
import type { Words } from '../../memory/views.ts';
import type { RunWorld } from '../../runtime/world.ts';

export class LeafWatch {
  private readonly first: number;
  private readonly behind: number;
  private readonly rowWords: number;
  private readonly gfns: number;
  /** Offsets in a row: the page frame; the entry that an access without a memslot leaves, -1 where a kernel has none. */
  private readonly pfn: number;
  private readonly mmio: number;
  private readonly references: number;
  private readonly pfns: number;
  private readonly words: Words;

  constructor({ plan, facts, words }: RunWorld) {
    this.words = words;
    const references = plan.byName.get('folio_ref')!;
    this.references = references.base;
    this.pfns = references.count;
    const { base, words: rowWords, count, fields } = plan.byName.get('spte')!;
    this.first = base;
    this.rowWords = rowWords;
    this.behind = base + rowWords * count;
    this.gfns = facts.sizes.gfn;
    const offsetOf = (wanted: string): number => fields.find(({ name }) => name === wanted)?.offset ?? -1;
    this.pfn = offsetOf('pfn');
    this.mmio = offsetOf('mmio');
  }

  /** gfns whose leaf of 4K is another one than at `mark`, ascending, each once. An entry that only becomes outdated stays what it is. */
  changed(mark: number, tracker: Tracker): number[] {
    const result = new Set<number>();
    tracker.since(mark, (cell, previous) => {
      if (cell < this.first || cell >= this.behind) return;
      const within = cell - this.first;
      const offset = within % this.rowWords;
      const isEntry = offset === this.mmio && (previous === 0) !== (this.words[cell] === 0);
      if (offset === this.pfn || isEntry) result.add(Math.floor(within / this.rowWords) % this.gfns);
    });
    return [...result].toSorted((a, b) => a - b);
  }

  /** Page frames whose last reference was dropped since `mark`. */
  freed(mark: number, tracker: Tracker): number[] {
    const result: number[] = [];
    tracker.since(mark, (cell) => {
      const pfn = cell - this.references;
      if (pfn >= 0 && pfn < this.pfns && this.words[cell] === 0 && !result.includes(pfn)) result.push(pfn);
    });
    return result;
  }
}
