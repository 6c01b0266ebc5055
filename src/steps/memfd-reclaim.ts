// Steps of what the kernel does with pages of a memfd on its own: it moves them to other page frames, and writes them out. Not those of a
// file that is sealed for a guest. Swap is not modelled: a page that is written out stays where it is.

import { ok } from '../memory/outcome.ts';
import { arg64, type Call } from '../memory/calls.ts';
import { F_SEAL_GUEST } from '../memory/layouts/memfd.ts';
import { pageNumber } from '../memory/u64.ts';
import { EAGAIN, EINVAL, ENOENT, ENOMEM, ENOTSUPP } from './errno.ts';
import { refused } from './fallocate.ts';
import { allocationFails, firstFree, putFolio } from './folio.ts';
import { error } from './host.ts';
import { sealed, type MemfdWorld } from './memfd-world.ts';
import type { FolioAt, Operation } from '../memory/frames.ts';
import type { Frame, Step } from '../memory/world.ts';

const fd = { name: 'fd', type: 'fd', description: 'descriptor of the file' } as const;
const offset = { name: 'offset', type: 'u64', default: 0, description: 'bytes' } as const;

export const reclaimCalls: readonly Call[] = [
  { name: 'migrate_page', on: 'gmem', fragment: 'memfd.migrate', description: 'move_pages(2), compaction: a page of a memfd moves to another page frame', arguments: [fd, offset] },
  { name: 'write_back', on: 'gmem', fragment: 'memfd.writeback', description: 'reclaim: a page of a memfd is written out', arguments: [fd, offset] },
];

type Pages = Operation & FolioAt;
const fail = (f: Frame<Pages>, errno: number): number => {
  f.errno = errno;
  return refused;
};

export const steps = {
  /** The index that the call names. */
  'reclaim.index': (world, f) => {
    f.index = world.facts.indexes.find(BigInt(pageNumber(arg64(world, f, 1))));
    return f.index < 0 ? (f.index = 0, fail(f, EINVAL)) : ok;
  },
  'reclaim.absent': (_world, f) => {
    f.errno = ENOENT;
    return error;
  },
  /** shmem_migrate_page: a sealed page is not movable. */
  'migrate.testSeal': (world, f) => (sealed(world, f.inode, F_SEAL_GUEST) ? fail(f, ENOTSUPP) : ok),
  /** migrate_page, the page locked and unmapped: nobody but the page cache and the caller may have it. */
  'migrate.move': (world, f) => {
    if (world.folio_ref(f.pfn).refcount !== 2) return fail(f, EAGAIN);
    const target = allocationFails(world) ? 0 : firstFree(world);
    if (target === 0) return fail(f, ENOMEM);
    world.buddy().used.set(target);
    world.folio_ref(target).refcount = 1;
    const { tag, writer, value, secret_of } = world.page(f.pfn);
    Object.assign(world.page(target), { tag, writer, value, secret_of });
    const fresh = world.folio(target);
    fresh.mapping = f.inode;
    fresh.index = f.index;
    fresh.uptodate = world.folio(f.pfn).uptodate;
    world.cache(f.inode, f.index).pfn = target;
    world.folio(f.pfn).mapping = 0;
    world.folio(f.pfn).index = 0;
    putFolio(world, f.pfn);
    return ok;
  },
  /** shmem_writepage: a sealed page is redirtied. */
  'writeback.testSeal': (world, f) => (sealed(world, f.inode, F_SEAL_GUEST) ? refused : ok),
  /** swap_writepage */
  'writeback.write': () => ok,
} satisfies { [name: string]: Step<Pages, MemfdWorld> };
