// Steps of fcntl(F_ADD_SEALS) on a memfd, inode_lock held: memfd_add_seals with the seal for guests.

import { ok, outcome } from '../memory/outcome.ts';
import { arg, type Call } from '../memory/calls.ts';
import { F_SEAL_GROW, F_SEAL_GUEST, F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_WRITE } from '../memory/layouts/memfd.ts';
import { isZero } from '../memory/u64.ts';
import { EBUSY, EINVAL, EPERM } from './errno.ts';
import { refused } from './fallocate.ts';
import { none } from './gmem-invalidate.ts';
import { busy } from './memslots.ts';
import { isFileMapped, sealed, sizeOf, type MemfdWorld } from './memfd-world.ts';
import type { Operation } from '../memory/frames.ts';
import type { Frame, Step } from '../memory/world.ts';

export const guest = outcome('guest');

const ALL_SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_GUEST;

export const addSealsCall: Call = {
  name: 'add_seals', on: 'gmem', fragment: 'memfd.addSeals', description: 'fcntl(F_ADD_SEALS) on a memfd',
  arguments: [
    { name: 'fd', type: 'fd', description: 'descriptor of the file' },
    { name: 'seals', type: 'u32', description: '1 SEAL, 2 SHRINK, 4 GROW, 8 WRITE, 0x20 GUEST' },
  ],
};

/** denying: F_SEAL_WRITE has been asked for and writers are kept out from now on, though no seal says so yet. */
export type Sealing = Operation & { denying: number };

const asked = (world: MemfdWorld, f: Frame<Sealing>): number => arg(world, f, 1);
const fail = (f: Frame<Sealing>, errno: number, how: number): number => {
  f.errno = errno;
  return how;
};

export const steps = {
  /** Unknown seals; then F_SEAL_SEAL: nothing can be added any more. */
  'seals.testFrozen': (world, f) => {
    if ((asked(world, f) & ~ALL_SEALS) !== 0) return fail(f, EINVAL, refused);
    return sealed(world, f.inode, F_SEAL_SEAL) ? fail(f, EPERM, refused) : ok;
  },
  /** mapping_deny_writable: fails when there is a shared mapping that may write. */
  'seals.denyWrite': (world, f) => {
    if ((asked(world, f) & F_SEAL_WRITE) === 0 || sealed(world, f.inode, F_SEAL_WRITE)) return none;
    if (isFileMapped(world, f.inode, true)) return fail(f, EBUSY, busy);
    world.i_mmap_writable(f.inode).denied = 1;
    f.denying = 1;
    return ok;
  },
  /** memfd_wait_for_pins: a page with more references than the page cache's own is somebody's who may write. */
  'seals.waitForPins': (world, f) => {
    for (let index = 0; index < world.facts.sizes.index; index++) {
      const { pfn } = world.cache(f.inode, index);
      if (pfn !== 0 && world.folio_ref(pfn).refcount > 1) return fail(f, EBUSY, busy);
    }
    return ok;
  },
  /** mapping_allow_writable */
  'seals.allowWrite': (world, f) => {
    if (f.denying === 0) return ok;
    world.i_mmap_writable(f.inode).denied = 0;
    f.denying = 0;
    return ok;
  },
  'seals.wantsGuest': (world, f) => ((asked(world, f) & F_SEAL_GUEST) !== 0 ? guest : none),
  /** mapping_mapped: i_mmap has a mapping. */
  'seals.testMapped': (world, f) => (isFileMapped(world, f.inode, false) ? fail(f, EBUSY, busy) : ok),
  /** The file must be empty, as far as i_size says. */
  'seals.testSize': (world, f) => (isZero(sizeOf(world, f.inode)) ? ok : fail(f, EBUSY, busy)),
  'seals.set': (world, f) => {
    world.shmem_info(f.inode).seals |= asked(world, f);
    f.denying = 0;
    return ok;
  },
} satisfies { [name: string]: Step<Sealing, MemfdWorld> };
