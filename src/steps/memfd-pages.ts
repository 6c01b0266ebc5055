// Steps on the pages of a memfd: fallocate(2), and undo_range, which takes pages out of the file in two passes: those whose lock is free,
// then those that somebody holds. inode_lock is held; faults of a guest come in between, page by page.

import { ok, outcome } from '../memory/outcome.ts';
import { arg, arg64 } from '../memory/calls.ts';
import * as mutex from '../memory/mutex.ts';
import { F_SEAL_GROW, F_SEAL_GUEST, F_SEAL_SHRINK, F_SEAL_WRITE } from '../memory/layouts/memfd.ts';
import { add, isZero, less, negative, pageAligned, pageNumber, pair } from '../memory/u64.ts';
import { EFBIG, EINTR, EINVAL, EOPNOTSUPP, EPERM } from './errno.ts';
import { allocate, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE, punch, refused, signalled } from './fallocate.ts';
import { done } from './flush.ts';
import { putFolio } from './folio.ts';
import { beyond } from './gmem-host-fault.ts';
import { busy } from './memslots.ts';
import { indexBehind, sealed, setSize, sizeOf, type MemfdWorld } from './memfd-world.ts';
import type { FolioAt, Operation } from '../memory/frames.ts';
import type { Frame, Step } from '../memory/world.ts';

export const keep = outcome('keep');
export const gone = outcome('gone');

type Pages = Operation & FolioAt & { cursor: number; next: number };

const fail = (f: Frame<Pages>, errno: number): number => {
  f.errno = errno;
  return refused;
};

export const steps = {
  /** vfs_fallocate: the range, then the modes that shmem knows. */
  'memfdFallocate.testMode': (world, f) => {
    const mode = arg(world, f, 1);
    const [offset, length] = [arg64(world, f, 2), arg64(world, f, 4)];
    if (negative(offset) || negative(length) || isZero(length)) return fail(f, EINVAL);
    const known = mode === 0 || mode === FALLOC_FL_KEEP_SIZE || mode === (FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE);
    if (!known) return fail(f, EOPNOTSUPP);
    return negative(add(offset, length)) ? fail(f, EFBIG) : ok;
  },
  /** shmem_fallocate, inode_lock held: seals, then, of a sealed file, whole pages for a hole. An allocation need not be whole pages. */
  'memfdFallocate.check': (world, f) => {
    const mode = arg(world, f, 1);
    const offset = arg64(world, f, 2);
    const end = add(offset, arg64(world, f, 4));
    const { indexes } = world.facts;
    if ((mode & FALLOC_FL_PUNCH_HOLE) !== 0) {
      if (sealed(world, f.inode, F_SEAL_WRITE)) return fail(f, EPERM);
      if (sealed(world, f.inode, F_SEAL_GUEST) && !(pageAligned(offset) && pageAligned(end))) return fail(f, EINVAL);
      f.start = indexBehind(world, offset);
      f.end = indexes.lowerBound(pageNumber(end));
      return punch;
    }
    if ((mode & FALLOC_FL_KEEP_SIZE) === 0 && sealed(world, f.inode, F_SEAL_GROW) && less(sizeOf(world, f.inode), end)) return fail(f, EPERM);
    f.start = indexes.lowerBound(pageNumber(offset));
    f.end = indexBehind(world, end);
    const { present } = world.before_fallocate(f.inode);
    for (let index = 0; index < world.facts.sizes.index; index++) if (world.cache(f.inode, index).pfn !== 0) present.set(index);
    return allocate;
  },
  /** The next index, unless a signal is pending. */
  'memfdFallocate.next': (world, f) => {
    f.index = Math.max(f.next, f.start);
    if (f.index >= f.end) return done;
    if (world.signal(f.thread).number !== 0) {
      f.errno = EINTR;
      f.end = f.index;
      return signalled;
    }
    f.next = f.index + 1;
    return ok;
  },
  /** Out of memory: what was allocated so far is to go again. */
  'memfdFallocate.stop': (_world, f) => {
    f.end = f.index;
    return ok;
  },
  /** What the call has added is gone, and it fails. */
  'memfdFallocate.failed': (world, f) => {
    world.before_fallocate(f.inode).present.clearAll();
    return ok;
  },
  /** i_size_write, if the range ends behind the file and FALLOC_FL_KEEP_SIZE is not given. */
  'memfdFallocate.extend': (world, f) => {
    world.before_fallocate(f.inode).present.clearAll();
    const end = add(arg64(world, f, 2), arg64(world, f, 4));
    if ((arg(world, f, 1) & FALLOC_FL_KEEP_SIZE) === 0 && less(sizeOf(world, f.inode), end)) setSize(world, f.inode, end);
    return ok;
  },

  /** shmem_getpage_gfp: i_size_read, before the look-up and, for a page that was added, behind it. */
  'memfd.testSize': (world, f) => {
    if (f.index < world.inode(f.inode).i_size) return ok;
    f.errno = EINVAL;
    return beyond;
  },

  /** pagevec_lookup_entries: the next page of the range, with a reference. */
  'undo.findNext': (world, f) => {
    for (let index = Math.max(f.cursor, f.start); index < f.end; index++) {
      const { pfn } = world.cache(f.inode, index);
      if (pfn === 0) continue;
      world.folio_ref(pfn).add_refcount(1);
      f.index = index;
      f.pfn = pfn;
      f.cursor = index + 1;
      return ok;
    }
    f.index = 0;
    f.cursor = 0;
    return done;
  },
  /** trylock_page */
  'undo.tryPage': ({ folio_lock }, f) => (folio_lock(f.pfn).owner !== 0 ? busy : mutex.lock(folio_lock(f.pfn), f.self)),
  /** A fallocate that failed takes back what is not up to date; the pages that were there and in use stay. */
  'undo.isInUse': ({ folio }, f) => (folio(f.pfn).uptodate !== 0 ? keep : gone),
  /** put_page of the page cache's reference. */
  'undo.dropCache': (world, f) => {
    putFolio(world, f.pfn);
    return ok;
  },

  /** shmem_setattr, inode_lock held: seals, whole pages of a sealed file, then the new size; the pages behind it go next. */
  'memfd.setSize': (world, f) => {
    const length = arg64(world, f, 1);
    const old = sizeOf(world, f.inode);
    if (negative(length)) return fail(f, EINVAL);
    if (less(length, old) && sealed(world, f.inode, F_SEAL_SHRINK)) return fail(f, EPERM);
    if (less(old, length) && sealed(world, f.inode, F_SEAL_GROW)) return fail(f, EPERM);
    if (sealed(world, f.inode, F_SEAL_GUEST) && !pageAligned(length)) return fail(f, EINVAL);
    setSize(world, f.inode, length);
    if (!less(length, old)) return done;
    f.start = world.inode(f.inode).i_size;
    f.end = world.facts.sizes.index;
    return ok;
  },
  /** shmem_evict_inode: everything. */
  'memfd.evictRange': (world, f) => {
    setSize(world, f.inode, pair(0, 0));
    f.start = 0;
    f.end = world.facts.sizes.index;
    return ok;
  },
} satisfies { [name: string]: Step<Pages, MemfdWorld> };
