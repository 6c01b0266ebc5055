// Mutants of memslots, files and VMs: how they are made, bound to each other, and go.

import { step, use } from '../../../machines/fragment.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { add, less } from '../../../src/memory/u64.ts';
import { SC25 } from '../../../src/scenario/builtin/sc25.ts';
import { SC26 } from '../../../src/scenario/builtin/sc26.ts';
import { SC29 } from '../../../src/scenario/builtin/sc29.ts';
import { SC33 } from '../../../src/scenario/builtin/sc33.ts';
import { SC34 } from '../../../src/scenario/builtin/sc34.ts';
import { SC35 } from '../../../src/scenario/builtin/sc35.ts';
import { SC37 } from '../../../src/scenario/builtin/sc37.ts';
import { SC38 } from '../../../src/scenario/builtin/sc38.ts';
import { dying, validate, type OnSlot } from '../../../src/steps/gmem-bind.ts';
import type { Operation } from '../../../src/memory/frames.ts';

export const lifecycleMutants: readonly Mutant[] = [
  {
    id: 'M30', does: 'zaps nothing when a file is released', where: 'kvm_gmem_release', scenario: SC25, shownBy: ['S-01', 'S-03', 'S-31'],
    fragments: { 'gmem.release': (edit) => {
      edit.remove('begin', 'end');
      edit.remove('end', 'unlink');
    } },
  },
  {
    id: 'M32', does: 'leaves the file pointers of memslots when a file is released', where: 'kvm_gmem_release', scenario: SC25, shownBy: ['S-13'],
    fragments: { 'gmem.release': (edit) => edit.remove('slots', 'begin') },
  },
  {
    id: 'M34', does: 'deletes a memslot without publishing it as INVALID first', where: 'kvm_delete_memslot', scenario: SC29, shownBy: ['S-10'],
    fragments: { 'slots.delete': (edit) => {
      edit.replace('invalidate', use('mmu.zapAllFast', 'prepare'));
      edit.remove('freeInvalid', 'bound');
    } },
  },
  {
    id: 'M35', does: 'does not wait for the readers of the old memslots', where: 'kvm_swap_active_memslots', scenario: SC29, shownBy: ['S-28', 'S-34', 'data-race'],
    fragments: { 'slots.swap': (edit) => {
      edit.remove('mark', 'synchronize');
      edit.remove('synchronize', 'generation');
    } },
  },
  {
    id: 'M39', does: 'leaves the bindings of a memslot to a file that is dying', where: 'kvm_gmem_unbind', scenario: SC26, shownBy: ['S-11'],
    steps: { 'unbind.tryGetFile': changed<OnSlot>((inner) => (world, f, choose) => (world.file(f.handle).f_count === 0 ? dying : inner(world, f, choose))) },
  },
  {
    id: 'M40', does: 'leaves the binding of a memslot that could not be made', where: 'kvm_set_memslot', scenario: SC37, shownBy: ['S-11', 'S-22', 'data-race'],
    fragments: { 'slots.create': (edit) => edit.redirect('bound', 'bound', 'free') },
  },
  {
    id: 'M41', does: 'keeps a reference on the file that a memslot is bound to', where: 'kvm_gmem_bind', scenario: SC38, shownBy: ['S-19', 'L-07'],
    fragments: { 'gmem.bind': (edit) => edit.remove('put', '^done') },
  },
  {
    id: 'M42', does: 'binds a file that belongs to another VM', where: 'kvm_gmem_bind', scenario: SC34, shownBy: ['S-11', 'S-13', 'S-22'],
    steps: { 'bind.validate': changed<OnSlot>((inner) => (world, f, choose) => {
      const { vm } = f;
      f.vm = world.file(f.handle).kvm - 1;
      const result = inner(world, f, choose);
      f.vm = vm;
      return result;
    }) },
  },
  {
    id: 'M44', does: 'lets a change of flags take GUEST_MEMFD away', where: '__kvm_set_memory_region', scenario: SC33, shownBy: ['S-11', 'data-race'],
    fragments: { 'vm.setRegion': (edit) => edit.remove('fileFlag', 'updateFlags') },
  },
  {
    id: 'M76', does: 'drops its reference on the VM while it holds slots_lock', where: 'kvm_gmem_release', scenario: SC38, shownBy: ['S-18'],
    fragments: { 'gmem.release': (edit) => {
      edit.remove('putKvm', 'putInode');
      edit.insertBefore('unlockSlots', 'putKvm', step('release.putKvm', 'kvm_put_kvm, too early', { ok: 'unlockSlots' }));
    } },
  },
  {
    id: 'M77', does: 'makes a file that does not hold its VM', where: '__kvm_gmem_create', scenario: SC38, shownBy: ['S-11', 'S-14', 'S-18', 'S-19', 'S-34', 'L-07'],
    steps: { 'create.pinKvm': changed<Operation>(() => ({ file }, f) => {
      file(f.handle).kvm = f.vm + 1;
      return ok;
    }) },
  },
  {
    id: 'M79', does: 'compares the end of a binding with the size of the file as signed numbers', where: 'kvm_gmem_bind', scenario: SC35, shownBy: ['S-22', 'S-25'],
    steps: { 'bind.validate': changed<OnSlot>(() => (world, f) => validate(world, f, (offset, size, i_size) => less(i_size, add(offset, size)))) },
  },
  {
    id: 'M94b', does: 'releases invalidate_lock on a path that has not taken it', where: 'kvm_gmem_bind', scenario: SC34, shownBy: ['S-18'],
    fragments: { 'gmem.bind': (edit) => edit.redirect('validate', 'refused', 'unlockError') },
  },
];
