// All object layouts, hot and changing ones first (ENGINE.md: put the cells that ever change first).

import * as folio from './folio.ts';
import * as gmem from './gmem.ts';
import * as host from './host.ts';
import * as ipc from './ipc.ts';
import * as kvm from './kvm.ts';
import * as mmu from './mmu.ts';
import * as vcpu from './vcpu.ts';
import type { Tables } from '../layout.ts';

export const layouts = {
  kvm_mmu: mmu.kvm_mmu,
  mmu_lock: mmu.mmu_lock,
  vcpu_mode: vcpu.vcpu_mode,
  vcpu_requests: vcpu.vcpu_requests,
  ipi: vcpu.ipi,
  interrupt: vcpu.interrupt,
  flush_mark: vcpu.flush_mark,
  tlb: vcpu.tlb,
  tlb_filled: vcpu.tlb_filled,
  spte: mmu.spte,
  spte_huge: mmu.spte_huge,
  mmu_root: mmu.mmu_root,
  vcpu_root: vcpu.vcpu_root,
  srcu_reader: kvm.srcu_reader,
  mem_attr: mmu.mem_attr,
  folio_ref: folio.folio_ref,
  folio_lock: folio.folio_lock,
  folio: folio.folio,
  page: folio.page,
  buddy: folio.buddy,
  cache: gmem.cache,
  binding: gmem.binding,
  invalidate_lock: gmem.invalidate_lock,
  file: gmem.file,
  inode: gmem.inode,
  fd: gmem.fd,
  slot_gmem: kvm.slot_gmem,
  memslots: kvm.memslots,
  memslot_set: kvm.memslot_set,
  memslot: kvm.memslot,
  lpage_info: mmu.lpage_info,
  slots_lock: kvm.slots_lock,
  slots_arch_lock: kvm.slots_arch_lock,
  mn_invalidate: kvm.mn_invalidate,
  kvm: kvm.kvm,
  vm_file: kvm.vm_file,
  vcpu_lock: vcpu.vcpu_lock,
  vcpu_fd: vcpu.vcpu_fd,
  kvm_run: vcpu.kvm_run,
  mailbox: ipc.mailbox,
  hpte: host.hpte,
  vma: host.vma,
  mmap_lock: host.mmap_lock,
  signal: host.signal,
  sync_point: host.sync_point,
  fault_injection: host.fault_injection,
  mf_mutex: folio.mf_mutex,
  page_bytes: folio.page_bytes,
  inode_flags: gmem.inode_flags,
  descriptor: gmem.descriptor,
  kvm_arch: kvm.kvm_arch,
  vcpu_id: vcpu.vcpu_id,
  vcpu_regs: vcpu.vcpu_regs,
  kvm_run_data: vcpu.kvm_run_data,
  open_invalidation: mmu.open_invalidation,
  file_content: gmem.file_content,
  host_content: host.host_content,
  vm_flags: host.vm_flags,
  mapping: host.mapping,
  siginfo: host.siginfo,
} as const;

export type Objects = Tables<typeof layouts>;
