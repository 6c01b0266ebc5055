// lpage_info: where a memslot may have huge leaves. Alignment at the slot's edges, and MIXED where attributes differ within a
// huge page. Written at creation (invisible yet) and under mmu_lock write, read under mmu_lock by whoever installs a leaf.

import { HUGE_PAGES } from './huge.ts';
import type { World } from '../memory/world.ts';

/** The huge pages that a memslot touches: [from, to). */
function hugePagesOf({ memslot, facts }: World, slot: number): { from: number; to: number } {
  if (facts.sizes.hp === 0) return { from: 0, to: 0 };
  const { base_gfn, npages } = memslot(slot);
  return { from: Math.floor(base_gfn / HUGE_PAGES), to: Math.ceil((base_gfn + npages) / HUGE_PAGES) };
}

/** Does the huge page lie in the memslot with all of its pages? */
function inside({ memslot }: World, slot: number, hp: number): boolean {
  const { base_gfn, npages } = memslot(slot);
  return hp * HUGE_PAGES >= base_gfn && (hp + 1) * HUGE_PAGES <= base_gfn + npages;
}

/** Not all pages of the huge page have the attributes of its first one. */
function mixed({ mem_attr }: World, vm: number, hp: number): boolean {
  const { attributes } = mem_attr(vm, hp * HUGE_PAGES);
  for (let k = 1; k < HUGE_PAGES; k++) if (mem_attr(vm, hp * HUGE_PAGES + k).attributes !== attributes) return true;
  return false;
}

/** kvm_alloc_memslot_metadata and kvm_mmu_init_memslot_memory_attributes. slots_lock is held, so attributes stand still. */
export function initLpageInfo(world: World, vm: number, slot: number): void {
  const { facts, lpage_info, memslot } = world;
  const { base_gfn, hva } = memslot(slot);
  const page = hva === 0 ? 0n : facts.hvas.real(hva - 1);
  const shifted = (page - facts.gfns.real(base_gfn)) % BigInt(HUGE_PAGES) !== 0n;
  const { from, to } = hugePagesOf(world, slot);
  for (let hp = from; hp < to; hp++) {
    const info = lpage_info(slot, hp);
    const whole = inside(world, slot, hp);
    info.disallow_lpage = shifted || !whole ? 1 : 0;
    info.mixed = whole && mixed(world, vm, hp) ? 1 : 0;
  }
}

/** memcpy of the arch part, for a change of flags. */
export function copyLpageInfo(world: World, from: number, to: number): void {
  const pages = hugePagesOf(world, from);
  for (let hp = pages.from; hp < pages.to; hp++) {
    world.lpage_info(to, hp).disallow_lpage = world.lpage_info(from, hp).disallow_lpage;
    world.lpage_info(to, hp).mixed = world.lpage_info(from, hp).mixed;
  }
}

/** The metadata goes with its memslot. */
export function clearLpageInfo(world: World, slot: number): void {
  const { from, to } = hugePagesOf(world, slot);
  for (let hp = from; hp < to; hp++) {
    const info = world.lpage_info(slot, hp);
    if (info.disallow_lpage !== 0) info.disallow_lpage = 0;
    if (info.mixed !== 0) info.mixed = 0;
  }
}

/** kvm_arch_post_set_memory_attributes for gfns [from, to) of the memslot: whole huge pages, and those at both ends that lie in the slot. */
export function updateMixed(world: World, vm: number, slot: number, from: number, to: number): void {
  if (world.facts.sizes.hp === 0) return;
  for (let hp = Math.floor(from / HUGE_PAGES); hp * HUGE_PAGES < to; hp++) {
    if (inside(world, slot, hp)) world.lpage_info(slot, hp).mixed = mixed(world, vm, hp) ? 1 : 0;
  }
}

/** Do gfns [from, to) cover the huge page in part only, and may it be mapped by a huge leaf now? */
export function partlyCovered(world: World, slot: number, hp: number, from: number, to: number): boolean {
  if (hp * HUGE_PAGES >= from && (hp + 1) * HUGE_PAGES <= to) return false;
  return inside(world, slot, hp) && world.lpage_info(slot, hp).mixed === 0;
}
