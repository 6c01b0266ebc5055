// Steps of fallocate(2) on a guest_memfd: descriptor, checks in their documented order, the allocation loop.

import { ok, outcome } from '../memory/outcome.ts';
import { arg, arg64 } from '../memory/calls.ts';
import { DESCRIPTOR_MEMFD, DESCRIPTOR_PIPE } from '../memory/layouts/gmem.ts';
import { add, isZero, less, negative, pageAligned, pageNumber, pair, type Pair } from '../memory/u64.ts';
import { done } from './flush.ts';
import { EBADF, EFBIG, EINTR, EINVAL, ENODEV, EOPNOTSUPP } from './errno.ts';
import { isOpen, openFile } from './handle.ts';
import type { Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export const badFd = outcome('badFd');
/** The file is of another kind than the call is for. */
export const foreign = outcome('foreign');
export const refused = outcome('refused');
export const punch = outcome('punch');
export const allocate = outcome('allocate');
export const signalled = outcome('signalled');

export const FALLOC_FL_KEEP_SIZE = 1;
export const FALLOC_FL_PUNCH_HOLE = 2;
const FALLOC_FL_COLLAPSE_RANGE = 8, FALLOC_FL_ZERO_RANGE = 16, FALLOC_FL_INSERT_RANGE = 32, FALLOC_FL_UNSHARE_RANGE = 64;
/** All that vfs_fallocate knows. */
const FALLOC_FL_MODES = 1 | 2 | 8 | 16 | 32 | 64;

/** Words of the message that have 64-bit arguments. */
export const FALLOCATE = { offset: 2, length: 4 } as const;
/** The arguments. */
const request = (world: World, f: Frame<Operation>): { readonly mode: number; readonly offset: Pair; readonly length: Pair } =>
  ({ mode: arg(world, f, 1), offset: arg64(world, f, FALLOCATE.offset), length: arg64(world, f, FALLOCATE.length) });

/** What vfs_fallocate says to the arguments alone: the range, then the mode, 0 if it lets them pass. Of the modes that no guest_memfd has, it lets
 *  some pass, so that a sum that is past s_maxbytes, the largest loff_t, comes before them. */
function checkOfVfs(world: World, f: Frame<Operation>): number {
  const { mode, offset, length } = request(world, f);
  if (negative(offset) || negative(length) || isZero(length)) return EINVAL;
  if ((mode & ~FALLOC_FL_MODES) !== 0) return EOPNOTSUPP;
  switch (mode & ~FALLOC_FL_KEEP_SIZE) {
    case 0: case FALLOC_FL_UNSHARE_RANGE: case FALLOC_FL_ZERO_RANGE: return 0;
    case FALLOC_FL_PUNCH_HOLE: return (mode & FALLOC_FL_KEEP_SIZE) === 0 ? EOPNOTSUPP : 0;
    case FALLOC_FL_COLLAPSE_RANGE: case FALLOC_FL_INSERT_RANGE: return (mode & FALLOC_FL_KEEP_SIZE) !== 0 ? EOPNOTSUPP : 0;
    default: return EOPNOTSUPP;
  }
}

export const steps = {
  /** fdget: the file behind a descriptor, with a reference. */
  'fd.get': (world, f) => {
    const open = openFile(world, arg(world, f, 0));
    const number = open.file;
    if (number === 0) {
      if (isOpen(open)) return foreign;
      f.errno = EBADF;
      return badFd;
    }
    const file = world.file(number);
    file.add_f_count(1);
    f.handle = number;
    f.inode = file.inode;
    return ok;
  },
  /** vfs_fallocate of a file that is no guest_memfd: the mode first, then what the file is. */
  'fallocate.foreign': (world, f) => {
    const { mode, offset, length } = request(world, f);
    const open = openFile(world, arg(world, f, 0));
    f.errno = checkOfVfs(world, f);
    if (f.errno !== 0) return refused;
    if (open.kind === DESCRIPTOR_PIPE) f.errno = EBADF;
    else if (open.kind !== DESCRIPTOR_MEMFD) f.errno = ENODEV;
    else if (negative(add(offset, length))) f.errno = EFBIG;
    else if ((mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) !== 0) f.errno = EOPNOTSUPP;
    return refused;
  },
  /** vfs_fallocate and kvm_gmem_fallocate: mode, then alignment, then size. */
  'fallocate.validate': (world, f) => {
    const { mode, offset, length } = request(world, f);
    const fail = (errno: number): number => { f.errno = errno; return refused; };
    f.errno = checkOfVfs(world, f);
    if (f.errno === 0 && negative(add(offset, length))) f.errno = EFBIG;
    if (f.errno !== 0) return refused;
    if ((mode & FALLOC_FL_KEEP_SIZE) === 0 || (mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) !== 0) return fail(EOPNOTSUPP);
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
