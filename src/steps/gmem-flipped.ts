// Steps of the flipped life cycle: a memslot holds the file that it is bound to, and the file belongs to a VM only as long as it is bound.
// `file.kvm` is set by the first binding and cleared with the last one, under invalidate_lock.

import { ok, outcome } from '../memory/outcome.ts';
import { EFAULT, EINVAL } from './errno.ts';
import { refused } from './fallocate.ts';
import { gone } from './gmem-fault.ts';
import { steps as bind, validate, type OnSlot } from './gmem-bind.ts';
import { steps as invalidate } from './gmem-invalidate.ts';
import { release as released, steps as release } from './gmem-release.ts';
import { add, below } from '../memory/u64.ts';
import { steps as link, type Link } from './gmem-link.ts';
import type { Table } from '../memory/layout.ts';
import type { gmem_source } from '../memory/layouts/gmem-views.ts';
import type { GetPfn, Invalidation, Operation } from '../memory/frames.ts';
import type { Frame, World } from '../memory/world.ts';

export const taken = outcome('taken');

/** Registers of all fragments that these steps stand in. */
export type Flipped = OnSlot & GetPfn & Invalidation & Link;

export type FlippedWorld = World & { readonly gmem_source: Table<typeof gmem_source> };

/** The gfn that a memslot has for a file index. */
const gfnOf = ({ memslot }: World, slot: number, index: number): number => memslot(slot).base_gfn + index - memslot(slot).pgoff;

/** Is the index bound in the file that this one was linked from? */
const sourceHas = ({ gmem_source: sources, binding }: FlippedWorld, file: number, index: number): boolean => sources(file).file !== 0 && binding(sources(file).file, index).slot !== 0;

/** Files that were linked from this one. */
const linkedFrom = ({ gmem_source: sources, facts }: FlippedWorld, file: number): number[] =>
  Array.from({ length: facts.sizes.file - 1 }, (_one, n) => n + 1).filter((other) => sources(other).file === file);

/** Is anything bound to the file? */
function anyBinding({ binding, facts }: World, file: number): boolean {
  for (let index = 0; index < facts.sizes.index; index++) if (binding(file, index).slot !== 0) return true;
  return false;
}

const refuse = (f: Frame<Operation>): number => {
  f.errno = EINVAL;
  return refused;
};

/** No VM is looked at: the file may have none yet. */
export const bindValidate = (world: World, f: Frame<OnSlot>): number => validate(world, f, (offset, size, i_size) => below(i_size, add(offset, size)), () => true);

export const steps = {
  'bind.validate': bindValidate,
  /** gmem->kvm: of nobody, or of this VM already. */
  'bind.testOwner': ({ file }, f) => {
    const { kvm } = file(f.handle);
    return kvm === 0 || kvm === f.vm + 1 ? ok : refuse(f);
  },
  /** What the file was linked from must have the same pages at the same place, as far as it is bound; and it must not come back to what was taken over. */
  'bind.testSource': (world, f) => {
    const { binding, gmem_source: sources } = world;
    for (let index = f.start; index < f.end; index++) {
      if (linkedFrom(world, f.handle).some((other) => binding(other, index).slot !== 0)) return refuse(f);
      if (sourceHas(world, f.handle, index) && gfnOf(world, binding(sources(f.handle).file, index).slot, index) !== world.memslot(f.slot).base_gfn + index - f.start) return refuse(f);
    }
    return ok;
  },
  'bind.setOwner': ({ file }, f) => {
    file(f.handle).kvm = f.vm + 1;
    return ok;
  },

  /** slot->gmem.file, which the slot holds. */
  'unbind.loadPinned': ({ slot_gmem, file }, f) => {
    f.handle = slot_gmem(f.slot).file;
    if (f.handle === 0) return gone;
    f.inode = file(f.handle).inode;
    return ok;
  },
  /** xa_store_range(NULL); what a linked file has waited for is its VM's from here on. */
  'unbind.erase': (world, f) => {
    const { cache, page, binding, memslot, file } = world;
    const { pgoff, npages } = memslot(f.slot);
    for (let index = pgoff; index < pgoff + npages; index++) {
      const { pfn } = cache(f.inode, index);
      const other = linkedFrom(world, f.handle).find((one) => binding(one, index).slot !== 0);
      if (other !== undefined && pfn !== 0 && page(pfn).secret_of !== 0) page(pfn).secret_of = file(other).kvm;
    }
    return bind['unbind.erase'](world, f);
  },
  /** gmem->kvm = NULL with the last binding. */
  'unbind.clearOwner': (world, f) => {
    if (!anyBinding(world, f.handle)) world.file(f.handle).kvm = 0;
    return ok;
  },

  /** slot->gmem.file: held by the slot, which the SRCU section keeps. */
  'gmem.loadPinned': ({ slot_gmem, file }, f) => {
    f.file = f.slot === 0 ? 0 : slot_gmem(f.slot).file;
    if (f.file === 0) {
      f.errno = EFAULT;
      return gone;
    }
    f.inode = file(f.file).inode;
    return ok;
  },
  /** Not before the file that it was linked from has let go of the page. */
  'gmem.testSource': (world, f) => {
    if (!sourceHas(world, f.file, f.index)) return ok;
    f.errno = EFAULT;
    return taken;
  },

  /** A file without a VM has no bindings either. */
  'gmem.nextFile': (world, f) => {
    const result = invalidate['gmem.nextFile'](world, f);
    if (f.vm < 0) f.vm = 0;
    return result;
  },
  'release.await': (world, f) => {
    const result = release['release.await'](world, f);
    if (result === released) f.vm = 0;
    return result;
  },
  /** list_del; who was linked from the file waits for nobody any more. */
  'release.unlink': (world, f) => {
    for (const other of linkedFrom(world, f.handle)) world.gmem_source(other).file = 0;
    if (world.gmem_source(f.handle).file !== 0) world.gmem_source(f.handle).file = 0;
    return release['release.unlink'](world, f);
  },
  'link.addToList': (world, f) => {
    world.gmem_source(f.handle).file = f.source;
    return link['link.addToList'](world, f);
  },
} satisfies { [name: string]: (world: FlippedWorld, f: Frame<Flipped>) => number };
