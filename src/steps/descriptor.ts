// Steps of close(2) and dup(2) on a guest_memfd. Closing drops a reference; the last one makes the file dying, and its
// release is over before close returns to userspace.

import { blocked, ok, outcome } from '../memory/outcome.ts';
import { arg } from '../memory/calls.ts';
import { FILE_DYING } from '../memory/layouts/gmem.ts';
import { EBADF, EMFILE } from './errno.ts';
import { badFd, refused } from './fallocate.ts';
import { putFile } from './file.ts';
import type { Operation } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const last = outcome('last');

export const steps = {
  /** file_close_fd: the descriptor names nothing from here on. */
  'fd.remove': (world, f) => {
    const descriptor = world.fd(arg(world, f, 0));
    if (descriptor.file === 0) {
      f.errno = EBADF;
      return badFd;
    }
    f.handle = descriptor.file;
    descriptor.file = 0;
    return ok;
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
    const number = world.fd(arg(world, f, 0)).file;
    if (number === 0) {
      f.errno = EBADF;
      return badFd;
    }
    world.file(number).add_f_count(1);
    f.handle = number;
    return ok;
  },
  /** get_unused_fd_flags and fd_install: a name that is taken is no free descriptor. */
  'dup.install': (world, f) => {
    const number = arg(world, f, 1);
    const descriptor = world.fd(number);
    if (descriptor.file !== 0) {
      f.errno = EMFILE;
      return refused;
    }
    descriptor.file = f.handle;
    f.value = number;
    return ok;
  },
} satisfies { [name: string]: Step<Operation> };
