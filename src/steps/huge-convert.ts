// Steps of a conversion of a file that may have huge pages. Its invalidation covers the whole huge pages that an item lies in, since their
// folios are restructured; of leaves only those go that have a page of the item.

import { ok } from '../memory/outcome.ts';
import { frame } from '../memory/layout.ts';
import { InvalidateBeginFrame, type Invalidation, type Operation } from '../memory/frames.ts';
import { ENOMEM } from './errno.ts';
import { headOf } from './folio.ts';
import { first, flush, nextBinding, none, steps as invalidate, unlock } from './gmem-invalidate.ts';
import { steps as convert, type Convert } from './gmem-convert.ts';
import { done } from './flush.ts';
import { nextMapping } from './gmem-unmap-range.ts';
import { ceilTo, floorTo, orderOf } from './huge-file.ts';
import type { References } from './gmem-references.ts';
import type { folio_sizes } from '../memory/layouts/huge.ts';
import type { Table } from '../memory/layout.ts';
import type { Frame, Step, World } from '../memory/world.ts';

/** One walk over the files of an inode and their bindings, each of its own. */
export const walkFrames = ['gmem.widenedBegin', 'gmem.widenedEnd', 'gmem.zapRange'].map((fragment) => frame(fragment, InvalidateBeginFrame.fields));

export type SizesWorld = World & { readonly folio_sizes: Table<typeof folio_sizes> };

interface Range { readonly start: number; readonly end: number }
type RangeOf = (world: World, f: Frame<Invalidation>) => Range;

/** The huge pages that the item lies in. */
const widened: RangeOf = (world, f) => {
  const order = orderOf(world, f.inode);
  return { start: floorTo(f.start, order), end: ceilTo(f.end, order) };
};

/** The item, and at both of its ends what lies in one folio with it: the kernel has one leaf for as much of a folio as it can, and zaps the
 *  whole of one that the range reaches into. A 1G leaf is up to four leaves of 2M here. */
const withFolios = (world: World, f: Operation): Range => {
  const order = (index: number): number => {
    const { pfn } = world.cache(f.inode, index);
    return pfn === 0 ? 0 : world.folio(headOf(world.folio, pfn)).order;
  };
  return { start: floorTo(f.start, order(f.start)), end: ceilTo(f.end, order(f.end - 1)) };
};

function nextFile(rangeOf: RangeOf): Step<Invalidation & { index: number; pfn: number }> {
  return (world, f) => {
    const result = invalidate['gmem.nextFile'](world, f);
    if (result === ok) f.next_index = rangeOf(world, f).start;
    return result;
  };
}

/** The next memslot that is bound in the range, its gfns clipped to it. */
function nextBoundSlot(rangeOf: RangeOf): Step<Invalidation> {
  return (world, f) => {
    const { start, end } = rangeOf(world, f);
    const found = nextBinding(world, f.file, f.next_index, end);
    if (found === undefined) {
      f.gfn = 0;
      f.gfn_end = 0;
      return f.found === 0 ? done : f.flush !== 0 ? flush : unlock;
    }
    const { base_gfn, pgoff, npages } = world.memslot(found.slot);
    f.gfn = base_gfn + Math.max(pgoff, start) - pgoff;
    f.gfn_end = base_gfn + Math.min(pgoff + npages, end) - pgoff;
    f.next_index = found.to;
    if (f.found !== 0) return ok;
    f.found = 1;
    return first;
  };
}

/** Ghost: log2 of the folio at each index of the file when a conversion begins, + 1; 0: none. */
function noteSizes(world: SizesWorld, f: Frame<Convert>): void {
  const { orders } = world.folio_sizes(f.self);
  for (let index = 0; index < world.inode(f.inode).i_size; index++) orders.put(index, sizeAt(world, f.inode, index));
}
/** log2 of the pages of the folio at an index of a file, + 1; 0: there is none. */
export function sizeAt(world: World, inode: number, index: number): number {
  const { pfn } = world.cache(inode, index);
  return pfn === 0 ? 0 : world.folio(headOf(world.folio, pfn)).order + 1;
}

export const steps = {
  'widened.nextFile': nextFile(widened),
  'widened.nextBoundSlot': nextBoundSlot(widened),
  'widened.anyBoundSlot': (world, f) => {
    const { start, end } = widened(world, f);
    return nextBinding(world, f.file, start, end) === undefined ? none : ok;
  },
  'zap.nextFile': nextFile(withFolios),
  'zap.nextBoundSlot': nextBoundSlot(withFolios),
} satisfies { [name: string]: Step<Invalidation & { index: number; pfn: number }> };

export const convertSteps = {
  /** The first of the walks over the work list. */
  'convert.firstItem': (world, f) => {
    const begins = f.cursor === f.request_start;
    const result = convert['convert.nextItem'](world, f);
    if (begins && result === ok) noteSizes(world as SizesWorld, f);
    return result;
  },
  /** Memory ran out while folios were restructured: this item is undone too. */
  'convert.restructureFailed': (_world, f) => {
    f.errno = ENOMEM;
    f.error_index = f.start + 1;
    f.unstored = f.end;
    f.cursor = f.request_start;
    return ok;
  },
} satisfies { [name: string]: Step<Convert> };

/** What becomes private may lie in a larger folio, where a kernel leaves some of what is shared in these. */
export const exclusionSteps = {
  /** That folio must be nobody's as a whole. */
  'unmapRange.next': nextMapping(withFolios),
  /** The next folio of the range in the page cache, with a reference. */
  'references.findNext': ((world, f) => {
    for (let index = Math.max(f.tested_to, f.start); index < f.end; index++) {
      const { pfn } = world.cache(f.inode, index);
      if (pfn === 0) continue;
      const head = headOf(world.folio, pfn);
      world.folio_ref(head).add_refcount(1);
      f.index = index;
      f.pfn = head;
      f.tested_to = world.folio(head).index + (1 << world.folio(head).order);
      return ok;
    }
    return done;
  }) satisfies Step<References>,
};

/** What a conversion has noted of folio sizes goes with it. */
export function forgetSizes(world: World, self: number): void {
  (world as SizesWorld).folio_sizes(self).orders.clear();
}
