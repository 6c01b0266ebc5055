// Steps of close(2) and dup(2) on a guest_memfd. Closing drops a reference; the last one makes the file dying, and its
// release is over before close returns to userspace.

import { blocked, ok, outcome } from '../memory/outcome.ts';
import { arg, arg64, type Call } from '../memory/calls.ts';
import { DESCRIPTOR_KINDS, DESCRIPTOR_KVM, DESCRIPTOR_NONE, DESCRIPTOR_VM, FILE_DYING } from '../memory/layouts/gmem.ts';
import { EBADF, EMFILE } from './errno.ts';
import { badFd, foreign, refused } from './fallocate.ts';
import { putFile } from './file.ts';
import { isFree, isOpen, openFile } from './handle.ts';
import type { Operation } from '../memory/frames.ts';
import type { Step, World } from '../memory/world.ts';

export const last = outcome('last');
export const vm = outcome('vm');

/** The descriptor names nothing from here on. */
function clearDescriptor({ descriptor }: World, number: number): void {
  const it = descriptor(number);
  it.kind = DESCRIPTOR_NONE;
  it.object = 0;
  it.size_lo = 0;
  it.size_hi = 0;
}

export const calls: readonly Call[] = [
  {
    name: 'make_file', on: 'gmem', fragment: 'file.make', description: 'memfd_create(2), eventfd(2), pipe(2), open(2) of a device: a file that KVM knows nothing of', recorded: true,
    arguments: [
      { name: 'fd', type: 'newFd', description: 'name of the new descriptor' },
      { name: 'kind', type: 'u32', description: '3 /dev/kvm, 4 memfd, 5 eventfd, 6 the read end of a pipe, 7 /dev/zero, 8 /dev/null' },
      { name: 'size', type: 'u64', default: 0, description: 'bytes of a memfd' },
    ],
  },
];

export const steps = {
  /** file_close_fd: the descriptor names nothing from here on. */
  'fd.remove': (world, f) => {
    const number = arg(world, f, 0);
    const open = openFile(world, number);
    if (open.file !== 0) {
      f.handle = open.file;
      world.fd(number).file = 0;
      return ok;
    }
    if (!isOpen(open)) {
      f.errno = EBADF;
      return badFd;
    }
    f.vm = open.object;
    if (number < 0) world.kvm(open.object).fd_open = 0;
    else clearDescriptor(world, number);
    return open.kind === DESCRIPTOR_VM ? vm : foreign;
  },
  /** fput of the descriptor's reference. */
  'fd.putRemoved': (world, f) => {
    putFile(world, f.handle);
    return world.file(f.handle).f_count === 0 ? last : ok;
  },
  /** __fput runs in the context of who closed last: it comes back when the file is released. */
  'fd.awaitRelease': ({ file }, f) => {
    const target = file(f.handle);
    return target.state === FILE_DYING ? blocked(target) : ok;
  },
  /** fget_raw of dup: a reference for the new descriptor. */
  'dup.get': (world, f) => {
    const open = openFile(world, arg(world, f, 0));
    if (open.file !== 0) {
      world.file(open.file).add_f_count(1);
      f.handle = open.file;
      return ok;
    }
    if (isOpen(open)) return foreign;
    f.errno = EBADF;
    return badFd;
  },
  /** get_unused_fd_flags and fd_install: a name that is taken is no free descriptor. */
  'dup.install': (world, f) => {
    const number = arg(world, f, 1);
    if (!isFree(world, number)) {
      f.errno = EMFILE;
      return refused;
    }
    world.fd(number).file = f.handle;
    f.value = number;
    return ok;
  },
  /** The same of a file that is no guest_memfd: one more reference on a VM, one more name for anything else. */
  'dup.installForeign': (world, f) => {
    const number = arg(world, f, 1);
    if (!isFree(world, number)) {
      f.errno = EMFILE;
      return refused;
    }
    const from = arg(world, f, 0);
    const { kind, object } = openFile(world, from);
    if (kind === DESCRIPTOR_VM) world.vm_file(object).add_f_count(1);
    const { size_lo, size_hi } = from < 0 ? { size_lo: 0, size_hi: 0 } : world.descriptor(from);
    Object.assign(world.descriptor(number), { kind, object, size_lo, size_hi });
    f.value = number;
    return ok;
  },
  /** memfd_create, eventfd, pipe, open of a device: a file that KVM knows nothing of. */
  'file.make': (world, f) => {
    const number = arg(world, f, 0);
    const kind = arg(world, f, 1);
    if (!isFree(world, number)) {
      f.errno = EMFILE;
      return ok;
    }
    if (kind < DESCRIPTOR_KVM || kind >= DESCRIPTOR_KINDS.length) throw new RangeError(`there is no kind ${kind} of a file`);
    const descriptor = world.descriptor(number);
    const size = arg64(world, f, 2);
    descriptor.kind = kind;
    descriptor.object = number;
    descriptor.size_lo = size.lo;
    descriptor.size_hi = size.hi;
    f.value = number;
    return ok;
  },
} satisfies { [name: string]: Step<Operation> };
