// What the steps of memfds ask of memory beside the common objects.

import { add, pageNumber, pair, type Pair } from '../memory/u64.ts';
import { VM_NO_WRITE } from '../memory/layouts/host.ts';
import { isMapped } from './mappings.ts';
import type { memfdLayouts } from '../memory/layouts/memfd.ts';
import type { Tables } from '../memory/layout.ts';
import type { World } from '../memory/world.ts';
import type { MmapWorld } from './gmem-mmap.ts';

/** The world of a kernel whose guest memory lies in memfds. */
export type MemfdWorld = MmapWorld & Tables<typeof memfdLayouts>;

/** Any seal of these is set. */
export const sealed = ({ shmem_info }: MemfdWorld, inode: number, seals: number): boolean => (shmem_info(inode).seals & seals) !== 0;

/** i_size in bytes. */
export function sizeOf({ inode }: World, number: number): Pair {
  const { size_lo, size_hi } = inode(number);
  return pair(size_lo, size_hi);
}

/** i_size_write; a page that the end lies in belongs to the file. */
export function setSize(world: MemfdWorld, number: number, size: Pair): void {
  const inode = world.inode(number);
  inode.i_size = indexBehind(world, size);
  inode.size_lo = size.lo;
  inode.size_hi = size.hi;
  if (size.lo !== 0 || size.hi !== 0) world.shmem_info(number).used = 1;
}

/** The first index of which no byte lies before `size`. */
export const indexBehind = ({ facts }: World, size: Pair): number => facts.indexes.lowerBound(pageNumber(add(size, pair(4095, 0))));

/** A mapping of the file in the VMM's process; with `writable` one that allows writes. */
export function isFileMapped(world: World, inode: number, writable: boolean): boolean {
  const { facts, mapping, vm_flags } = world;
  for (let region = 0; region < facts.regionAt.length; region++) {
    const { file, inode: of } = mapping(region);
    if (file === 0 || of !== inode) continue;
    const { first, pages } = facts.regionAt[region]!;
    for (let hva = first; hva < first + pages; hva++) if (isMapped(world, hva) && (!writable || (vm_flags(hva).flags & VM_NO_WRITE) === 0)) return true;
  }
  return false;
}
