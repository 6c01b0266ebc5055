// Shared guest memory: from a memslot's host address to a page of the VMM's process (hva_to_pfn, GUP), and the page fault of
// that process. No lock of KVM is held meanwhile: only mmu_seq tells whether the page is still the one.

import { fragment, step, use } from '../fragment.ts';

export const faultinPfn = fragment('host.faultinPfn', '__gfn_to_pfn_memslot: the page behind a host address, with a reference', {
  slot: step('host.slotHva', '__gfn_to_hva_many', { ok: 'fast', noSlot: '^noSlot', readOnly: '^noSlot', error: '^error' }),
  fast: step('host.fastGup', 'get_user_page_fast_only', { hit: '^done', absent: 'fault' }),
  fault: use('host.handleFault', { done: 'fast', unmapped: 'failed', denied: 'failed', enomem: 'failed', poisoned: 'poisoned' }),
  failed: step('host.faultFailed', 'KVM_PFN_ERR_FAULT', { ok: '^error' }),
  poisoned: step('host.sendHwpoisonSignal', 'KVM_PFN_ERR_HWPOISON: kvm_send_hwpoison_signal', { ok: '^retry' }),
});

export const handleFault = fragment('host.handleFault', 'get_user_pages_unlocked, handle_mm_fault: brings in the page of one host address', {
  lock: step('mmap.downRead', 'mmap_read_lock', { ok: 'vma' }),
  vma: step('hostFault.findVma', 'find_vma', { ok: 'entry', unmapped: 'unlockUnmapped', denied: 'unlockDenied' }),
  entry: step('hostFault.readEntry', 'handle_pte_fault', { absent: 'allocate', present: 'unlock', readOnly: 'makeWritable', poisoned: 'unlockPoisoned' }),
  makeWritable: step('hostFault.makeWritable', 'do_wp_page', { ok: 'unlock' }),
  allocate: step('hostFault.allocate', 'alloc_anon_folio, alloc_hugetlb_folio', { ok: 'clear', enomem: 'unlockEnomem' }),
  clear: step('hostFault.clear', 'clear_user_highpage', { ok: 'install' }),
  install: step('hostFault.install', 'set_pte_at under the page-table lock', { ok: 'unlock', exists: 'free' }),
  free: step('hostFault.free', 'folio_put of a page that came too late', { ok: 'unlock' }),
  unlock: step('mmap.upRead', 'mmap_read_unlock', { ok: '^done' }),
  unlockUnmapped: step('mmap.upRead', 'mmap_read_unlock', { ok: '^unmapped' }),
  unlockDenied: step('mmap.upRead', 'mmap_read_unlock', { ok: '^denied' }),
  unlockPoisoned: step('mmap.upRead', 'mmap_read_unlock', { ok: '^poisoned' }),
  unlockEnomem: step('mmap.upRead', 'mmap_read_unlock', { ok: '^enomem' }),
});
