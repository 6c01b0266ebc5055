// Steps of the page fault path: kvm_mmu_do_page_fault to kvm_tdp_mmu_map (F0 to F12 of the specification).

import { GUEST, operand } from '../memory/code.ts';
import { ok, outcome } from '../memory/outcome.ts';
import { EXIT_INTERNAL_ERROR, EXIT_MEMORY_FAULT, EXIT_MMIO, MEMORY_FAULT_FLAG_PRIVATE } from '../memory/layouts/vcpu.ts';
import { KVM_MEM_LOG_DIRTY_PAGES, KVM_MEMSLOT_INVALID } from '../memory/layouts/kvm.ts';
import { EFAULT } from './errno.ts';
import type { Program } from './control.ts';
import { tellMmio } from './guest-bytes.ts';
import { HUGE_ORDER, HUGE_PAGES } from './huge.ts';
import { slotOf } from './memslot-lookup.ts';
import type { Fault } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const invalid = outcome('invalid');
export const differs = outcome('differs');
export const isPrivate = outcome('private');
export const shared = outcome('shared');
export const noSlot = outcome('noSlot');
export const stale = outcome('stale');
export const fixed = outcome('fixed');
export const spurious = outcome('spurious');

/** The backing is huge, and nothing is logged page by page: what speaks for a huge leaf, wherever it would lie. */
export function hugeBacked({ facts, memslot }: World, f: Frame<Fault>): boolean {
  return f.max_order >= HUGE_ORDER && facts.sizes.hp > 0 && f.slot !== 0 && (memslot(f.slot).flags & KVM_MEM_LOG_DIRTY_PAGES) === 0;
}

/** The leaf for this fault may be huge: the backing, the slot and lpage_info allow it. */
export function hugeAllowed(world: World, f: Frame<Fault>): boolean {
  if (!hugeBacked(world, f)) return false;
  const hp = Math.floor(f.gfn / HUGE_PAGES);
  const { base_gfn, npages } = world.memslot(f.slot);
  if (hp * HUGE_PAGES < base_gfn || (hp + 1) * HUGE_PAGES > base_gfn + npages) return false;
  const info = world.lpage_info(f.slot, hp);
  return info.disallow_lpage === 0 && info.mixed === 0;
}

/** kvm_tdp_mmu_map: installs the leaf of this fault, of 2M or of 4K; spurious when it is there already. */
export function installLeaf(world: World, f: Frame<Fault>, isHuge: boolean): number {
  const { spte, spte_huge, facts } = world;
  const root = world.vcpu_root(f.vcpu).root - 1;
  const hp = Math.floor(f.gfn / HUGE_PAGES);
  const writable = f.map_writable;
  if (isHuge) {
    const leaf = spte_huge(f.vm, root, hp);
    const pfn = f.pfn - (f.gfn % HUGE_PAGES);
    if (leaf.pfn === pfn && leaf.private === f.intent && leaf.writable >= writable) return spurious;
    leaf.pfn = pfn;
    leaf.private = f.intent;
    leaf.writable = writable;
    for (let k = 0; k < HUGE_PAGES; k++) {
      const small = spte(f.vm, root, hp * HUGE_PAGES + k);
      if (small.pfn !== 0) { small.pfn = 0; small.private = 0; small.writable = 0; }
    }
    return fixed;
  }
  if (facts.sizes.hp > 0 && spte_huge(f.vm, root, hp).pfn !== 0) {
    const huge = spte_huge(f.vm, root, hp);
    huge.pfn = 0; huge.private = 0; huge.writable = 0;
  }
  const leaf = spte(f.vm, root, f.gfn);
  if (leaf.pfn === f.pfn && leaf.private === f.intent && leaf.writable >= writable) return spurious;
  leaf.pfn = f.pfn;
  leaf.private = f.intent;
  leaf.writable = writable;
  return fixed;
}

export const steps = {
  /** kvm_mmu_do_page_fault: a software-protected VM has no intent of its own, so the attribute in force is taken for it. */
  'fault.copyIntent': ({ mem_attr, facts }, f) => {
    if (facts.vmTypes[f.vm] !== 'confidential') f.intent = mem_attr(f.vm, f.gfn).attributes;
    return ok;
  },
  /** F0, kvm_vcpu_gfn_to_memslot: under SRCU. */
  'fault.lookupSlot': (world, f) => {
    f.slot = slotOf(world, f.vm, f.gfn);
    return ok;
  },
  /** F1: mmu_seq = kvm->mmu_invalidate_seq, then a read barrier. */
  'fault.snapshotSeq': ({ kvm_mmu }, f) => {
    f.mmu_seq = kvm_mmu(f.vm).mmu_invalidate_seq;
    return ok;
  },
  /** F4: a slot that is being deleted or moved makes the fault retry. */
  'fault.testSlotInvalid': ({ memslot }, f) => (f.slot !== 0 && (memslot(f.slot).flags & KVM_MEMSLOT_INVALID) !== 0 ? invalid : ok),
  /** F2: kvm_mem_is_private against what the access meant; then which memory backs it. */
  'fault.testPrivacy': ({ mem_attr }, f) => {
    if (mem_attr(f.vm, f.gfn).attributes !== f.intent) return differs;
    return f.intent !== 0 ? isPrivate : shared;
  },
  /** F9, is_page_fault_stale: the root, and, for a fault with a slot, mmu_invalidate_retry_gfn. Drops nothing. */
  'fault.testStale': ({ kvm_mmu, mmu_root, vcpu_root }, f) => {
    if (vcpu_root(f.vcpu).root - 1 !== mmu_root(f.vm).valid) return stale;
    if (f.slot === 0) return ok;
    const mmu = kvm_mmu(f.vm);
    if (mmu.mmu_invalidate_in_progress !== 0) {
      if (mmu.range_start === 0) return stale;
      if (f.gfn + 1 >= mmu.range_start && f.gfn + 1 < mmu.range_end) return stale;
    }
    return mmu.mmu_invalidate_seq !== f.mmu_seq ? stale : ok;
  },
  /** F10, F11: kvm_tdp_mmu_map installs the leaf by compare-and-exchange. */
  'fault.map': (world, f) => installLeaf(world, f, hugeAllowed(world, f)),
  /** kvm_mmu_prepare_memory_fault_exit: names the access that failed, as it was meant. */
  'fault.prepareMemoryFault': ({ kvm_run }, f) => {
    const run = kvm_run(f.vcpu);
    run.exit_reason = EXIT_MEMORY_FAULT;
    run.gfn = f.gfn + 1;
    run.npages = 1;
    run.flags = f.intent !== 0 ? MEMORY_FAULT_FLAG_PRIVATE : 0;
    if (f.errno === 0) f.errno = EFAULT;
    return ok;
  },
  /** No slot and shared: emulation, which leaves by KVM_EXIT_MMIO; an instruction cannot be fetched from there, and emulation fails. */
  'fault.prepareMmio': (world, f) => {
    const run = world.kvm_run(f.vcpu);
    run.exit_reason = operand(world.facts, f.self, (f as unknown as Program).pc, 0) === GUEST.EXEC ? EXIT_INTERNAL_ERROR : EXIT_MMIO;
    run.gfn = f.gfn + 1;
    run.npages = 1;
    tellMmio(world, f);
    return ok;
  },
} satisfies { [name: string]: Step<Fault> };
