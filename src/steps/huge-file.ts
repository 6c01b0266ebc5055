// Files whose memory comes in huge pages: which size a file has, and which size the folio around an index is meant to have, by what of it is
// shared with the host.

import { SHAREABILITY_ALL } from '../memory/layouts/shareability.ts';
import { GIANT_ORDER, HUGE_ORDER } from './huge.ts';
import { shareabilityAt, withShareability } from './shareability.ts';
import type { World } from '../memory/world.ts';

/** KVM_CREATE_GUEST_MEMFD: GUEST_MEMFD_FLAG_HUGETLB with the size of its pages, log2 of their bytes from bit 26 on. */
export const HUGE_2M = 1 << 2 | 21 << 26, HUGE_1G = 1 << 2 | 30 << 26;
const HUGE_FLAGS = HUGE_2M | HUGE_1G;

/** log2 of the pages that flags of a file ask for; 0: small ones; -1: no size that there is. */
export function orderOfFlags(flags: number): number {
  switch (flags & HUGE_FLAGS) {
    case 0: return 0;
    case HUGE_2M: return HUGE_ORDER;
    case HUGE_1G: return GIANT_ORDER;
    default: return -1;
  }
}

/** log2 of the pages that the memory of a file comes in; 0: it has small folios only. */
export const orderOf = ({ inode_flags }: World, inode: number): number => orderOfFlags(inode_flags(inode).flags);

/** First index of the aligned run of 2^order pages around an index; runs of huge files are whole in the space of indexes. */
export const floorTo = (index: number, order: number): number => index >> order << order;
/** The index behind the run around the last of [0, end). */
export const ceilTo = (end: number, order: number): number => floorTo(end + (1 << order) - 1, order);

/** Is the page at an index shared with the host? */
export const sharedAt = (world: World, inode: number, index: number): boolean => shareabilityAt(withShareability(world), inode, index) === SHAREABILITY_ALL;

/** Is a page of the aligned run around `index` shared with the host? */
export function anyShared(world: World, inode: number, index: number, order: number): boolean {
  const first = floorTo(index, order);
  for (let k = 0; k < 1 << order; k++) if (sharedAt(world, inode, first + k)) return true;
  return false;
}

/** log2 of the pages that the folio around an index is meant to have. */
export type Wanted = (world: World, inode: number, index: number) => number;

/** The series: whole huge pages, or, where anything is shared, small ones (G5-B16). */
export const allOrNothing: Wanted = (world, inode, index) => {
  const order = orderOf(world, inode);
  return order === 0 || anyShared(world, inode, index, order) ? 0 : order;
};

/** With 2M in between: of 1G of which something is shared, what is private stays as large as it can. */
export const byLevel: Wanted = (world, inode, index) => {
  const order = allOrNothing(world, inode, index);
  return order > 0 || orderOf(world, inode) <= HUGE_ORDER || anyShared(world, inode, index, HUGE_ORDER) ? order : HUGE_ORDER;
};
