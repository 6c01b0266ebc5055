// Mistakes that the catalogue has not, so that every property that is checked has one that it notices.

import { step } from '../../../machines/fragment.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { await_, createGmem, notify, punch, read, scenario, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { SC01 } from '../../../src/scenario/builtin/sc01.ts';
import { SC16 } from '../../../src/scenario/builtin/sc16.ts';
import { SC18 } from '../../../src/scenario/builtin/sc18.ts';
import { SC22 } from '../../../src/scenario/builtin/sc22.ts';
import { steps } from '../../../src/steps/fault.ts';
import type { Fault } from '../../../src/memory/frames.ts';

/** A second memslot over a page of the file that has one, and a guest that uses both. */
const overlapping = scenario({
  name: 'overlapping-slots', vms: [{ vcpus: [{ program: [write(0, 1), await_('tried'), write(1, 2), read(0)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 2, 'private')],
  threads: [{ name: 'main', program: [slot(1, 1, 1, { fd: 'A' }), notify('tried')] }],
});
/** A page that goes from one VM to another. */
const recycledPage = scenario({
  name: 'recycled-page',
  vms: [{ vcpus: [{ program: [write(0, 7), notify('written')] }] }, { vcpus: [{ program: [await_('free'), read(1)] }] }],
  setup: [
    createGmem('A', 1, { vm: 0 }), createGmem('B', 1, { vm: 1 }), slot(0, 0, 1, { vm: 0, fd: 'A' }), slot(0, 1, 1, { vm: 1, fd: 'B' }),
    setAttributes(0, 1, 'private', { vm: 0 }), setAttributes(1, 1, 'private', { vm: 1 }),
  ],
  threads: [{ name: 'main', program: [await_('written'), punch('A', 0, 1), notify('free')] }],
});

export const otherMutants: readonly Mutant[] = [
  {
    id: 'A01', does: 'ends an invalidation without dropping in_progress', where: 'kvm_mmu_invalidate_end', scenario: SC01, shownBy: ['S-14', 'L-01'],
    fragments: { 'gmem.invalidateEnd': (edit) => edit.remove('drop', 'unlock') },
  },
  {
    id: 'A02', does: 'binds a part of a file that is bound already', where: 'kvm_gmem_bind', scenario: overlapping, shownBy: ['S-05', 'S-12', 'S-34'],
    fragments: { 'gmem.bind': (edit) => edit.remove('overlap', 'file') },
  },
  {
    id: 'A03', does: 'does not say that a page that it has cleared is up to date', where: 'kvm_gmem_get_folio', scenario: SC01, shownBy: ['S-06'],
    fragments: { 'gmem.getFolio': (edit) => edit.remove('uptodate', '^done') },
  },
  {
    id: 'A04', does: 'gives a VM a page that another one has written, without clearing it', where: 'kvm_gmem_get_folio', scenario: recycledPage, shownBy: ['S-27', 'S-29'],
    fragments: { 'gmem.getFolio': (edit) => edit.redirect('insert', 'ok', 'uptodate') },
  },
  {
    id: 'A05', does: 'names a copy of the attribute that is out of date in its exit', where: 'kvm_mmu_prepare_memory_fault_exit', scenario: SC16, shownBy: ['S-33'],
    steps: { 'fault.prepareMemoryFault': changed<Fault>(() => steps['fault.prepareMemoryFault']) },
  },
  {
    id: 'A06', does: 'takes invalidate_lock while it holds the folio lock', where: 'kvm_gmem_error_folio', scenario: SC22, shownBy: ['L-04', 'S-17'],
    fragments: { 'gmem.errorFolio': (edit) => {
      edit.replace('lock', step('inode.downRead', 'filemap_invalidate_lock_shared', { ok: 'begin' }));
      edit.replace('unlock', step('inode.upRead', 'filemap_invalidate_unlock_shared', { ok: '^done' }));
    } },
  },
  {
    id: 'A08', does: 'discards the old side of a page before it changes the attributes', where: 'kvm_convert_memory of QEMU', scenario: SC18, shownBy: ['S-27'],
    fragments: { 'vmm.convert': (edit) => {
      edit.insertBefore('attributes', 'early', step('convert.discardNext', 'ram_block_discard_guest_memfd_range, too early', { sent: 'discarding', done: 'attributes' }));
      edit.add('discarding', step('convert.receive', 'in fallocate(2) or madvise(2)', { ok: 'early', failed: '^failed' }));
      edit.redirect('converted', 'ok', '^done');
      edit.remove('discarded', '^done');
      edit.remove('discard', '^done');
    } },
  },
];
