// Steps of mprotect, mlock, msync and mincore: what userspace may do with the mappings that it has.

import { more, ok } from '../memory/outcome.ts';
import { arg, arg64, putResult64, resultOffset, type Call } from '../memory/calls.ts';
import { VM_EXEC, VM_LOCKED, VM_NO_READ, VM_NO_WRITE } from '../memory/layouts/host.ts';
import { fromBig, pageAligned, pageNumber, toBig } from '../memory/u64.ts';
import { done } from './flush.ts';
import { EACCES, EAGAIN, EBUSY, EINVAL, ENOMEM } from './errno.ts';
import { refused } from './fallocate.ts';
import { nothing } from './host-unmap.ts';
import { allows, fileAt, flagsOf, indexAt, isMapped, pagesOf, PROT_EXEC, roundUp, TASK_SIZE } from './mappings.ts';
import type { HostRange, Operation, Touch } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

type Arguments = Call['arguments'];
const range: Arguments = [
  { name: 'hva', type: 'u64', description: 'address, bytes' },
  { name: 'size', type: 'u64', description: 'bytes' },
];
/** Word of the argument behind the range. */
const BEHIND = 4;

export const mincoreCall: Call = {
  name: 'mincore', on: 'host', fragment: 'host.mincore', description: 'mincore(2): which pages are in memory', arguments: range,
  // One bit a page, the first 64 of them.
  results: [{ name: 'resident', type: 'u64' }],
};
export const calls: readonly Call[] = [
  {
    name: 'mprotect', on: 'host', fragment: 'host.mprotect', description: 'mprotect(2): what pages of a mapping allow from now on',
    arguments: [...range, { name: 'prot', type: 'u32', description: '1 read, 2 write, 4 execute' }],
  },
  { name: 'mlock', on: 'host', fragment: 'host.mlock', description: 'mlock(2): brings pages in and keeps them', arguments: range },
  {
    name: 'msync', on: 'host', fragment: 'host.msync', description: 'msync(2)',
    arguments: [...range, { name: 'flags', type: 'u32', default: 4, description: '1 asynchronous, 2 invalidate, 4 synchronous' }],
  },
  mincoreCall,
];
const RESIDENT = resultOffset(mincoreCall, 'resident');
const MS_ASYNC = 1, MS_INVALIDATE = 2, MS_SYNC = 4;
/** Bits of a protection that x86 knows: read, write, execute, and PROT_SEM. */
const PROTECTION = 15;

const fail = (f: Frame<Operation>, errno: number): number => {
  f.errno = errno;
  return refused;
};

/** mincore_page: up to date in the page cache, whoever has it mapped; of anonymous memory only what the page table has. */
function isResident(world: World, hva: number): boolean {
  const entry = world.hpte(hva);
  if (entry.pfn !== 0 || entry.hwpoison !== 0) return true;
  if (fileAt(world, hva) === 0) return false;
  const index = indexAt(world, hva);
  const pfn = index < 0 ? 0 : world.cache(world.mapping(world.facts.regionOfHva[hva]!).inode, index).pfn;
  return pfn !== 0 && world.folio(pfn).uptodate !== 0;
}

export const steps = {
  /** do_mprotect_pkey: the range, then the protection. */
  'mprotect.validate': (world, f) => {
    const start = arg64(world, f, 0);
    if (!pageAligned(start)) return fail(f, EINVAL);
    const bytes = roundUp(toBig(arg64(world, f, 2)));
    if (toBig(arg64(world, f, 2)) === 0n) return nothing;
    if (bytes >> 64n !== 0n || toBig(start) + bytes >> 64n !== 0n) return fail(f, ENOMEM);
    if ((arg(world, f, BEHIND) & ~PROTECTION) !== 0) return fail(f, EINVAL);
    const { first, behind } = pagesOf(world, start, bytes);
    f.hva = first;
    f.hva_end = behind;
    return ok;
  },
  /** mprotect_fixup of one mapping after the other, mmap_lock held for writing: a hole, or what the mapping can never allow, ends it. */
  'mprotect.setFlags': (world, f) => {
    const prot = arg(world, f, BEHIND);
    const all = f.hva_end;
    f.hva_end = f.hva;
    f.errno = ENOMEM;
    if (world.facts.hvas.real(f.hva) !== BigInt(pageNumber(arg64(world, f, 0)))) return nothing;
    for (let { hva } = f; hva < all && isMapped(world, hva); hva++) {
      // A file that cannot be executed: VM_MAYEXEC is not set.
      if ((prot & PROT_EXEC) !== 0 && fileAt(world, hva) !== 0) {
        f.errno = EACCES;
        break;
      }
      const page = world.vm_flags(hva);
      page.flags = (page.flags & ~(VM_NO_READ | VM_NO_WRITE | VM_EXEC)) | flagsOf(prot);
      f.hva_end = hva + 1;
    }
    if (f.hva_end === all && pagesOf(world, arg64(world, f, 0), roundUp(toBig(arg64(world, f, 2)))).whole) f.errno = 0;
    return f.hva_end > f.hva ? ok : nothing;
  },
  /** change_pte_range: the next entry that has something else gets what its mapping allows now. The range stays as it is for the notifier's end. */
  'mprotect.changeNext': (world, f) => {
    for (let { hva } = f; hva < f.hva_end; hva++) {
      const entry = world.hpte(hva);
      const { flags } = world.vm_flags(hva);
      const protnone = allows(flags, false) ? 0 : 1;
      const writable = allows(flags, true) ? 1 : 0;
      if (entry.pfn === 0 || (entry.protnone === protnone && entry.writable === writable)) continue;
      entry.protnone = protnone;
      entry.writable = writable;
      return more;
    }
    return done;
  },

  /** do_mlock: whole pages around the range. */
  'mlock.validate': (world, f) => {
    const start = toBig(arg64(world, f, 0));
    const bytes = roundUp(toBig(arg64(world, f, 2)) + (start & 4095n));
    if (bytes === 0n) return nothing;
    if (start + bytes >> 64n !== 0n) return fail(f, EINVAL);
    const { first, behind } = pagesOf(world, fromBig(start & ~4095n), bytes);
    f.hva = first;
    f.hva_end = behind;
    return ok;
  },
  /** apply_vma_lock_flags, mmap_lock held for writing: mappings up to the first hole are locked. */
  'mlock.setFlags': (world, f) => {
    const start = toBig(arg64(world, f, 0));
    const { whole } = pagesOf(world, fromBig(start & ~4095n), roundUp(toBig(arg64(world, f, 2)) + (start & 4095n)));
    let { hva } = f;
    while (hva < f.hva_end && isMapped(world, hva)) {
      world.vm_flags(hva).flags |= VM_LOCKED;
      hva += 1;
    }
    if (hva < f.hva_end || !whole) return fail(f, ENOMEM);
    return ok;
  },
  /** __mlock_posix_error_return: no page can be had there. */
  'mlock.failed': (_world, f) => fail(f, ENOMEM),
  'mlock.noMemory': (_world, f) => fail(f, EAGAIN),

  /** sys_msync, mmap_lock held for reading. A guest_memfd has no fsync method. */
  'msync.walk': (world, f) => {
    const start = arg64(world, f, 0);
    const flags = arg(world, f, BEHIND);
    if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) !== 0 || !pageAligned(start) || (flags & (MS_ASYNC | MS_SYNC)) === (MS_ASYNC | MS_SYNC)) return fail(f, EINVAL);
    const bytes = roundUp(toBig(arg64(world, f, 2)));
    if (bytes === 0n) return ok;
    if (toBig(start) + bytes >> 64n !== 0n) return fail(f, ENOMEM);
    const { first, behind, whole } = pagesOf(world, start, bytes);
    let missing = !whole;
    for (let hva = first; hva < behind; hva++) {
      if (!isMapped(world, hva)) {
        missing = true;
        continue;
      }
      if ((flags & MS_INVALIDATE) !== 0 && (world.vm_flags(hva).flags & VM_LOCKED) !== 0) return fail(f, EBUSY);
      if ((flags & MS_SYNC) !== 0 && fileAt(world, hva) !== 0) return fail(f, EINVAL);
    }
    return missing ? fail(f, ENOMEM) : ok;
  },

  /** sys_mincore, mmap_lock held for reading. */
  'mincore.read': (world, f) => {
    const start = arg64(world, f, 0);
    if (!pageAligned(start)) return fail(f, EINVAL);
    const bytes = toBig(arg64(world, f, 2));
    if (toBig(start) + bytes > TASK_SIZE) return fail(f, ENOMEM);
    const { first, behind, whole } = pagesOf(world, start, bytes);
    if (!whole) return fail(f, ENOMEM);
    let resident = 0n;
    for (let hva = first; hva < behind; hva++) {
      if (!isMapped(world, hva)) return fail(f, ENOMEM);
      if (hva - first < 64 && isResident(world, hva)) resident |= 1n << BigInt(hva - first);
    }
    putResult64(world, f, RESIDENT, fromBig(resident));
    return ok;
  },
} satisfies { [name: string]: Step<Operation & HostRange & Touch> };
