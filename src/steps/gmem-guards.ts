// Steps of what was thought of to keep memory that a VM has let go of from another one, and of one that keeps too much.

import { ok, outcome } from '../memory/outcome.ts';
import { arg64 } from '../memory/calls.ts';
import { add, pageNumber } from '../memory/u64.ts';
import { EINVAL } from './errno.ts';
import { refused } from './fallocate.ts';
import { steps as flipped } from './gmem-flipped.ts';
import { steps as takeOver, type LinkedWorld } from './gmem-take-over.ts';
import { SET_REGION } from './set-region-args.ts';
import type { Table } from '../memory/layout.ts';
import type { gmem_past } from '../memory/layouts/gmem-views.ts';
import type { OnSlot } from './gmem-bind.ts';
import type { Link } from './gmem-link.ts';
import type { GetPfn, Invalidation } from '../memory/frames.ts';
import type { Frame } from '../memory/world.ts';

export const same = outcome('same');
export const another = outcome('another');

/** Registers of all fragments that these steps stand in. */
type Flipped = OnSlot & GetPfn & Invalidation & Link;

export type GuardedWorld = LinkedWorld & { readonly gmem_past: Table<typeof gmem_past> };

/** Was the file bound to another VM before? */
const wasAnothers = ({ gmem_past: pasts }: GuardedWorld, f: Frame<OnSlot>): boolean => ![0, f.vm + 1].includes(pasts(f.handle).kvm);

/** Remembered from the first binding on. */
export const remember = {
  'bind.setOwner': (world, f) => {
    world.gmem_past(f.handle).kvm = f.vm + 1;
    return flipped['bind.setOwner'](world, f);
  },
  /** A file that is linked has the past of the other. */
  'link.addToList': (world, f) => {
    world.gmem_past(f.handle).kvm = world.gmem_past(f.source).kvm;
    return takeOver['link.addToList'](world, f);
  },
} satisfies { [name: string]: (world: GuardedWorld, f: Frame<Flipped>) => number };

/** Option a: a file is its first VM's for ever. */
export const refuse = {
  'bind.testPast': (world, f) => {
    if (!wasAnothers(world, f)) return ok;
    f.errno = EINVAL;
    return refused;
  },
} satisfies { [name: string]: (world: GuardedWorld, f: Frame<OnSlot>) => number };

/** Option b: what a memslot was bound to is thrown away with it. */
export const forget = {
  /** The range of the memslot that goes. */
  'unbind.range': ({ memslot }, f) => {
    const { pgoff, npages } = memslot(f.slot);
    f.start = pgoff;
    f.end = pgoff + npages;
    return ok;
  },
  /** The VM of the memslot again: a hole goes to those of all files. */
  'unbind.back': ({ memslot }, f) => {
    f.vm = memslot(f.slot).kvm - 1;
    return ok;
  },
} satisfies { [name: string]: (world: GuardedWorld, f: Frame<OnSlot>) => number };

/** Option c: a file is emptied when it comes to another VM. */
export const forgetOther = {
  /** The whole file, if another VM had it. */
  'bind.testPast': (world, f) => {
    if (!wasAnothers(world, f)) return same;
    f.start = 0;
    f.end = world.facts.sizes.index;
    return another;
  },
  /** The VM and the range of the request again. */
  'bind.range': (world, f) => {
    f.vm = world.memslot(f.slot).kvm - 1;
    const { indexes } = world.facts;
    const offset = arg64(world, f, SET_REGION.offset);
    f.start = indexes.lowerBound(pageNumber(offset));
    f.end = indexes.lowerBound(pageNumber(add(offset, arg64(world, f, SET_REGION.size))));
    return ok;
  },
} satisfies { [name: string]: (world: GuardedWorld, f: Frame<OnSlot>) => number };

/** The VM is held by each file that is bound to it. */
export const holdVm = {
  'bind.setOwner': (world, f) => {
    if (world.file(f.handle).kvm === 0) world.kvm(f.vm).add_users_count(1);
    return flipped['bind.setOwner'](world, f);
  },
  'unbind.clearOwner': (world, f) => {
    const { kvm } = world.file(f.handle);
    const result = flipped['unbind.clearOwner'](world, f);
    if (kvm !== 0 && world.file(f.handle).kvm === 0) world.kvm(kvm - 1).add_users_count(-1);
    return result;
  },
} satisfies { [name: string]: (world: LinkedWorld, f: Frame<Flipped>) => number };
