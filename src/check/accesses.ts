// How kernel code touches each object, as far as the steps do not show it: what is read without a lock by design, what is changed
// by one atomic operation, what orders who comes after. Follows rule 1 of the specification (mmu_seq, the attributes, the weak
// file pointer, refcounts, vcpu->mode, request bits are read locklessly) and its tables. What is not listed is plain: two accesses of
// different actors, one of them a write, must be ordered. Object by object, since a footprint knows no words.

/** Bits of how an access counts. */
export const ATOMIC = 1, PLAIN = 2, ACQUIRE = 4, RELEASE = 8, COUNT = 16;

/** No race by itself, orders nothing. */
const free = 0;
/** READ_ONCE, WRITE_ONCE, compare-and-exchange, xarray: races with plain accesses only. */
const atomic = ATOMIC;
const plain = PLAIN;
/** Sees what was done before what it reads was written; lets others see. */
const acquire = ACQUIRE;
const release = RELEASE;
const both = ACQUIRE | RELEASE;
/** A refcount: who drops a reference is before who drops the last one; taking one orders nothing. Other writes order both ways. */
const count = COUNT;

export interface AccessRule {
  readonly read: number;
  readonly write: number;
}

export interface LayoutRules extends AccessRule {
  /** Counter field, where accesses count as `count`. */
  readonly counter?: string;
  /** Steps that touch it in another way. */
  readonly steps?: { readonly [step: string]: Partial<AccessRule> };
}

/** Rules for several steps. */
const of = (steps: readonly string[], rule: Partial<AccessRule>): { [step: string]: Partial<AccessRule> } => Object.fromEntries(steps.map((step) => [step, rule]));

/** Steps in which folio_put may free the page. */
const PUTS = ['folio.put', 'gmem.dropFolio', 'fault.release', 'hw.lruDrain', 'references.drain', 'populate.putSource', 'tdx.putSource', 'mf.putPage', 'mf.putMapping', 'mf.killAccessing', 'hostFault.free', 'hw.next', 'fileFolio.put', 'unmapFolio.put', 'offline.poison', 'offline.free'];
/** The reader of memslots under SRCU. */
const LOOKUPS = ['fault.lookupSlot', 'fault.copyIntent', 'prefault.enterPage', 'mn.nextSlot', 'mn.findSlot', 'mmio.checkEntry', 'fault.emulate'];
/** Who installs leaves, or entries without a memslot, by compare-and-exchange. */
const INSTALLS = ['fault.map', 'fault.mapEntry', 'mmu.zapObsoleteNext'];
/** Who looks at an SPTE without a lock; and a step that writes what the model keeps instead of generations in entries. */
const ENTRIES = { ...Object.fromEntries(['mmio.checkEntry', 'fault.emulate'].map((step) => [step, { read: ATOMIC }])), 'slots.bumpGeneration': { read: 0, write: 0 } };
/** The CPU of a guest, a thread in userspace, a device: no kernel code. Races on what they do are the guest's or the VMM's business. */
const OUTSIDE = ['guest.execute', 'guest.walk', 'vmm.hostAccess', 'hw.next', 'child.access', 'child.accessMapping', 'child.accessPage'];
/** The VMM has a record of its own of what it mapped where; the kernel's objects stand for it in this step. */
const RECORD = ['convert.discardNext', 'convert.sendAttributes'];
/** The kernel reads or writes what is userspace's, or moves it while the entry says so. */
const COPIES = ['copy.finish', 'copy.short', 'offline.move'];
/** Whose the content of a page is goes over to another VM, which is the specification's affair. */
const HAND_OVERS = ['unbind.erase', 'release.unlink'];
const unordered = { read: free, write: free };

/** Steps that put stores into buffers, and barriers. */
const BUFFERS = ['vcpu.setInGuestMode', 'vcpu.setOutsideGuestMode', 'flush.requestTlbFlush', 'flush.requestRootReload', 'weak.modeBarrier', 'weak.requestBarrier'];

/** What the model keeps for itself, no kernel has. */
const MODEL = { read: free, write: free };

/** By layout. Locks are not here: who holds them is read off memory, and holding orders. */
export const accesses: { readonly [layout: string]: LayoutRules } = {
  // The MMU. mmu_seq is read without a lock before the look-up, a read barrier behind it (F1); all else under mmu_lock.
  kvm_mmu: { read: plain, write: plain, steps: of(['fault.snapshotSeq', 'fault.testStaleEarly', 'weak.readBarrier'], { read: free }) },
  // Faults install by compare-and-exchange under mmu_lock read, and so goes an obsolete root; whoever has mmu_lock for writing stores plainly.
  spte: { read: plain, write: plain, steps: { ...of(INSTALLS, { read: atomic, write: atomic }), ...ENTRIES, ...of(OUTSIDE, unordered) } },
  spte_huge: { read: plain, write: plain, steps: { ...of(INSTALLS, { read: atomic, write: atomic }), ...of(OUTSIDE, unordered) } },
  // kvm_mmu_load takes mmu_lock for the moment that is this step; is_obsolete_root of a request looks without it.
  mmu_root: { read: plain, write: plain, steps: of(['vcpu.loadRoot', 'vcpu.handleRequests'], { read: free }) },
  vcpu_root: { read: plain, write: plain },
  // xa_store against xa_load: the invalidation around the stores keeps faults honest, no lock (A11).
  mem_attr: { read: atomic, write: atomic },
  // A maple tree: stored under the exclusive lock, found under RCU; the invalidation around the stores keeps faults honest here too.
  shareability: { read: atomic, write: atomic },
  // Of one operation alone.
  convert_work: MODEL,
  // Each access is one hold of the batches' local locks.
  lru_batch: { read: both, write: both },
  // The page walker's.
  tlb: MODEL,
  // A set that a loop over vCPUs keeps on its stack.
  flush_mark: MODEL,

  // Entry and exit of guest mode: fully ordered accesses of the Dekker pair. Interrupts order as messages do.
  vcpu_mode: { read: free, write: free },
  vcpu_requests: { read: free, write: free },
  // Beside them lie, on weakly ordered memory, stores that are not visible yet: those order nothing.
  ipi: { read: acquire, write: both, steps: of(BUFFERS, unordered) },
  interrupt: { read: acquire, write: both },
  signal: { read: free, write: free },
  mailbox: { read: acquire, write: both },
  sync_point: { read: acquire, write: both },

  // Memslots: built where nobody looks, published by one store (release), found by one load (acquire). slots_lock for those who change them.
  memslots: {
    read: plain, write: atomic,
    steps: { 'slots.publish': { write: atomic | both }, ...of(LOOKUPS, { read: atomic | acquire }), ...of(RECORD, unordered) },
  },
  memslot_set: { read: plain, write: plain, steps: of(RECORD, unordered) },
  // kzalloc looks for a free one among all, and gets it in order behind its kfree.
  memslot: {
    read: plain, write: plain,
    steps: {
      ...of(['memslot.allocate', 'memslot.copyInvalid'], { read: free, write: plain | acquire }),
      ...of(['memslot.freeNew', 'memslot.freeInvalid', 'memslot.freeOld', 'kvm.freeMemslot'], { write: plain | release }),
      ...of(RECORD, unordered),
    },
  },
  lpage_info: { read: plain, write: plain },
  // slot->gmem.file: a weak pointer, written under slots_lock, read by rcu_dereference alone and checked twice.
  slot_gmem: {
    read: plain, write: plain | release,
    steps: { ...of(['gmem.loadFile', 'gmem.loadPinned', 'gmem.recheckFile', 'gmem.testFile', 'unbind.loadFile', 'unbind.recheckFile'], { read: acquire }), ...of(RECORD, unordered) },
  },
  // A section of srcu is read memory by memory: who has left lets go, who has waited for all comes after.
  srcu_reader: { read: acquire, write: release, steps: of(['srcu.beginSynchronize'], unordered) },
  // Each access is one hold of mn_invalidate_lock, or of the notifiers' own SRCU.
  mn_invalidate: { read: both, write: both },

  // Files. The objects hold reference counts, and what the last reference decides. Fields beside the count are fixed while a reference is held;
  // the list of an inode's files is searched here among all files.
  file: { read: free, write: count, counter: 'f_count', steps: of(['release.await', 'fd.awaitRelease', 'munmap.awaitRelease'], { read: acquire }) },
  inode: { read: free, write: count, counter: 'i_count' },
  kvm: { read: free, write: count, counter: 'users_count', steps: of(['kvm.awaitUnreferenced'], { read: acquire }) },
  vm_file: { read: free, write: count, counter: 'f_count' },
  vcpu_fd: { read: free, write: count, counter: 'f_count' },
  // The table of descriptors: stores under its lock, loads by fget without.
  fd: { read: acquire, write: both, steps: of([...OUTSIDE, ...RECORD], unordered) },
  descriptor: { read: acquire, write: both },
  // Stored by one ioctl, read by hypercalls, without a lock.
  kvm_arch: { read: atomic, write: atomic },
  // vcpu_array: an xarray, inserted under kvm->lock.
  vcpu_id: { read: acquire, write: both },
  // gmem->bindings: under invalidate_lock; faults load from the xarray without it (F6d).
  binding: { read: plain, write: plain, steps: of(['gmem.testBinding', 'gmem.testSource'], { read: free }) },
  // Where a file was linked from: stored under invalidate_lock, asked by faults without.
  gmem_source: { read: plain, write: atomic, steps: of(['gmem.testSource'], { read: atomic }) },

  // Pages. The page cache is an xarray: filemap_get_folio finds without a lock.
  cache: { read: acquire, write: both, steps: of(OUTSIDE, unordered) },
  folio_ref: { read: free, write: count, counter: 'refcount' },
  // The allocator's lock, for the moment of the step.
  buddy: { read: free, write: release, steps: of(['folio.alloc', 'hostFault.allocate', 'fileFolio.alloc', 'offline.allocate', 'migrate.move'], { read: acquire, write: acquire }) },
  // mapping and index with the folio locked. page flags are atomic bits; compound_head and the order are read by who has a reference;
  // `anon` stands for the map count, an atomic that the page-table lock orders.
  folio: {
    read: plain, write: plain,
    steps: {
      ...of(['folio.alloc', 'fileFolio.alloc', 'offline.allocate', ...PUTS], { read: free }),
      // get_page_unless_zero, a full barrier, sees a count other than 0: behind what the allocator has prepared.
      'hostFault.allocate': { read: free, write: plain | release }, 'mf.getPage': { read: acquire },
      // The page cache names the folio itself, by whose reference its size and its lock stand still.
      ...of(['folio.findGet', 'folio.lock', 'folio.unlock', 'fileFolio.find', 'fileFolio.lock', 'fileFolio.unlock'], { read: free }),
      // What it writes is the model's note of its own answer.
      'mf.identify': { write: free },
      ...of(['mf.lockFolio', 'mf.unlockFolio', 'mf.verdict', 'mf.findMapping', 'host.fastGup', 'hwpoison.getPage', 'mincore.read', 'copy.finish', 'offline.identify'], { read: free }),
      ...of(['mf.setHwpoison', 'mf.unmapEntry', 'unmap.clearNext', 'hostFault.clear', 'hostFault.install', 'offline.move', 'offline.poison'], unordered),
      ...of(OUTSIDE.filter((step) => step !== 'hw.next'), unordered),
    },
  },
  // Content: what the kernel clears must be nobody else's yet. What guests and userspace write is theirs.
  page: { read: plain, write: plain, steps: of([...OUTSIDE, ...COPIES, ...HAND_OVERS], unordered) },
  page_bytes: { read: plain, write: plain, steps: of([...OUTSIDE, ...COPIES], unordered) },
  // Each access is one hold of the page-table lock, but for fast GUP, which disables interrupts, and the CPU's own walk.
  hpte: { read: both, write: both, steps: { ...of(['host.fastGup', 'hwpoison.getPage'], { read: acquire }), ...of(OUTSIDE, unordered) } },
  vma: { read: plain, write: plain, steps: of(OUTSIDE, unordered) },
  vm_flags: { read: plain, write: plain, steps: of(OUTSIDE, unordered) },
  // Read to find the entries of a page: with i_mmap_rwsem, but where the folio's map count, an atomic, is what is asked for.
  mapping: { read: plain, write: plain, steps: of([...OUTSIDE, 'unmapFolio.any'], unordered) },
  siginfo: MODEL,
  // Written under vcpu->mutex, but for what the model clears where KVM_RUN arrives. A VMM that reads an exit while another of its threads has
  // an ioctl of the same vCPU in progress, which may write one too, has itself to blame.
  kvm_run: { read: plain, write: plain, steps: of(['vcpu.receiveRun', 'vmm.receiveExit', 'vmm.receiveDecision'], unordered) },
  // Each access is one hold of the policy tree's own lock.
  mem_policy: { read: both, write: both },
  // Memfds. Seals, and whether writers are denied, are written under inode_lock and read without it: the order of tests is all there is.
  shmem_info: { read: atomic, write: atomic },
  i_mmap_writable: { read: atomic, write: atomic },
  kvm_memory: MODEL,
  // Which of a VM's references are callbacks': no kernel keeps that.
  owner_pins: MODEL,
  fault_injection: MODEL,
};
