// The table of functions: what of the model each traced kernel function stands for. One row each; docs/ftrace.md prints it.

/** How a function's return value is held against the model. */
export type Returns =
  /** 0 or more: the call or the fault did not fail; below: its errno. */
  | 'errno'
  /** 0: not stale; 1: stale. */
  | 'stale'
  /** A RET_PF value, or an errno. */
  | 'fault'
  /** 0: goes on with the page; 1: retries; below: an errno. */
  | 'faultin';

export interface FunctionRow {
  /** Names in the kernel's symbols, of the newest and of older kernels; what a compiler puts behind a name (.part.0, .isra.0) is left out. */
  readonly names: readonly string[];
  /** States that lie in it: `fragment:state,state`, or `fragment` for all of them; `a > b`: b inside a; `?` behind it: may be called or not. */
  readonly at: readonly string[];
  readonly returns?: Returns;
  /** Others than the system under test call it as well, at the top of their tasks: such a call may be passed over. */
  readonly others?: string;
}

/** Functions that stand for the same states are listed outermost first. */
export const functions: readonly FunctionRow[] = [
  // System calls and ioctls.
  { names: ['kvm_vm_ioctl'], at: ['vm ioctl'], returns: 'errno', others: 'ioctls of a VM that are no step of the case' },
  { names: ['kvm_vcpu_ioctl'], at: ['vcpu.call:lock,run,unlock', 'vcpu.prefault:lock,validate,srcu,signals,root,page,again,fault,advance,noEntry,invalid,leave,finish,unlock'], returns: 'errno', others: 'ioctls of a vCPU that do not run it' },
  { names: ['kvm_gmem_fallocate'], at: ['gmem.fallocate:punch,allocate', 'gmem.fallocate:validate?'], returns: 'errno' },
  { names: ['kvm_gmem_create'], at: ['gmem.create'], returns: 'errno' },
  { names: ['kvm_gmem_release'], at: ['gmem.release:lockSlots,lock,slots,begin,end,unlink,unlock,unlockSlots,destroy,putKvm'] },
  { names: ['memory_failure'], at: ['memoryFailure'], others: 'memory errors that are no step of the case' },
  { names: ['kvm_gmem_error_folio'], at: ['gmem.errorFolio'] },

  // Memslots.
  { names: ['kvm_set_memory_region', '__kvm_set_memory_region'], at: ['vm.setRegion:createSlot,deleteSlot,moveSlot,updateFlags', 'vm.setRegion:validate,createOverlap,moveOverlap?'], returns: 'errno' },
  { names: ['kvm_gmem_prepare_memory_region', 'kvm_gmem_bind'], at: ['slots.create > gmem.bind'], returns: 'errno' },
  {
    names: ['kvm_set_memslot'],
    at: [
      'slots.create:archLock,prepare,insert,swap,mirror', 'slots.delete', 'slots.move:archLock,invalidate,prepare,restore,insert,swap,mirror,freeInvalid,free',
      'slots.updateFlags:archLock,prepare,insert,swap,mirror,free',
    ],
    returns: 'errno',
  },
  { names: ['kvm_mmu_invalidate_mmio_sptes'], at: ['slots.swap:generation'] },
  { names: ['kvm_arch_flush_shadow_memslot'], at: ['slots.invalidate:flush,choose,zap'] },
  { names: ['kvm_gmem_unbind'], at: ['gmem.unbind'] },

  // Invalidations.
  { names: ['__kvm_gmem_invalidate_start', 'kvm_gmem_invalidate_begin'], at: ['gmem.invalidateBegin:slot,lock,count,unmap,flush,unlock'] },
  { names: ['kvm_mmu_invalidate_start', 'kvm_mmu_invalidate_begin'], at: ['gmem.invalidateBegin:count'] },
  { names: ['kvm_mmu_unmap_gfn_range'], at: ['gmem.invalidateBegin:unmap'] },
  { names: ['kvm_arch_pre_set_memory_attributes'], at: ['vm.attributesPrePass:unmap > kvm.unmapGfnRange:zap,flush,unlock,lock'] },
  { names: ['kvm_unmap_gfn_range'], at: ['kvm.unmapGfnRange:zap,flush,unlock,lock', 'mmu.zapSlot:zap,yieldFlush,yieldUnlock'] },
  { names: ['kvm_tdp_mmu_unmap_gfn_range'], at: ['kvm.unmapGfnRange:zap,flush,unlock,lock', 'mmu.zapSlot:zap,yieldFlush,yieldUnlock'] },
  { names: ['kvm_flush_remote_tlbs'], at: ['gmem.invalidateBegin:flush', 'kvm.unmapGfnRange:flush', 'mmu.zapSlot:flush,yieldFlush'] },
  { names: ['truncate_inode_pages_range'], at: ['gmem.truncate'], others: 'inodes that are no guest_memfd' },
  { names: ['kvm_mmu_invalidate_end'], at: ['gmem.invalidateEnd:seq,drop', 'vm.attributesPostPass:seq,drop', 'mn.rangeEnd:seq,drop'] },
  { names: ['kvm_arch_post_set_memory_attributes'], at: ['vm.attributesPostPass:mixed'] },
  { names: ['kvm_mmu_notifier_invalidate_range_start'], at: ['mn.rangeStart:count,srcu,slot,lock,begin,unmap,flush,unlock,srcuUnlock'], others: 'host memory that no memslot of the case has' },
  { names: ['kvm_mmu_notifier_invalidate_range_end'], at: ['mn.rangeEnd:srcu,slot,lock,seq,drop,unlock,srcuUnlock,count'], others: 'host memory that no memslot of the case has' },

  // Faults.
  { names: ['kvm_arch_vcpu_pre_fault_memory'], at: ['vcpu.prefault:root,page,again,fault,noEntry,invalid'], returns: 'errno' },
  { names: ['kvm_tdp_page_fault'], at: ['mmu.fault:snapshot,privacy,noSlot,invalid,early,backing,private,shared,late,lock,stale,map,unlock,put,unlockStale,putStale,memoryFault', 'mmu.fault:lockNoSlot,staleNoSlot,mapEntry,unlockEmulate,unlockNoSlot'],
    returns: 'fault',
  },
  { names: ['kvm_mmu_faultin_pfn'], at: ['mmu.fault:snapshot,privacy,noSlot,invalid,early,backing,private,shared,late,memoryFault', 'mmu.fault:putStale?'], returns: 'faultin' },
  { names: ['kvm_gmem_get_pfn'], at: ['gmem.getPfn'], returns: 'errno' },
  { names: ['kvm_gmem_get_folio'], at: ['gmem.getFolio'] },
  { names: ['is_page_fault_stale'], at: ['mmu.fault:stale,staleNoSlot'], returns: 'stale' },
  { names: ['kvm_tdp_mmu_map'], at: ['mmu.fault:map,mapEntry'], returns: 'fault' },

  // The end of a VM and of a file.
  { names: ['kvm_mmu_notifier_release'], at: ['kvm.destroyVm:lock,zap,unlock'] },
  { names: ['kvm_arch_flush_shadow_all'], at: ['kvm.destroyVm:lock,zap,unlock'] },
  { names: ['kvm_tdp_mmu_zap_all'], at: ['kvm.destroyVm:lock,zap,unlock'] },
  { names: ['kvm_gmem_destroy_inode'], at: ['gmem.release:freeInode'] },
];

/** What the model has no state for, and why: such a function is passed through, and what happens in it is judged as if it were not there. */
export const transparent: Readonly<Record<string, string>> = {
  kvm_tdp_mmu_put_root: 'references on root page tables are not modelled',
  kvm_tdp_mmu_alloc_root: 'root page tables are there from the start',
  kvm_tdp_mmu_invalidate_roots: 'root page tables are freed with the VM',
  kvm_tdp_mmu_zap_invalidated_roots: 'root page tables are freed with the VM',
  kvm_tdp_mmu_fast_pf_get_last_sptep: 'the fast page fault changes leaves of read-only mappings, which the model has not',
  kvm_gmem_commit_memory_region: 'the model binds a file in one go, where the kernel prepares it; both hold slots_lock, and nobody sees the memslot yet',
  kvm_gmem_alloc_inode: 'memory of inodes', kvm_gmem_free_inode: 'memory of inodes',
  kvm_arch_vcpu_precreate: 'a check of the clock before a vCPU is made',
};
