// Steps of KVM_CREATE_GUEST_MEMFD: __kvm_gmem_create. An inode and a file of their own; the file holds a reference on the VM.

import { ok } from '../memory/outcome.ts';
import { arg, arg64, recordedArg } from '../memory/calls.ts';
import { FILE_FREE, FILE_LIVE, FILE_RELEASED } from '../memory/layouts/gmem.ts';
import { isZero, negative, pageAligned, pageNumber, type Pair } from '../memory/u64.ts';
import { EFAULT, EINVAL, EMFILE, ENFILE } from './errno.ts';
import { refused } from './fallocate.ts';
import { isFree } from './handle.ts';
import { supportedGmemFlags } from './vm-type.ts';
import type { Operation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

/** Words of the message. */
const FD = 1, SIZE = 2, FLAGS = 4, BADPTR = 7;

/** A file object that nobody uses; objects are type-stable, so that the number of a released one comes back at once. */
export function freeFile({ file, facts }: World): number {
  for (let number = 1; number < facts.sizes.file; number++) {
    const { state } = file(number);
    if (state === FILE_FREE || state === FILE_RELEASED) return number;
  }
  return 0;
}

/** An inode that nobody uses, 0 if there is none. */
export function freeInode({ inode, facts }: World): number {
  for (let number = 1; number < facts.sizes.inode; number++) if (inode(number).live === 0) return number;
  return 0;
}

/** copy_from_user, then kvm_gmem_create: flags, of which 6.8 knows none, then size, which `tooSmall` may refuse. Reserved words are not looked at. */
export function validate(world: World, f: Frame<Operation>, tooSmall: (size: Pair) => boolean): number {
  const size = arg64(world, f, SIZE);
  const flags = arg64(world, f, FLAGS);
  if (recordedArg(world, f, BADPTR) !== 0) f.errno = EFAULT;
  else if (flags.hi !== 0 || (flags.lo & ~supportedGmemFlags(world, f.vm)) !== 0) f.errno = EINVAL;
  else if (negative(size) || tooSmall(size) || !pageAligned(size)) f.errno = EINVAL;
  return f.errno === 0 ? ok : refused;
}

export const steps = {
  'create.validate': (world, f) => validate(world, f, isZero),
  /** get_unused_fd_flags: a descriptor whose name is taken by an open file is none. */
  'create.reserveFd': (world, f) => {
    if (isFree(world, arg(world, f, FD))) return ok;
    f.errno = EMFILE;
    return refused;
  },
  /** anon_inode_create_getfile: inode and file, seen by nobody yet. */
  'create.getFile': (world, f) => {
    const handle = freeFile(world);
    const number = freeInode(world);
    if (handle === 0 || number === 0) {
      f.errno = ENFILE;
      return refused;
    }
    const size = arg64(world, f, SIZE);
    const inode = world.inode(number);
    inode.live = 1;
    inode.i_count = 1;
    inode.i_size = world.facts.indexes.lowerBound(pageNumber(size));
    inode.size_lo = size.lo;
    inode.size_hi = size.hi;
    world.inode_flags(number).flags = arg(world, f, FLAGS);
    const file = world.file(handle);
    file.state = FILE_LIVE;
    file.f_count = 1;
    file.inode = number;
    f.handle = handle;
    return ok;
  },
  /** kvm_get_kvm, gmem->kvm: an open gmem file pins its VM. */
  'create.pinKvm': ({ file, kvm }, f) => {
    kvm(f.vm).add_users_count(1);
    file(f.handle).kvm = f.vm + 1;
    return ok;
  },
  /** fd_install */
  'create.installFd': (world, f) => {
    const number = arg(world, f, FD);
    world.fd(number).file = f.handle;
    f.value = number;
    return ok;
  },
} satisfies { [name: string]: Step<Operation> };
