// The state of the pages of a guest_memfd, private or shared, as ranges that cover the file: the maple tree of an inode.

import { KVM_MEMSLOT_GMEM_ONLY } from '../memory/layouts/kvm.ts';
import { SHAREABILITY_GUEST, SHAREABILITY_PREPARED, type converted, type convert_work, type shareability } from '../memory/layouts/shareability.ts';
import { slotOf } from './memslot-lookup.ts';
import type { Table } from '../memory/layout.ts';
import type { World } from '../memory/world.ts';

/** The world of a kernel whose files keep the state of their pages. */
export type ShareabilityWorld = World & {
  readonly shareability: Table<typeof shareability>;
  readonly convert_work: Table<typeof convert_work>;
  readonly converted: Table<typeof converted>;
};
/** The same world, told so. */
export const withShareability = (world: World): ShareabilityWorld => world as ShareabilityWorld;

/** First index of the range that holds `index`; -1 when none does (mas_walk). */
export function rangeStart({ shareability: ranges }: ShareabilityWorld, inode: number, index: number): number {
  for (let start = index; start >= 0; start--) {
    const { behind } = ranges(inode, start);
    if (behind !== 0) return behind > index ? start : -1;
  }
  return -1;
}

/** The value at an index, 0 where there is none: behind the end of the file. */
export function shareabilityAt(world: ShareabilityWorld, inode: number, index: number): number {
  const start = rangeStart(world, inode, index);
  return start < 0 ? 0 : world.shareability(inode, start).value;
}

/** Is a page of this value the guest's alone, ready or not? */
export const guestOnly = (value: number): boolean => value === SHAREABILITY_GUEST || value === SHAREABILITY_PREPARED;

/** Has a page of this value what a conversion to `wanted` asks for? */
export const answers = (value: number, wanted: number): boolean => value === wanted || (wanted === SHAREABILITY_GUEST && guestOnly(value));

/** A new inode: one value for the whole file. */
export function setUpShareability(world: ShareabilityWorld, inode: number, value: number): void {
  const { i_size } = world.inode(inode);
  if (i_size === 0) return;
  const range = world.shareability(inode, 0);
  range.behind = i_size;
  range.value = value;
}

/** destroy_inode: the tree goes. */
export function destroyShareability({ shareability: ranges, facts }: ShareabilityWorld, inode: number): void {
  for (let index = 0; index < facts.sizes.index; index++) {
    const range = ranges(inode, index);
    if (range.behind === 0) continue;
    range.behind = 0;
    range.value = 0;
  }
}

function put(world: ShareabilityWorld, inode: number, start: number, behind: number, value: number): void {
  const range = world.shareability(inode, start);
  if (range.behind !== behind) range.behind = behind;
  if (range.value !== value) range.value = value;
}

/** mas_store_range: [start, end) gets the value; what it covers in part is cut, what it covers goes. */
export function storeExactly(world: ShareabilityWorld, inode: number, start: number, end: number, value: number): void {
  const { shareability: ranges } = world;
  const last = rangeStart(world, inode, end - 1);
  const { behind, value: lastValue } = last < 0 ? { behind: end, value: 0 } : ranges(inode, last);
  const before = rangeStart(world, inode, start);
  if (behind > end) put(world, inode, end, behind, lastValue);
  if (before >= 0 && before < start) ranges(inode, before).behind = start;
  for (let index = start + 1; index < end; index++) if (ranges(inode, index).behind !== 0) put(world, inode, index, 0, 0);
  put(world, inode, start, end, value);
}

/** The store of a conversion: neighbours of the same value become one range with it. */
export function storeMerged(world: ShareabilityWorld, inode: number, start: number, end: number, value: number): void {
  const before = start > 0 ? rangeStart(world, inode, start - 1) : -1;
  const from = before >= 0 && world.shareability(inode, before).value === value ? before : start;
  storeExactly(world, inode, from, behindOf(world, inode, end, value), value);
}

/** Where the range that holds `end` ends, if it has this value; else `end`. */
function behindOf(world: ShareabilityWorld, inode: number, end: number, value: number): number {
  if (end >= world.facts.sizes.index) return end;
  const start = rangeStart(world, inode, end);
  return start >= 0 && world.shareability(inode, start).value === value ? world.shareability(inode, start).behind : end;
}

/** Does the file behind a memslot say whether its pages are private? */
export function fileSays(world: World, slot: number): boolean {
  const { shareability: keeps } = world.facts.config;
  if (keeps === undefined || slot === 0 || world.slot_gmem(slot).file === 0) return false;
  return keeps === 'every' || (world.memslot(slot).flags & KVM_MEMSLOT_GMEM_ONLY) !== 0;
}

/** kvm_mem_is_private of a gfn in this memslot (0: in none): what the file says, or else the VM's attribute. 1 private. */
export function privateIn(world: World, vm: number, slot: number, gfn: number): number {
  if (!fileSays(world, slot)) return world.facts.config.shareability === 'every' ? 0 : world.mem_attr(vm, gfn).attributes;
  const { base_gfn, pgoff } = world.memslot(slot);
  const { inode } = world.file(world.slot_gmem(slot).file);
  return guestOnly(shareabilityAt(withShareability(world), inode, gfn - base_gfn + pgoff)) ? 1 : 0;
}

/** The same for whoever has not looked the memslot up. */
export const privateAt = (world: World, vm: number, gfn: number): number => privateIn(world, vm, slotOf(world, vm, gfn), gfn);

/** Ghost: these indexes have another value than when the conversion of this actor began, or have it again. */
export function noteConverted({ converted }: ShareabilityWorld, self: number, start: number, end: number, changed: boolean): void {
  const { indexes } = converted(self);
  for (let index = start; index < end; index++) {
    if (changed) indexes.set(index);
    else indexes.clear(index);
  }
}

/** Ghost: these indexes were unmapped from the host by the conversion of this actor. */
export function noteUnmapped({ converted }: ShareabilityWorld, self: number, start: number, end: number): void {
  const { unmapped } = converted(self);
  for (let index = start; index < end; index++) unmapped.set(index);
}

/** What a conversion has noted goes with it: its work list, and the ghosts. */
export function forgetConversion({ convert_work, converted }: ShareabilityWorld, self: number): void {
  const { indexes, unmapped } = converted(self);
  for (const bits of [convert_work(self).indexes, indexes, unmapped]) if (bits.any()) bits.clearAll();
}
