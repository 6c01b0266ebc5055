// S-11: the bindings of a file lead to memslots that exist and mean this file. S-12: no two memslots to one index.
// S-13: a memslot's file pointer is not left behind when the file goes.

import { FILE_DYING, FILE_LIVE, FILE_RELEASED } from '../../memory/layouts/gmem.ts';
import { KVM_MEMSLOT_INVALID, SLOT_FREED, SLOT_LIVE } from '../../memory/layouts/kvm.ts';
import { fileName } from './words.ts';
import type { Whereabouts } from '../whereabouts.ts';
import type { CheckedWorld } from '../checked-world.ts';
import type { Invariant } from '../invariant.ts';

/** The index of a file that is bound, for a sentence. */
const place = (world: CheckedWorld, file: number, index: number): string => `index ${world.facts.indexes.real(index)} of ${fileName(world, file)}`;

/** Somebody is changing bindings: invalidate_lock of the file's inode is held for writing. */
function inTheMiddle({ objects }: CheckedWorld, file: number): boolean {
  const { inode } = objects.file(file);
  return inode !== 0 && objects.invalidate_lock(inode).writer !== 0;
}

function bindingBroken(world: CheckedWorld, file: number, index: number): string | undefined {
  const { binding, memslot, slot_gmem, file: files } = world.objects;
  const { slot } = binding(file, index);
  if (slot === 0) return undefined;
  const { state, pgoff, npages, kvm } = memslot(slot);
  // Unlinked from its inode: nobody walks these bindings any more, and their destruction does not follow them.
  if (files(file).state === FILE_DYING && files(file).inode === 0) return undefined;
  if (state === SLOT_FREED) return `${place(world, file, index)} is bound to memslot ${slot}, which was freed`;
  if (inTheMiddle(world, file)) {
    if (world.whereabouts !== undefined) world.whereabouts.unjudged[files(file).inode] = 1;
    return undefined;
  }
  if (index < pgoff || index >= pgoff + npages) return `${place(world, file, index)} is bound to memslot ${slot}, which covers other indices`;
  const owner = files(file);
  if (owner.state === FILE_RELEASED) return `${place(world, file, index)} is bound to memslot ${slot}, though the file is released`;
  if (owner.kvm !== 0 && kvm !== owner.kvm) return `${place(world, file, index)} is bound to memslot ${slot}, which belongs to another VM`;
  const named = slot_gmem(slot).file;
  if (named === file || (named === 0 && owner.state === FILE_DYING)) return undefined;
  return `${place(world, file, index)} is bound to memslot ${slot}, whose file pointer is ${named === 0 ? 'null' : fileName(world, named)}`;
}

function bindingsOfFile(world: CheckedWorld, file: number): string | undefined {
  for (let index = 0; index < world.facts.sizes.index; index++) {
    const broken = bindingBroken(world, file, index);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

/** Is a binding that leads to this memslot broken? */
function anyBound(world: CheckedWorld, { bindings }: Whereabouts, slot: number): boolean {
  const { index: indices } = world.facts.sizes;
  for (let item = bindings.first(slot); item !== 0; item = bindings.next(item)) {
    if (bindingBroken(world, Math.floor((item - 1) / indices), (item - 1) % indices) !== undefined) return true;
  }
  return false;
}

/** Bindings that lead to this memslot. */
function bindingsToSlot(world: CheckedWorld, slot: number): string | undefined {
  const { facts: { sizes }, whereabouts } = world;
  if (whereabouts !== undefined && !anyBound(world, whereabouts, slot)) return undefined;
  for (let file = 1; file < sizes.file; file++) {
    for (let index = 0; index < sizes.index; index++) {
      if (world.objects.binding(file, index).slot !== slot) continue;
      const broken = bindingBroken(world, file, index);
      if (broken !== undefined) return broken;
    }
  }
  return undefined;
}

/** Bindings of all files of an inode whose lock was just written. */
function bindingsOfInode(world: CheckedWorld, inode: number): string | undefined {
  if (world.objects.invalidate_lock(inode).writer !== 0) return undefined;
  const { whereabouts } = world;
  if (whereabouts !== undefined) {
    // What was written while the lock was free was judged when it was.
    if (whereabouts.unjudged[inode] === 0) return undefined;
    whereabouts.unjudged[inode] = 0;
  }
  for (let file = 1; file < world.facts.sizes.file; file++) {
    if (world.objects.file(file).inode !== inode) continue;
    const broken = bindingsOfFile(world, file);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

/** Runs a check of one file on all of them. */
const everyFile = (check: (world: CheckedWorld, file: number) => string | undefined) => (world: CheckedWorld): string | undefined => {
  for (let file = 1; file < world.facts.sizes.file; file++) {
    const broken = check(world, file);
    if (broken !== undefined) return broken;
  }
  return undefined;
};
/** Runs a check of one memslot on all of them. */
const everySlot = (check: (world: CheckedWorld, slot: number) => string | undefined) => (world: CheckedWorld): string | undefined => {
  for (let slot = 1; slot < world.facts.sizes.slot; slot++) {
    const broken = check(world, slot);
    if (broken !== undefined) return broken;
  }
  return undefined;
};

export const s11: Invariant = {
  id: 'S-11',
  title: 'bindings lead to the memslots that they were made for',
  statement: 'While nobody changes bindings, an index that is bound leads to a memslot that exists, covers the index, belongs to the VM of '
    + 'the file and points back to it, or to nothing while the file is being released. A memslot that was freed is never bound.',
  onWrite: {
    binding: bindingBroken,
    memslot: bindingsToSlot,
    slot_gmem: bindingsToSlot,
    invalidate_lock: bindingsOfInode,
    // Its reference count is written all the time; bindings only care for its end.
    file: (world, file) => (world.objects.file(file).state === FILE_RELEASED ? bindingsOfFile(world, file) : undefined),
  },
  whole: everyFile(bindingsOfFile),
};

/** Can faults find the memslot, or the file? One that only names its file yet is not bound. */
function isBound(world: CheckedWorld, slot: number): boolean {
  const { memslot, memslots, memslot_set, slot_gmem, binding } = world.objects;
  const { kvm, slot_id: id, pgoff, npages } = memslot(slot);
  if (kvm !== 0 && memslot_set(kvm - 1, memslots(kvm - 1).active).slot.at(id) === slot) return true;
  const { file } = slot_gmem(slot);
  for (let index = pgoff; index < pgoff + npages; index++) if (binding(file, index).slot === slot) return true;
  return false;
}

function overlapBroken(world: CheckedWorld, slot: number): string | undefined {
  const { memslot, slot_gmem } = world.objects;
  const { file } = slot_gmem(slot);
  const { state, pgoff, npages, flags } = memslot(slot);
  if (file === 0 || state !== SLOT_LIVE || (flags & KVM_MEMSLOT_INVALID) !== 0 || !isBound(world, slot)) return undefined;
  for (let other = 1; other < world.facts.sizes.slot; other++) {
    if (other === slot || slot_gmem(other).file !== file) continue;
    const there = memslot(other);
    if (there.state !== SLOT_LIVE || (there.flags & KVM_MEMSLOT_INVALID) !== 0 || !isBound(world, other)) continue;
    if (pgoff < there.pgoff + there.npages && there.pgoff < pgoff + npages) return `memslots ${slot} and ${other} are both bound to ${place(world, file, Math.max(pgoff, there.pgoff))}`;
  }
  return undefined;
}

export const s12: Invariant = {
  id: 'S-12',
  title: 'memslots of a file do not overlap in it',
  statement: 'The index ranges of the memslots that are bound to one file are disjoint.',
  onWrite: { slot_gmem: overlapBroken, memslot: overlapBroken, binding: (world, file, index) => overlapBroken(world, world.objects.binding(file, index).slot) },
  whole: everySlot(overlapBroken),
};

function pointerBroken(world: CheckedWorld, slot: number): string | undefined {
  const { memslot, slot_gmem, file: files } = world.objects;
  const { file } = slot_gmem(slot);
  if (file === 0 || memslot(slot).state !== SLOT_LIVE) return undefined;
  const { state, kvm } = files(file);
  if (state !== FILE_LIVE && state !== FILE_DYING) return `memslot ${slot} points to file ${file}, which is ${state === FILE_RELEASED ? 'released' : 'free'}`;
  // A memfd is of no VM.
  if (kvm !== memslot(slot).kvm && world.facts.config.shmem !== true) return `memslot ${slot} points to ${fileName(world, file)}, which does not belong to its VM`;
  return undefined;
}

export const s13: Invariant = {
  id: 'S-13',
  title: 'the file pointer of a memslot is not left behind',
  statement: 'If a memslot points to a file, that file is open or being released, and belongs to the VM of the memslot: it was not freed or used again for another.',
  onWrite: {
    slot_gmem: pointerBroken,
    memslot: pointerBroken,
    file: (world, file) => {
      const { state, kvm } = world.objects.file(file);
      if ((state === FILE_LIVE || state === FILE_DYING) && kvm !== 0) return undefined;
      for (let slot = 1; slot < world.facts.sizes.slot; slot++) {
        if (world.objects.slot_gmem(slot).file !== file) continue;
        const broken = pointerBroken(world, slot);
        if (broken !== undefined) return broken;
      }
      return undefined;
    },
  },
  whole: everySlot(pointerBroken),
};
