// A page fault against a hole punch, and nothing else of KVM: vCPUs access the one page of a file, invalidators punch it. A kernel of its
// own, by the public API alone. A step is as large as a transition of fault-vs-punch.pml and touches several objects at a time, so that
// every number of states must be Spin's.

import {
  blocked, defineKernel, end, fragment, frame, layout, more, ok, outcome, step, use, type Fragment, type Invariant, type Kernel, type Registers, type Step, type WorldOf,
} from '../../src/index.ts';

/** What is wrong with the protocol, when something is. */
export const BUGS = ['no-recheck', 'no-flush', 'inverted', 'unbalanced'] as const;
export type Bug = (typeof BUGS)[number];

export interface Variant {
  /** mmu_lock is fair: a writer that waits holds new readers back. */
  readonly fair?: boolean;
  /** no-recheck: the fault maps without looking at the sequence again. no-flush: TLBs keep what was zapped. inverted: the fault takes
   *  mmu_lock and then the inode's lock, the punch the other way round. unbalanced: an invalidation never ends. */
  readonly bug?: Bug;
  /** The flush takes vCPUs in any order, not by number: what makes them symmetric. It is not what the Promela does. */
  readonly anyOrder?: boolean;
}

const objects = {
  kvm_mmu: layout('kvm_mmu', { mmu_invalidate_seq: {}, mmu_invalidate_in_progress: { counter: true } }),
  mmu_rwlock: layout('mmu_rwlock', { readers: { counter: true }, writer: {}, waiting: { counter: true } }),
  inode_lock: layout('inode_lock', { held: {} }),
  spte: layout('spte', { pfn: { ref: 'pfn' } }),
  cache: layout('cache', { pfn: { ref: 'pfn' } }),
  page: layout('page', { used: {} }, { per: ['pfn'] }),
  /** `flushed`: the flush that goes on has been here; for a flush in any order. */
  tlb: layout('tlb', { pfn: { ref: 'pfn' }, flushed: {} }, { per: ['vcpu'] }),
} as const;

const VcpuFrame = frame('vcpu', { accesses: {} });
const FaultFrame = frame('fault', { mmu_seq: {}, pfn: { ref: 'pfn' } });
const FlushFrame = frame('flush', { target: { ref: 'vcpu' } });

type PeerWorld = WorldOf<typeof objects>;
type PeerStep<R = object> = Step<R, PeerWorld>;
type Vcpu = Registers<typeof VcpuFrame>;
type Fault = Registers<typeof FaultFrame>;
type Flush = Registers<typeof FlushFrame>;

/** Accesses of each vCPU. */
export const ACCESSES = 2;
const filled = outcome('filled'), miss = outcome('miss'), done = outcome('done'), retry = outcome('retry');

/** Uses the TLB entry, or fills it from the page table, or faults. */
const access: PeerStep<Vcpu> = ({ tlb, spte }, f) => {
  const entry = tlb(f.vcpu);
  if (entry.pfn !== 0) return ++f.accesses < ACCESSES ? ok : done;
  const { pfn } = spte();
  if (pfn === 0) return miss;
  entry.pfn = pfn;
  return filled;
};
const nothing: PeerStep = () => ok;
const snapshot: PeerStep<Fault> = ({ kvm_mmu }, f) => {
  f.mmu_seq = kvm_mmu().mmu_invalidate_seq;
  return ok;
};
const testProgress: PeerStep = ({ kvm_mmu }) => (kvm_mmu().mmu_invalidate_in_progress > 0 ? retry : ok);
/** Finds the page in the cache, or puts one there, which is any that is free. */
const getPfn: PeerStep<Fault> = ({ cache, page, facts }, f, choose) => {
  const entry = cache();
  if (entry.pfn === 0) {
    let free = 0;
    for (let pfn = 1; pfn < facts.sizes.pfn; pfn++) if (page(pfn).used === 0) free++;
    if (free === 0) return blocked(entry);
    let nth = free > 1 ? choose(free) : 0;
    let pfn = 1;
    while (page(pfn).used !== 0 || nth-- > 0) pfn++;
    page(pfn).used = 1;
    entry.pfn = pfn;
  }
  f.pfn = entry.pfn;
  return ok;
};
const isStale: PeerStep<Fault> = ({ kvm_mmu, mmu_rwlock }, f) => {
  const { mmu_invalidate_in_progress, mmu_invalidate_seq } = kvm_mmu();
  if (mmu_invalidate_in_progress === 0 && mmu_invalidate_seq === f.mmu_seq) return ok;
  mmu_rwlock().add_readers(-1);
  return retry;
};
const map: PeerStep<Fault> = ({ spte }, f) => {
  spte().pfn = f.pfn;
  return ok;
};

const readLock: PeerStep = ({ mmu_rwlock }) => {
  const lock = mmu_rwlock();
  if (lock.writer !== 0 || lock.waiting !== 0) return blocked(lock);
  lock.add_readers(1);
  return ok;
};
/** The inverted fault does not wait behind writers that wait, fair lock or not. */
const readLockPastQueue: PeerStep = ({ mmu_rwlock }) => {
  const lock = mmu_rwlock();
  if (lock.writer !== 0) return blocked(lock);
  lock.add_readers(1);
  return ok;
};
const readUnlock: PeerStep = ({ mmu_rwlock }) => {
  mmu_rwlock().add_readers(-1);
  return ok;
};
/** A writer that is seen to wait; where it is not, `waiting` stays 0. */
const queueWriter: PeerStep = ({ mmu_rwlock }) => {
  mmu_rwlock().add_waiting(1);
  return ok;
};
const writeLock: PeerStep = ({ mmu_rwlock }) => {
  const lock = mmu_rwlock();
  if (lock.readers !== 0 || lock.writer !== 0) return blocked(lock);
  lock.writer = 1;
  if (lock.waiting !== 0) lock.add_waiting(-1);
  return ok;
};
const writeUnlock: PeerStep = ({ mmu_rwlock }) => {
  mmu_rwlock().writer = 0;
  return ok;
};
const lockInode: PeerStep = ({ inode_lock }) => {
  const lock = inode_lock();
  if (lock.held !== 0) return blocked(lock);
  lock.held = 1;
  return ok;
};
const unlockInode: PeerStep = ({ inode_lock }) => {
  inode_lock().held = 0;
  return ok;
};

const begin: PeerStep = ({ kvm_mmu }) => {
  kvm_mmu().add_mmu_invalidate_in_progress(1);
  return ok;
};
const zap: PeerStep = ({ spte }) => {
  spte().pfn = 0;
  return ok;
};
/** One vCPU of the flush, in the order of their numbers; `drops` is false where the flush is a mistake and does nothing. */
const flushNext = (drops: boolean): PeerStep<Flush> => ({ tlb, facts }, f) => {
  if (drops) tlb(f.target).pfn = 0;
  return ++f.target < facts.sizes.vcpu ? more : ok;
};
/** The same with any vCPU of those that are left; the mark is on the vCPU, so that vCPUs can change places. */
const flushAny = (drops: boolean): PeerStep => ({ tlb, facts }, _f, choose) => {
  const { vcpu: vcpus } = facts.sizes;
  let left = 0;
  for (let vcpu = 0; vcpu < vcpus; vcpu++) if (tlb(vcpu).flushed === 0) left++;
  let nth = left > 1 ? choose(left) : 0;
  let at = 0;
  while (tlb(at).flushed !== 0 || nth-- > 0) at++;
  if (drops) tlb(at).pfn = 0;
  if (left > 1) {
    tlb(at).flushed = 1;
    return more;
  }
  for (let vcpu = 0; vcpu < vcpus; vcpu++) tlb(vcpu).flushed = 0;
  return ok;
};
const truncate: PeerStep = ({ cache, page }) => {
  const entry = cache();
  if (entry.pfn !== 0) {
    page(entry.pfn).used = 0;
    entry.pfn = 0;
  }
  return ok;
};
/** The invalidation is over; `balanced` is false where it is a mistake and leaves in_progress raised. */
const finish = (balanced: boolean): PeerStep => ({ kvm_mmu }) => {
  const mmu = kvm_mmu();
  mmu.mmu_invalidate_seq += 1;
  if (balanced) mmu.add_mmu_invalidate_in_progress(-1);
  return ok;
};

/** The fault path: locks around the look-up of the page as the variant has them. */
function faultPath({ bug }: Variant): Fragment {
  const inverted = bug === 'inverted';
  const behindLocks = bug === 'no-recheck' ? 'unchecked' : 'recheck';
  return fragment('fault', 'kvm_mmu_do_page_fault', {
    // A snapshot that nobody compares is a dead register, and not kept: Spin does not keep it either.
    snapshot: step(bug === 'no-recheck' ? 'nothing' : 'fault.snapshot', 'mmu_seq = mmu_invalidate_seq', { ok: 'progress' }),
    progress: step('fault.testProgress', 'is an invalidation in progress?', { ok: inverted ? 'readLock' : 'getPfn', retry: '^done' }),
    ...(inverted ? {
      readLock: step('mmu.readLockPastQueue', 'read_lock', { ok: 'lockInode' }),
      lockInode: step('inode.lock', 'filemap_invalidate_lock', { ok: 'getPfn' }),
      getPfn: step('fault.getPfn', 'kvm_gmem_get_pfn', { ok: 'unlockInode' }),
      unlockInode: step('inode.unlock', 'filemap_invalidate_unlock', { ok: behindLocks }),
    } : {
      getPfn: step('fault.getPfn', 'kvm_gmem_get_pfn', { ok: 'readLock' }),
      readLock: step('mmu.readLock', 'read_lock', { ok: behindLocks }),
    }),
    ...(bug === 'no-recheck'
      ? { unchecked: step('nothing', 'here was is_page_fault_stale', { ok: 'map' }) }
      : { recheck: step('fault.isStale', 'is_page_fault_stale; a stale one unlocks', { ok: 'map', retry: '^done' }) }),
    map: step('fault.map', 'tdp_mmu_map_handle_target_level', { ok: 'readUnlock' }),
    readUnlock: step('mmu.readUnlock', 'read_unlock', { ok: '^done' }, { progress: true }),
  });
}

const writeLockPath = ({ fair }: Variant): Fragment => fragment('writeLock', 'write_lock(&kvm->mmu_lock)', {
  ...(fair === true ? { queue: step('mmu.queueWriter', 'stands in the queue', { ok: 'lock' }) } : {}),
  lock: step('mmu.writeLock', 'write_lock', { ok: '^done' }),
});

/** The kernel of a variant: machines `vcpu` and `invalidator`. */
export function protocol(variant: Variant = {}): Kernel {
  const { fair, bug, anyOrder } = variant;
  const flush = (anyOrder === true ? flushAny : flushNext)(bug !== 'no-flush');
  return defineKernel({
    name: ['fault-vs-punch', ...(fair === true ? ['fair'] : []), ...(bug === undefined ? [] : [bug]), ...(anyOrder === true ? ['any-order'] : [])].join('-'),
    title: 'A page fault against a hole punch, nothing else',
    objects: Object.values(objects),
    registers: [VcpuFrame, FaultFrame, FlushFrame],
    calls: [],
    machines: [{ machine: 'vcpu', root: 'vcpu' }, { machine: 'invalidator', root: 'invalidator' }],
    fragments: [
      fragment('vcpu', 'a guest that accesses one page', {
        guest: step('guest.access', 'uses its TLB entry, fills it, or faults', { ok: 'guest', filled: 'guest', miss: 'fault', done: 'ended' }),
        fault: use('fault', 'guest'),
        ended: end,
      }),
      faultPath(variant),
      writeLockPath(variant),
      fragment('flush', 'kvm_flush_remote_tlbs', { next: step('flush.next', 'one vCPU', { more: 'next', ok: '^done' }) }),
      fragment('invalidator', 'kvm_gmem_punch_hole', {
        lockInode: step('inode.lock', 'filemap_invalidate_lock', { ok: 'lockToBegin' }),
        lockToBegin: use('writeLock', 'begin'),
        begin: step('punch.begin', 'kvm_mmu_invalidate_begin', { ok: 'zap' }),
        zap: step('punch.zap', 'kvm_mmu_unmap_gfn_range', { ok: 'flush' }),
        flush: use('flush', 'unlock'),
        unlock: step('mmu.writeUnlock', 'write_unlock', { ok: 'truncate' }),
        truncate: step('punch.truncate', 'truncate_inode_pages_range', { ok: 'lockToFinish' }),
        lockToFinish: use('writeLock', 'finish'),
        finish: step('punch.finish', 'kvm_mmu_invalidate_end', { ok: 'unlockAgain' }),
        unlockAgain: step('mmu.writeUnlock', 'write_unlock', { ok: 'unlockInode' }),
        unlockInode: step('inode.unlock', 'filemap_invalidate_unlock', { ok: 'ended' }),
        ended: end,
      }),
    ],
    steps: {
      'guest.access': access, 'fault.snapshot': snapshot, 'fault.testProgress': testProgress, 'fault.getPfn': getPfn, 'fault.isStale': isStale, 'fault.map': map,
      'mmu.readLock': readLock, 'mmu.readLockPastQueue': readLockPastQueue, 'mmu.readUnlock': readUnlock, 'mmu.queueWriter': queueWriter, 'mmu.writeLock': writeLock, 'mmu.writeUnlock': writeUnlock,
      'inode.lock': lockInode, 'inode.unlock': unlockInode, 'flush.next': flush, nothing,
      'punch.begin': begin, 'punch.zap': zap, 'punch.truncate': truncate, 'punch.finish': finish(bug !== 'unbalanced'),
    },
    config: { attributes: false, memoryFailure: false, vmTypes: ['default'], userMemSlots: 1 },
    bugs: [],
  });
}

/** What the Promela asserts: a vCPU accesses no page that is free. */
export const noUseAfterFree: Invariant = {
  id: 'no-use-after-free',
  title: 'no use after free',
  statement: 'A vCPU that accesses memory through its TLB accesses a page that is in use.',
  after: {
    'guest.access': ({ objects: tables, frames, last }) => {
      if (last.outcome !== ok && last.outcome !== done) return undefined;
      const { tlb, page } = tables as unknown as PeerWorld;
      const { vcpu } = frames[last.actor]!;
      const { pfn } = tlb(vcpu);
      return page(pfn).used === 0 ? `vCPU ${vcpu} accesses pfn ${pfn}, which is free` : undefined;
    },
  },
};
