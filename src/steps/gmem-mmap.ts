// Steps of mappings of a guest_memfd: kvm_gmem_mmap, what munmap adds, and unmapping the page-table entries of a page that goes.

import { blocked, ok, outcome } from '../memory/outcome.ts';
import * as rwsem from '../memory/rwsem.ts';
import { VM_LOCKED } from '../memory/layouts/host.ts';
import { FILE_DYING } from '../memory/layouts/gmem.ts';
import { arg64 } from '../memory/calls.ts';
import { PAGE_SHIFT, pageNumber, toBig } from '../memory/u64.ts';
import { done } from './flush.ts';
import { EINVAL, ENODEV, ENOMEM, EPERM } from './errno.ts';
import { child } from './vmm.ts';
import { refused } from './fallocate.ts';
import { fileFolio } from './memory-failure.ts';
import { absent, putFolio } from './folio.ts';
import { putFile } from './file.ts';
import { none } from './gmem-invalidate.ts';
import { nothing } from './host-unmap.ts';
import { fileAt, fileOffset, isFree, isMapped, nextMapped, pagesOf, PROT_EXEC, roundUp } from './mappings.ts';
import { childMmapCall, makeMapping, MAP_LOCKED, MAP_NONBLOCK, MAP_POPULATE, MAP_PRIVATE, MAP_TYPE, request, returnAddress, vmFlags } from './mapping-make.ts';
import { GUEST_MEMFD_FLAG_MMAP } from './vm-type.ts';
import type { i_mmap_lock } from '../memory/layouts/i-mmap.ts';
import type { Table } from '../memory/layout.ts';
import type { FolioAt, HostRange, Operation, Touch } from '../memory/frames.ts';
import type { Frame, World } from '../memory/world.ts';

/** The world of a kernel that has the lock. */
export type MmapWorld = World & { readonly i_mmap_lock: Table<typeof i_mmap_lock> };
/** The region that is dealt with; pages of a range that advice has still to be taken on. */
type Walks = { region: number; advised: number; advised_end: number };
type Mmap = Operation & FolioAt & HostRange & Touch & Walks;

const childCall = outcome(childMmapCall.name);

const fail = (f: Frame<Operation>, errno: number): number => {
  f.errno = errno;
  return refused;
};

export const steps = {
  'imap.downRead': ({ i_mmap_lock: locks }, f) => rwsem.downRead(locks(f.inode), f.self),
  'imap.upRead': ({ i_mmap_lock: locks }, f) => rwsem.upRead(locks(f.inode), f.self),
  'imap.downWrite': ({ i_mmap_lock: locks }, f) => rwsem.downWrite(locks(f.inode), f.self),
  'imap.downWriteGranted': ({ i_mmap_lock: locks }, f) => rwsem.downWriteGranted(locks(f.inode), f.self),
  'imap.upWrite': ({ i_mmap_lock: locks }, f) => rwsem.upWrite(locks(f.inode)),

  /** do_mmap: path_noexec; then the file's own method, kvm_gmem_mmap: the file's flag, and no private mapping. */
  'gmemMmap.check': (world, f) => {
    const { prot, flags } = request(world, f);
    if (f.handle === 0) return fail(f, ENODEV);
    if ((prot & PROT_EXEC) !== 0) return fail(f, EPERM);
    if ((world.inode_flags(f.inode).flags & GUEST_MEMFD_FLAG_MMAP) === 0) return fail(f, ENODEV);
    if ((flags & MAP_TYPE) === MAP_PRIVATE) return fail(f, EINVAL);
    returnAddress(world, f);
    // The address space of a child goes with it.
    return world.facts.callOutcomes[world.mailbox(f.self).type - 1] === childCall ? child : ok;
  },
  /** vma_link: the mapping is there, with a reference on the file. */
  'gmemMmap.link': (world, f) => {
    const { region, prot, flags, length, offset } = request(world, f);
    makeMapping(world, region, roundUp(toBig(length)), vmFlags(prot, flags));
    const mapping = world.mapping(region);
    mapping.file = f.handle;
    mapping.inode = f.inode;
    mapping.offset_lo = offset.lo;
    mapping.offset_hi = offset.hi;
    world.file(f.handle).add_f_count(1);
    return ok;
  },
  /** mm_populate, where the mapping is locked or asks for it; that a page cannot be had is nobody's concern. */
  'gmemMmap.populate': (world, f) => {
    const { region, flags, length } = request(world, f);
    if ((flags & MAP_LOCKED) === 0 && (flags & (MAP_POPULATE | MAP_NONBLOCK)) !== MAP_POPULATE) return nothing;
    f.hva = world.facts.regionAt[region]!.first;
    f.hva_end = f.hva + Number(roundUp(toBig(length)) >> BigInt(PAGE_SHIFT));
    return ok;
  },

  /** remove_vma: the next mapping of a file of which nothing is left. */
  'munmap.nextFile': (world, f) => {
    const { facts, mapping } = world;
    for (let region = 0; region < facts.regionAt.length; region++) {
      const { first, pages } = facts.regionAt[region]!;
      if (mapping(region).file === 0 || first >= f.hva_end || first + pages <= f.hva || !isFree(world, region)) continue;
      f.inode = mapping(region).inode;
      f.region = region;
      return fileFolio;
    }
    return done;
  },
  /** unlink_file_vma, then fput; who drops the last reference waits for the release before it returns. */
  'munmap.forgetFile': (world, f) => {
    const mapping = world.mapping(f.region);
    f.handle = mapping.file;
    mapping.file = 0;
    mapping.inode = 0;
    mapping.offset_lo = 0;
    mapping.offset_hi = 0;
    putFile(world, f.handle);
    return ok;
  },
  'munmap.awaitRelease': ({ file }, f) => (f.handle !== 0 && file(f.handle).state === FILE_DYING ? blocked(file(f.handle)) : ok),

  /** folio_mapped: does any page-table entry have the folio? */
  'unmapFolio.any': (world, f) => {
    for (let hva = nextMapped(world, f.inode, f.index, 0); hva >= 0; hva = nextMapped(world, f.inode, f.index, hva + 1)) {
      if (world.hpte(hva).pfn === f.pfn) return ok;
    }
    return none;
  },
  /** unmap_mapping_range_tree: the next entry that has it. */
  'unmapFolio.next': (world, f) => {
    for (let hva = nextMapped(world, f.inode, f.index, f.hva_end); hva >= 0; hva = nextMapped(world, f.inode, f.index, hva + 1)) {
      if (world.hpte(hva).pfn !== f.pfn) continue;
      f.hva = hva;
      f.hva_end = hva + 1;
      return ok;
    }
    return done;
  },
  /** zap_pte_range of the one page. A poison marker stays. */
  'unmapFolio.clear': (world, f) => {
    const entry = world.hpte(f.hva);
    if (entry.pfn !== f.pfn) return absent;
    entry.pfn = 0;
    entry.writable = 0;
    entry.protnone = 0;
    return ok;
  },
  /** folio_put of the entry's reference; the caller's stays. */
  'unmapFolio.put': (world, f) => {
    putFolio(world, f.pfn);
    return ok;
  },

  /** madvise_remove: the range, to be walked mapping by mapping. */
  'remove.begin': (world, f) => {
    const { first, behind, whole } = pagesOf(world, arg64(world, f, 0), toBig(arg64(world, f, 2)));
    f.advised = first;
    f.advised_end = behind;
    if (!whole) f.errno = ENOMEM;
    return ok;
  },
  /** mmap_lock held for reading: the next run of pages of one file, with a reference on it. Holes are reported when the rest is done. */
  'remove.next': (world, f) => {
    const { facts } = world;
    while (f.advised < f.advised_end && !isMapped(world, f.advised)) {
      f.errno = ENOMEM;
      f.advised += 1;
    }
    if (f.advised >= f.advised_end) return done;
    const number = fileAt(world, f.advised);
    if (number === 0 || (world.vm_flags(f.advised).flags & VM_LOCKED) !== 0) return fail(f, EINVAL);
    const region = facts.regionOfHva[f.advised];
    const from = pageNumber(fileOffset(world, f.advised));
    let pages = 0;
    while (f.advised < f.advised_end && facts.regionOfHva[f.advised] === region && isMapped(world, f.advised)) {
      f.advised += 1;
      pages += 1;
    }
    f.start = facts.indexes.lowerBound(from);
    f.end = facts.indexes.lowerBound(from + pages);
    f.handle = number;
    f.inode = world.file(number).inode;
    world.file(number).add_f_count(1);
    return fileFolio;
  },
} satisfies { [name: string]: (world: MmapWorld, f: Frame<Mmap>, choose: (n: number) => number) => number };
