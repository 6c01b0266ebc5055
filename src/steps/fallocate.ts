// Steps of fallocate(2) on a guest_memfd: descriptor, checks in their documented order, the allocation loop.

import { ok, outcome } from '../memory/outcome.ts';
import { arg, arg64 } from '../memory/calls.ts';
import { add, isZero, less, negative, pageAligned, pageNumber, pair } from '../memory/u64.ts';
import { done } from './flush.ts';
import { EBADF, EFBIG, EINTR, EINVAL, EOPNOTSUPP } from './errno.ts';
import type { Operation } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const badFd = outcome('badFd');
export const refused = outcome('refused');
export const punch = outcome('punch');
export const allocate = outcome('allocate');
export const signalled = outcome('signalled');

export const FALLOC_FL_KEEP_SIZE = 1;
export const FALLOC_FL_PUNCH_HOLE = 2;

export const steps = {
  /** fdget: the file behind a descriptor, with a reference. */
  'fd.get': (world, f) => {
    const number = world.fd(arg(world, f, 0)).file;
    if (number === 0) {
      f.errno = EBADF;
      return badFd;
    }
    const file = world.file(number);
    file.add_f_count(1);
    f.handle = number;
    f.inode = file.inode;
    return ok;
  },
  /** vfs_fallocate and kvm_gmem_fallocate: mode, then alignment, then size. */
  'fallocate.validate': (world, f) => {
    const mode = arg(world, f, 1);
    const offset = arg64(world, f, 2);
    const length = arg64(world, f, 4);
    const fail = (errno: number): number => { f.errno = errno; return refused; };
    if (negative(offset) || negative(length) || isZero(length)) return fail(EINVAL);
    if ((mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) !== 0) return fail(EOPNOTSUPP);
    if ((mode & FALLOC_FL_PUNCH_HOLE) !== 0 && (mode & FALLOC_FL_KEEP_SIZE) === 0) return fail(EOPNOTSUPP);
    // Neither is negative: their sum is, when it is past s_maxbytes, the largest loff_t.
    if (negative(add(offset, length))) return fail(EFBIG);
    if ((mode & FALLOC_FL_KEEP_SIZE) === 0) return fail(EOPNOTSUPP);
    if (!pageAligned(offset) || !pageAligned(length)) return fail(EINVAL);
    const { indexes } = world.facts;
    const first = indexes.lowerBound(pageNumber(offset));
    const behind = indexes.lowerBound(pageNumber(add(offset, length)));
    const { size_lo, size_hi } = world.inode(f.inode);
    if ((mode & FALLOC_FL_PUNCH_HOLE) !== 0) {
      f.start = first;
      f.end = Math.min(behind, indexes.count);
      return punch;
    }
    if (less(pair(size_lo, size_hi), add(offset, length))) return fail(EINVAL);
    f.start = first;
    f.end = behind;
    return allocate;
  },
  /** kvm_gmem_allocate: the next index, unless a signal is pending. */
  'fallocate.next': ({ signal }, f) => {
    if (f.start >= f.end) return done;
    if (signal(f.thread).number !== 0) {
      f.errno = EINTR;
      return signalled;
    }
    f.index = f.start;
    f.start += 1;
    return ok;
  },
} satisfies { [name: string]: Step<Operation & { index: number }> };
