// Steps that take the pages of a range of a file out of the process's page tables: unmap_mapping_pages, mapping by mapping.

import { ok } from '../memory/outcome.ts';
import { frame, type Registers } from '../memory/layout.ts';
import { done } from './flush.ts';
import { indexAt, isMapped } from './mappings.ts';
import { noteUnmapped, withShareability } from './shareability.ts';
import type { HostRange, Operation } from '../memory/frames.ts';
import type { Step, World } from '../memory/world.ts';

export const UnmapRangeFrame = frame('gmem.unmapRange', {
  hva: { ref: 'hva' }, hva_end: { ref: 'hva' }, pfn: { ref: 'pfn' },
  /** Number of the mapping that is looked at next. */
  next_region: {},
});
type UnmapWalk = Operation & HostRange & Registers<typeof UnmapRangeFrame>;

/** The page behind which the mapped part of a range ends, and the first page of it; undefined: the mapping has none of it. */
function mappedPart(world: World, region: number, inode: number, start: number, end: number): { readonly from: number; readonly to: number } | undefined {
  if (world.mapping(region).file === 0 || world.mapping(region).inode !== inode) return undefined;
  const { first, pages } = world.facts.regionAt[region]!;
  let from = -1;
  let to = -1;
  for (let hva = first; hva < first + pages; hva++) {
    const index = indexAt(world, hva);
    if (index < start || index >= end || !isMapped(world, hva)) continue;
    if (from < 0) from = hva;
    to = hva + 1;
  }
  return from < 0 ? undefined : { from, to };
}

/** The next mapping that has pages of what `rangeOf` makes of the range: these pages. */
export const nextMapping = (rangeOf: (world: World, f: Operation) => { readonly start: number; readonly end: number }): Step<UnmapWalk> => (world, f) => {
  const { start, end } = rangeOf(world, f);
  for (let region = f.next_region; region < world.facts.regionAt.length; region++) {
    const part = mappedPart(world, region, f.inode, start, end);
    if (part === undefined) continue;
    f.hva = part.from;
    f.hva_end = part.to;
    f.next_region = region + 1;
    return ok;
  }
  noteUnmapped(withShareability(world), f.self, f.start, f.end);
  return done;
};

export const steps = {
  'unmapRange.next': nextMapping((_world, f) => f),
  /** The next entry of the mapping is emptied, its reference on the folio goes next. A poison marker stays. */
  'unmapRange.clearNext': (world, f) => {
    for (let { hva } = f; hva < f.hva_end; hva++) {
      const entry = world.hpte(hva);
      if (entry.pfn === 0) continue;
      f.pfn = entry.pfn;
      entry.pfn = 0;
      entry.writable = 0;
      entry.protnone = 0;
      return ok;
    }
    return done;
  },
} satisfies { [name: string]: Step<UnmapWalk> };
