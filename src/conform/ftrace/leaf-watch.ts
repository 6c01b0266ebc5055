// Which leaves of the guests' page tables have changed, and which page frames have become free.

import type { Tracker } from '../../explore/search/tracker.ts';
import type { Words } from '../../memory/views.ts';
import type { RunWorld } from '../../runtime/world.ts';

export class LeafWatch {
  private readonly first: number;
  private readonly behind: number;
  private readonly rowWords: number;
  private readonly gfns: number;
  private readonly pfnOffset: number;
  private readonly references: number;
  private readonly pfns: number;
  private readonly words: Words;

  constructor({ plan, facts, words }: RunWorld) {
    this.words = words;
    const references = plan.byName.get('folio_ref')!;
    this.references = references.base;
    this.pfns = references.count;
    const place = plan.byName.get('spte')!;
    this.first = place.base;
    this.rowWords = place.words;
    this.behind = place.base + place.words * place.count;
    this.gfns = facts.sizes.gfn;
    this.pfnOffset = place.fields.find(({ name }) => name === 'pfn')!.offset;
  }

  /** gfns whose leaf of 4K has another page frame than at `mark`, ascending, each once. */
  changed(mark: number, tracker: Tracker): number[] {
    const result = new Set<number>();
    tracker.since(mark, (cell) => {
      if (cell < this.first || cell >= this.behind) return;
      const within = cell - this.first;
      if (within % this.rowWords === this.pfnOffset) result.add(Math.floor(within / this.rowWords) % this.gfns);
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
