// Registers of each fragment: an actor's local variables while that part of its statechart runs. The runtime zeroes them when
// the fragment ends, so that leftovers never tell equal states apart (ENGINE.md 1d: worth 2.6 to 5.9 times the states).
// A name may stand in several fragments as long as none of them runs inside another that has it.

import { frame, type Registers } from './layout.ts';

/** One access of the guest that its TLB could not serve: kept from the miss to the entry that repeats it. */
export const TlbMissFrame = frame('vcpu.tlbMiss', {
  gfn: { ref: 'gfn' },
  /** The access writes. */
  write: {},
  /** What the access means: 1 private. From the guest, or a copy of the attribute (KVM_X86_SW_PROTECTED_VM). */
  intent: {},
});
export type TlbMiss = Registers<typeof TlbMissFrame>;

/** struct kvm_page_fault. */
export const FaultFrame = frame('mmu.fault', {
  slot: { ref: 'slot' },
  mmu_seq: { copyOf: 'kvm_mmu.mmu_invalidate_seq' },
  pfn: { ref: 'pfn' },
  /** log2 of the pages of the largest mapping that the backing allows. */
  max_order: {},
  /** The host page-table entry allows writes. */
  map_writable: {},
});
export type Fault = Registers<typeof FaultFrame> & TlbMiss & { errno: number; pc: number; loop0: number; loop1: number; loop2: number };

/** kvm_gmem_get_pfn. */
export const GetPfnFrame = frame('gmem.getPfn', {
  file: { ref: 'file' },
  inode: { ref: 'inode' },
  index: { ref: 'index' },
});
export type GetPfn = Registers<typeof GetPfnFrame> & Fault;

/** What a look-up of a folio needs, whoever asks. */
export type FolioAt = { inode: number; index: number; pfn: number; errno: number };

/** What every system call keeps while it runs: its result, the file that its descriptor names, the range in file pages. */
export const OperationFrame = frame('operation', {
  /** Positive; 0: success. */
  errno: {},
  /** What the call returns beside errno. */
  value: {},
  handle: { ref: 'file' },
  inode: { ref: 'inode' },
  start: { ref: 'index' },
  end: { ref: 'index' },
  /** Something was zapped and not flushed yet. */
  flush: {},
});
export type Operation = Registers<typeof OperationFrame>;

/** One walk over the files of an inode and the slots bound to each. */
const walk = {
  /** gmem file of the inode's list that is being walked. */
  file: { ref: 'file' },
  next_index: { ref: 'index' },
  /** mmu_lock is held and the invalidation counted. */
  found: {},
} as const;
export const InvalidateBeginFrame = frame('gmem.invalidateBegin', walk);
export const InvalidateEndFrame = frame('gmem.invalidateEnd', walk);
export type Invalidation = Registers<typeof InvalidateBeginFrame> & Operation & UnmapRange;

/** The gfn range that is being unmapped. */
export const UnmapFrame = frame('kvm.unmapGfnRange', { gfn: { ref: 'gfn' }, gfn_end: { ref: 'gfn' } });
export type UnmapRange = Registers<typeof UnmapFrame>;

/** A loop over vCPUs that are being signalled: the one at hand, + 1. */
export const FlushFrame = frame('kvm.flushRemoteTlbs', { target: { ref: 'vcpu' } });
export const ReloadFrame = frame('kvm.reloadRemoteRoots', { target: { ref: 'vcpu' } });

/** A loop over folios. */
export const TruncateFrame = frame('gmem.truncate', { index: { ref: 'index' }, pfn: { ref: 'pfn' } });
export const AllocateFrame = frame('gmem.allocate', { index: { ref: 'index' }, pfn: { ref: 'pfn' } });

/** kvm_gmem_release's walk over its bindings. */
export const ClearSlotFilesFrame = frame('gmem.clearSlotFiles', { index: { ref: 'index' } });
/** kvm_free_memslots. gmem.bind and gmem.unbind work on the `slot` of the fragment that uses them. */
export const FreeMemslotsFrame = frame('kvm.freeMemslots', { slot: { ref: 'slot' } });

/** memory_failure(). */
export const MemoryFailureFrame = frame('memoryFailure', {
  pfn: { ref: 'pfn' },
  result: { names: ['none', 'IGNORED', 'FAILED', 'DELAYED', 'RECOVERED'] },
});
/** How it was noticed: the flags of memory_failure(). */
const noticed = {
  /** MF_ACTION_REQUIRED: thread that consumed the error, + 1; 0: nobody, it was found by the way. */
  consumer: { ref: 'thread' },
  /** Processes that map the page are told at once, not when they use it. */
  early: {},
  /** MF_COUNT_INCREASED: who calls has a reference on the page, which memory_failure() drops. */
  counted: {},
} as const;
export const MachineCheckFrame = frame('mf.machineCheck', noticed);
export const InjectFrame = frame('mf.inject', noticed);
export type MemoryFailure = Registers<typeof MemoryFailureFrame> & Registers<typeof MachineCheckFrame>;
/** The host pages that one page-table entry maps the failed folio at. */
export const UnmapHostFrame = frame('memoryFailure.unmapHost', { hva: { ref: 'hva' }, hva_end: { ref: 'hva' } });

/** A program: where it stands, its loop counters, the page that a random access has chosen (+ 1). Live as long as the actor. */
const program = { pc: {}, loop0: {}, loop1: {}, loop2: {}, pick: {} } as const;
export const VcpuFrame = frame('vcpu', program);
/** errno that KVM_RUN will return, positive. */
export const VcpuCallFrame = frame('vcpu.call', { errno: {} });
export const VmmFrame = frame('vmm', { ...program, ret: {} });
/** A hardware program: errno of its last memory_failure() that was not expected. */
export const InjectorFrame = frame('injector', { ...program, ret: {} });
/** Its device: page frames that it has pinned, and a mark of the place of each. Of no fragment: pins outlive the program that took them. */
export const DeviceFrame = frame('injector.device', {
  pin0: { ref: 'pfn' }, pinned0: {}, pin1: { ref: 'pfn' }, pinned1: {}, pin2: { ref: 'pfn' }, pinned2: {}, pin3: { ref: 'pfn' }, pinned3: {},
});
export type Injector = Registers<typeof InjectorFrame> & Registers<typeof DeviceFrame>;

/** KVM_SET_USER_MEMORY_REGION2. */
export const SetRegionFrame = frame('vm.setRegion', {
  /** The new memslot object; where gmem.unbind is used, the one to unbind. */
  slot: { ref: 'slot' },
  /** The memslot that the request changes, as it was published. */
  old: { ref: 'slot' },
  /** Its copy with KVM_MEMSLOT_INVALID. */
  invalid_slot: { ref: 'slot' },
});
export type SetRegion = Registers<typeof SetRegionFrame> & Operation;

/** A walk over the leaves of a root page table that is not valid any more. */
export const ZapAllFrame = frame('mmu.zapAllFast', { gfn: { ref: 'gfn' } });

/** KVM_SET_MEMORY_ATTRIBUTES: gfns [first, behind) get `attributes`. */
export const SetAttributesFrame = frame('vm.setAttributes', {
  first: { ref: 'gfn' },
  behind: { ref: 'gfn' },
  attributes: {},
  /** The gfn whose attribute is stored next, less `first`. */
  stored: {},
});
/** One walk over the memslots that overlap a gfn range. */
const slotWalk = {
  slot: { ref: 'slot' },
  /** Behind the last gfn that the walk has dealt with. */
  next_gfn: { ref: 'gfn' },
  found: {},
} as const;
export const AttributesPreFrame = frame('vm.attributesPrePass', slotWalk);
export const AttributesPostFrame = frame('vm.attributesPostPass', slotWalk);
export type SetAttributes = Registers<typeof SetAttributesFrame> & Registers<typeof AttributesPreFrame> & UnmapRange & Operation;

/** One walk of an MMU notifier over the VMs of the process and the memslots of each that overlap [hva, hva_end). */
const notifierWalk = {
  /** VM that the actor worked on before, + 1. */
  home: {},
  /** VM that is being notified, + 1. */
  notified: {},
  /** The memslot set that this walk reads, + 1; 0 before it has read kvm->memslots. */
  set: {},
  /** Slot id that is looked at next. */
  next_id: {},
  found: {},
} as const;
export const RangeStartFrame = frame('mn.rangeStart', notifierWalk);
export const RangeEndFrame = frame('mn.rangeEnd', notifierWalk);
export type NotifierWalk = Registers<typeof RangeStartFrame> & UnmapRange & HostRange & { flush: number };

/** Host pages [hva, hva_end). */
const hostRange = { hva: { ref: 'hva' }, hva_end: { ref: 'hva' }, pfn: { ref: 'pfn' } } as const;
export const MunmapFrame = frame('host.munmap', hostRange);
export const DontneedFrame = frame('host.dontneed', hostRange);
export const MprotectFrame = frame('host.mprotect', hostRange);
export type HostRange = Registers<typeof MunmapFrame>;
/** Host pages that are brought in one by one: [hva, hva_end) is what is left. */
const touch = {
  hva: { ref: 'hva' }, hva_end: { ref: 'hva' }, write: {},
  /** By get_user_pages, which asks the mapping for its permission, not the CPU. */
  gup: {},
} as const;
export const MlockFrame = frame('host.mlock', touch);
export const PopulateAdviceFrame = frame('host.populateAdvice', touch);
export const CopyFrame = frame('host.copy', touch);
export type Touch = Registers<typeof MlockFrame>;
/** A page that moves to another frame. */
export const MigrateFrame = frame('host.migratePage', { struck: { ref: 'pfn' }, moved: { ref: 'pfn' }, hva: { ref: 'hva' }, hva_end: { ref: 'hva' } });
export type Migrate = Registers<typeof MigrateFrame>;

/** From a memslot to a page of the VMM's process. */
export const FaultinFrame = frame('host.faultinPfn', { hva: { ref: 'hva' } });
/** handle_mm_fault: the pages that it has allocated and not installed yet. */
export const HostFaultFrame = frame('host.handleFault', { page: { ref: 'pfn' } });
/** What handling a host fault needs, whoever asks. */
export type HostFault = Registers<typeof HostFaultFrame> & { hva: number; write: number };
/** A load or store of a VMM thread. */
const hostAccess = { hva: { ref: 'hva' }, write: {} } as const;
export const HostAccessFrame = frame('vmm.access', hostAccess);
export const GetUserPageFrame = frame('host.getUserPage', hostAccess);
export type HostAccess = Registers<typeof HostAccessFrame>;

/** A VMM thread converts gfns [gfn, gfn + npages). */
export const ConvertFrame = frame('vmm.convert', {
  gfn: { ref: 'gfn' },
  npages: {},
  /** 1 private, 0 shared. */
  attributes: {},
  /** Pages of it whose old side is discarded. */
  discarded: {},
});
export type Convert = Registers<typeof ConvertFrame>;

/** All registers of the kernels from 6.8 on. */
export const registers = [
  TlbMissFrame, FaultFrame, GetPfnFrame, OperationFrame, InvalidateBeginFrame, InvalidateEndFrame, UnmapFrame, FlushFrame, ReloadFrame,
  TruncateFrame, AllocateFrame, VcpuFrame, VcpuCallFrame, VmmFrame,
  ClearSlotFilesFrame, FreeMemslotsFrame, MemoryFailureFrame, MachineCheckFrame, InjectFrame, UnmapHostFrame, GetUserPageFrame, InjectorFrame, DeviceFrame,
  SetRegionFrame, ZapAllFrame, SetAttributesFrame, AttributesPreFrame, AttributesPostFrame, RangeStartFrame, RangeEndFrame,
  MunmapFrame, DontneedFrame, MprotectFrame, MlockFrame, PopulateAdviceFrame, CopyFrame, MigrateFrame, FaultinFrame, HostFaultFrame, HostAccessFrame, ConvertFrame,
];
