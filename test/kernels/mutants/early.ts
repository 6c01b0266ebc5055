// Mutants of the designs before the merged one: cut from the sealed memfd of 2021 and from the private file of 2022, with their known bugs mended.

import { step, use } from '../../../machines/fragment.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { call, scenario } from '../../../src/scenario/builder.ts';
import { SC01 } from '../../../src/scenario/builtin/sc01.ts';
import { SC56 } from '../../../src/scenario/builtin/sc56.ts';
import { SC58 } from '../../../src/scenario/builtin/sc58.ts';
import { SC59 } from '../../../src/scenario/builtin/sc59.ts';
import { SC60 } from '../../../src/scenario/builtin/sc60.ts';
import { sealFrozen } from '../../../src/scenario/builtin/seal-frozen.ts';
import type { Callback } from '../../../src/steps/memfd-owner.ts';
import type { Sealing } from '../../../src/steps/memfd-seals.ts';

const seal = 'fseal-2021-fixed', privateOps = 'private-ops-2022-fixed';

/** A file with a size is to be sealed for a guest. */
const sealFull = scenario({
  name: 'seal-full', vms: [{}], setup: [call('memfd_create', { fd: 'A', size: 4096 })], threads: [{ name: 'main', program: [call('add_seals', { fd: 'A', seals: 0x20 })] }],
});

export const earlyMutants: readonly Mutant[] = [
  {
    id: 'M55', does: 'unlocks the page before its leaf is installed', where: 'put_unlock_pfn', base: seal, scenario: SC58, shownBy: ['S-01', 'S-03', 'S-27'],
    fragments: { 'mmu.fault': (edit) => {
      edit.insertAfter('private', 'done', 'unlockEarly', step('folio.unlock', 'unlock_page', { ok: 'lockPrivate' }));
      edit.remove('putUnlock', 'put');
      edit.remove('putUnlockObsolete', 'putStale');
    } },
  },
  {
    id: 'M56', does: 'takes the last index of an invalidation for the one behind it', where: 'invalidate_page_range', base: seal, scenario: SC58, shownBy: ['S-01', 'S-03'],
    steps: { 'kvm.pageRange': changed<Callback>(() => (_world, f) => {
      f.from = f.index;
      f.to = f.index;
      return ok;
    }) },
  },
  {
    id: 'M56a', does: 'takes a page out of the file before it calls the owner', where: 'shmem_undo_range', base: privateOps, scenario: SC01, shownBy: ['S-01'],
    fragments: { 'memfd.removePage': (edit) => {
      edit.remove('callback', 'unmap');
      edit.insertAfter('remove', 'ok', 'callbackLate', use('guestOps.invalidatePage', 'drop'));
    } },
  },
  {
    id: 'M87', does: 'asks for no size of a file that it seals', where: 'memfd_add_seals', base: seal, scenario: sealFull, shownBy: ['S-23'],
    steps: { 'seals.testSize': changed<Sealing>(() => () => ok) },
    fragments: { 'memfd.addSeals': (edit) => edit.remove('unused', 'write') },
  },
  {
    id: 'M88', does: 'calls back before a page is inserted, without begin and end', where: 'shmem_fallocate', base: privateOps, scenario: SC59, shownBy: ['S-24'],
    fragments: { 'gmem.fallocate': (edit) => {
      edit.insertAfter('check', 'allocate', 'tellFirst', use('guestOps.fallocate', 'allocate'));
      edit.remove('tell', 'unlock');
    } },
  },
  {
    id: 'M88a', does: 'asks whether a page is private by a look-up that allocates it', where: 'page_allocated', base: privateOps, scenario: SC60, shownBy: ['S-24', 'L-04'],
    fragments: { 'privateOps.probe': (edit) => {
      edit.redirect('find', 'absent', 'alloc');
      edit.add('alloc', step('folio.alloc', 'shmem_alloc_page', { ok: 'insert', enomem: '^absent' }));
      edit.add('insert', step('folio.insert', 'shmem_add_to_page_cache', { ok: 'unlock', exists: 'unlock' }));
      edit.add('unlock', step('folio.unlock', 'unlock_page', { ok: 'put' }));
    } },
  },
  {
    id: 'M93', does: 'registers a second owner', where: 'guest_mem_register', base: seal, scenario: SC56, shownBy: ['S-05'],
    steps: { 'register.test': changed<Callback>(() => () => ok) },
  },
  {
    id: 'M94a', does: 'releases the lock of the mappings, which it has not taken', where: 'memfd_add_seals', base: seal, scenario: sealFrozen, shownBy: ['S-18'],
    fragments: { 'memfd.addSeals': (edit) => edit.redirect('frozen', 'refused', 'out') },
  },
];
