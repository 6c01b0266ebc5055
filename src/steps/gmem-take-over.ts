// Steps by which a VM takes over from another one: its file was linked from the other's, its memslots have the pages where the other's have them,
// and it gets none of them before the other has let go.

import { ok, outcome } from '../memory/outcome.ts';
import { EFAULT, EINVAL } from './errno.ts';
import { refused } from './fallocate.ts';
import { steps as bind, type OnSlot } from './gmem-bind.ts';
import { steps as link, type Link } from './gmem-link.ts';
import { steps as release } from './gmem-release.ts';
import type { Table } from '../memory/layout.ts';
import type { gmem_source } from '../memory/layouts/gmem-views.ts';
import type { GetPfn } from '../memory/frames.ts';
import type { Frame, World } from '../memory/world.ts';

export const taken = outcome('taken');

/** The world of a kernel that knows from which file another one was linked. */
export type LinkedWorld = World & { readonly gmem_source: Table<typeof gmem_source> };

/** The gfn that a memslot has for a file index. */
const gfnOf = ({ memslot }: World, slot: number, index: number): number => memslot(slot).base_gfn + index - memslot(slot).pgoff;

/** Is the index bound in the file that this one was linked from? */
const sourceHas = ({ gmem_source: sources, binding }: LinkedWorld, file: number, index: number): boolean => sources(file).file !== 0 && binding(sources(file).file, index).slot !== 0;

/** Files that were linked from this one. */
const linkedFrom = ({ gmem_source: sources, facts }: LinkedWorld, file: number): number[] =>
  Array.from({ length: facts.sizes.file - 1 }, (_one, n) => n + 1).filter((other) => sources(other).file === file);

/** What a file lets go of is, in [start, end), the VM's that waits for it. Whose a page's content is nobody in the kernel asks. */
function handOver(world: LinkedWorld, file: number, inode: number, start: number, end: number): void {
  for (const other of linkedFrom(world, file)) {
    for (let index = start; index < end; index++) {
      const { pfn } = world.cache(inode, index);
      if (pfn !== 0 && world.binding(other, index).slot !== 0 && world.page(pfn).secret_of !== 0) world.page(pfn).secret_of = world.file(other).kvm;
    }
  }
}

export const steps = {
  /** What the file was linked from must have the same pages at the same place, as far as it is bound; and it must not come back to what was taken over. */
  'bind.testSource': (world, f) => {
    const { binding, gmem_source: sources } = world;
    for (let index = f.start; index < f.end; index++) {
      const comesBack = linkedFrom(world, f.handle).some((other) => binding(other, index).slot !== 0);
      const elsewhere = sourceHas(world, f.handle, index) && gfnOf(world, binding(sources(f.handle).file, index).slot, index) !== world.memslot(f.slot).base_gfn + index - f.start;
      if (!comesBack && !elsewhere) continue;
      f.errno = EINVAL;
      return refused;
    }
    return ok;
  },
  /** xa_store_range(NULL) */
  'unbind.erase': (world, f) => {
    const { pgoff, npages } = world.memslot(f.slot);
    handOver(world, f.handle, f.inode, pgoff, pgoff + npages);
    return bind['unbind.erase'](world, f);
  },
  /** Not before the file that it was linked from has let go of the page. */
  'gmem.testSource': (world, f) => {
    if (!sourceHas(world, f.file, f.index)) return ok;
    f.errno = EFAULT;
    return taken;
  },
  /** list_del; who was linked from the file waits for nobody any more. */
  'release.unlink': (world, f) => {
    handOver(world, f.handle, f.inode, 0, world.facts.sizes.index);
    for (const other of linkedFrom(world, f.handle)) world.gmem_source(other).file = 0;
    if (world.gmem_source(f.handle).file !== 0) world.gmem_source(f.handle).file = 0;
    return release['release.unlink'](world, f);
  },
  'link.addToList': (world, f) => {
    world.gmem_source(f.handle).file = f.source;
    return link['link.addToList'](world, f);
  },
} satisfies { [name: string]: (world: LinkedWorld, f: Frame<OnSlot & GetPfn & Link>) => number };
