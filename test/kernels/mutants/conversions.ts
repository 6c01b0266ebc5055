// Mutants of conversions in place: cut from the RFC of 2025 and from the series of 2026, with their known bugs mended.

import { step } from '../../../machines/fragment.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { SHAREABILITY_ALL } from '../../../src/memory/layouts/shareability.ts';
import { blocked, ok } from '../../../src/memory/outcome.ts';
import {
  allocate, await_, call, convertGmem, createGmem, forever, hostRead, hostWrite, memoryError, mix, notify, punch, read, run, scenario, slot, write,
} from '../../../src/scenario/builder.ts';
import { SC40 } from '../../../src/scenario/builtin/sc40.ts';
import { SC41 } from '../../../src/scenario/builtin/sc41.ts';
import { SC42 } from '../../../src/scenario/builtin/sc42.ts';
import { SC44 } from '../../../src/scenario/builtin/sc44.ts';
import type { Convert } from '../../../src/steps/gmem-convert.ts';
import { FILTER_PRIVATE, FILTER_SHARED, type SetAttributes2 } from '../../../src/steps/gmem-set-attributes.ts';
import type { Frame, World } from '../../../src/memory/world.ts';
import { noteConverted, shareabilityAt, storeExactly, withShareability } from '../../../src/steps/shareability.ts';

const RFC = 'conversions-2025-fixed', SERIES = 'conversions-2026-fixed';

const view = { name: 'view', pages: 1, mapped: false } as const;
const mapped = [createGmem('A', 1, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 4096 }), slot(0, 0, 1, { fd: 'A', memory: 'view' })];

/** The host has touched the page, and nobody uses it any more. */
const touched = scenario({
  name: 'convert-touched', vms: [{}], memory: [view], setup: mapped,
  threads: [{ name: 'main', program: [hostWrite('view', 0, 1), convertGmem('A', 0, 1, 'private'), convertGmem('A', 0, 1, 'private')] }],
});
/** The host touches a page that is not there yet. */
const untouched = scenario({
  name: 'convert-untouched', vms: [{}], memory: [view], setup: mapped,
  threads: [{ name: 'main', program: [convertGmem('A', 0, 1, 'private')] }, { name: 'host', program: [hostWrite('view', 0, 5)] }],
});
/** Page by page. */
const twice = scenario({
  name: 'convert-neighbours', vms: [{}], setup: [createGmem('A', 3, { init: 'shared' })],
  threads: [{ name: 'main', program: [convertGmem('A', 0, 1, 'private'), convertGmem('A', 1, 1, 'private'), convertGmem('A', 2, 1, 'shared'), convertGmem('A', 0, 1, 'shared')] }],
});
/** One wants what the other does not want. */
const converters = scenario({
  name: 'two-converters', vms: [{}], setup: [createGmem('A', 2, { init: 'shared' })],
  threads: [{ name: 'one', program: [convertGmem('A', 0, 2, 'private')] }, { name: 'other', program: [convertGmem('A', 0, 1, 'private'), convertGmem('A', 0, 1, 'shared')] }],
});
/** What the guest has written becomes visible to the host. */
const published = scenario({
  name: 'convert-published', vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 7, { private: true })] }] }], memory: [view],
  setup: [createGmem('A', 1, { init: 'private' }), call('mmap', { region: 'view', fd: 'A', length: 4096 }), slot(0, 0, 1, { fd: 'A', memory: 'view' })],
  threads: [{ name: 'main', program: [convertGmem('A', 0, 1, 'shared')] }, { name: 'host', program: [hostRead('view', 0)] }],
});
/** The guest has mapped the page as what it is not to be any more. */
const mappedShared = scenario({
  name: 'convert-mapped', vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 1)] }] }], setup: [createGmem('A', 1, { init: 'shared' }), slot(0, 0, 1, { fd: 'A' })],
  threads: [{ name: 'main', program: [convertGmem('A', 0, 1, 'private')] }],
});
/** A vCPU and a thread come again and again to a page that is lost, and the guest's alone. A hole where it is. */
const faultedWithoutEnd = scenario({
  name: 'punch-faulted', about: ['L-09'], vms: [{ type: 'confidential', vcpus: [{ program: [read(0, { private: true })], thread: [await_('lost'), run('retry')] }] }],
  memory: [view],
  setup: [createGmem('A', 1, { init: 'private' }), call('mmap', { region: 'view', fd: 'A', length: 4096 }), slot(0, 0, 1, { fd: 'A', memory: 'view' }), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [await_('lost'), punch('A', 0, 1)] }, { name: 'host', program: [await_('lost'), forever([mix([hostRead('view', 0)])])] }],
  hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 }), notify('lost')] }],
});
const unaligned = scenario({
  name: 'convert-unaligned', vms: [{}], setup: [createGmem('A', 2, { init: 'shared' })],
  threads: [{ name: 'main', program: [call('convert_gmem', { fd: 'A', offset: 0, size: 4097, to: 'private', expect: 'EINVAL' })] }],
});

/** down_read that only a writer who has the lock holds up. */
function overtakes({ invalidate_lock }: World, f: Frame<object>, inode: number): number {
  const lock = invalidate_lock(inode);
  if (lock.writer !== 0) return blocked(lock);
  lock.readers.set(f.self);
  return ok;
}

export const conversionMutants: readonly Mutant[] = [
  {
    id: 'M46', does: 'does not test the refcount before a conversion', where: 'kvm_gmem_convert_should_proceed', base: RFC, scenario: SC40, shownBy: ['S-07'],
    fragments: { 'gmem.convert': (edit) => edit.redirect('unmap', 'done', 'excludeNext') },
  },
  {
    id: 'M47', does: 'does not unmap the host before a conversion', where: 'kvm_gmem_convert_should_proceed', base: RFC, scenario: touched, shownBy: ['L-05'],
    fragments: { 'gmem.convert': (edit) => edit.redirect('excludeNext', 'ok', 'references') },
  },
  {
    id: 'M48', does: 'tests the refcount before it unmaps', where: 'kvm_gmem_convert_should_proceed', base: RFC, scenario: touched, shownBy: ['L-05'],
    fragments: { 'gmem.convert': (edit) => {
      edit.redirect('excludeNext', 'ok', 'references');
      edit.redirect('references', 'done', 'unmap');
    } },
  },
  {
    id: 'M50', does: 'answers EAGAIN when part of the range is stored', where: 'kvm_gmem_convert_range', base: RFC, scenario: SC44, shownBy: ['S-21'],
    fragments: { 'gmem.convert': (edit) => {
      edit.redirect('references', 'done', 'storeNow');
      edit.add('storeNow', step('convert.store', 'the item at once', { ok: 'excludeNext', enomem: 'undoNext' }));
      edit.redirect('excludeNext', 'done', 'endNext');
    } },
  },
  {
    id: 'M51', does: 'forgets the end of an invalidation on its way to EAGAIN', where: 'kvm_gmem_convert_range', base: RFC, scenario: SC44, shownBy: ['S-14'],
    fragments: { 'gmem.convert': (edit) => edit.redirect('references', 'busy', 'unlock') },
  },
  {
    id: 'M54', does: 'stores ranges without merging them', where: 'kvm_gmem_shareability_store', base: RFC, scenario: twice, shownBy: ['S-20'],
    steps: { 'convert.store': changed<Convert>(() => (world, f) => {
      storeExactly(withShareability(world), f.inode, f.start, f.end, f.shareability);
      noteConverted(withShareability(world), f.self, f.start, f.end, true);
      return ok;
    }) },
  },
  {
    id: 'M54b', does: 'looks for the left neighbour of page 0 at the end of the file', where: 'kvm_gmem_shareability_store', base: RFC, scenario: twice, shownBy: ['S-20'],
    steps: { 'convert.store': changed<Convert>((inner) => (world, f, choose) => {
      const ranges = withShareability(world);
      const { i_size } = world.inode(f.inode);
      const wraps = f.start === 0 && f.shareability === SHAREABILITY_ALL && shareabilityAt(ranges, f.inode, i_size - 1) === SHAREABILITY_ALL;
      const result = inner(world, f, choose);
      // What begins there and ends at the item's end is what is stored.
      if (wraps) ranges.shareability(f.inode, i_size - 1).behind = f.end;
      return result;
    }) },
  },
  {
    id: 'M72', does: 'zaps leaves of the wrong kind in a conversion', where: 'kvm_gmem_set_attributes', base: SERIES, scenario: mappedShared, shownBy: ['S-04'],
    steps: { 'convert.validate': changed<SetAttributes2>((inner) => (world, f, choose) => {
      const result = inner(world, f, choose);
      if (f.filter !== 0) f.filter = f.filter === FILTER_PRIVATE ? FILTER_SHARED : FILTER_PRIVATE;
      return result;
    }) },
  },
  {
    id: 'M80', does: 'does not drain LRU batches', where: 'kvm_gmem_is_safe_for_conversion', base: SERIES, scenario: SC42, shownBy: ['L-05', 'S-22'],
    fragments: { 'gmem.testReferences': (edit) => edit.remove('drain', 'test') },
  },
  {
    id: 'M81', does: 'converts under the shared lock', where: 'kvm_gmem_convert_range', base: RFC, scenario: converters, shownBy: ['S-21'],
    fragments: { 'gmem.convert': (edit) => {
      edit.replace('lock', step('inode.downRead', 'filemap_invalidate_lock_shared', { ok: 'work' }));
      edit.replace('unlock', step('inode.upRead', 'filemap_invalidate_unlock_shared', { ok: 'finish' }));
    } },
  },
  {
    id: 'M84', does: 'brings pages in for the host without the lock', where: 'kvm_gmem_fault_user_mapping', base: SERIES, scenario: untouched, shownBy: ['S-07', 'data-race'],
    fragments: { 'host.fileFolio': (edit) => {
      edit.remove('lockShared', 'shared');
      edit.remove('unlockShared', 'poison');
      edit.remove('unlockGuestOnly', '^beyond');
      edit.remove('unlockEnomem', '^enomem');
    } },
  },
  {
    id: 'M86', does: 'calls the arch hook for shared when the host can have the page already', where: 'kvm_gmem_set_attributes', base: SERIES, scenario: published, shownBy: ['S-29', 'data-race'],
    fragments: { 'gmem.convert': (edit) => {
      edit.redirect('direction', 'shared', 'store');
      edit.redirect('unlock', 'ok', 'makeShared');
      edit.redirect('makeShared', 'ok', 'finish');
    } },
  },
  {
    id: 'M97', does: 'lets new readers of invalidate_lock pass a writer that waits', where: 'down_read of invalidate_lock', base: SERIES, scenario: faultedWithoutEnd, shownBy: ['L-09'],
    steps: { 'inode.downRead': changed<{ inode: number }>(() => (world, f) => overtakes(world, f, f.inode)), 'fileFolio.downRead': changed<{ of: number }>(() => (world, f) => overtakes(world, f, f.of)) },
  },
  {
    id: 'A12', does: 'tests the alignment of the offset twice, and never that of the size', where: 'kvm_gmem_ioctl_set_attributes', base: SERIES, scenario: unaligned, shownBy: ['S-22'],
    steps: { 'convert.validate': changed<SetAttributes2>((inner) => (world, f, choose) => {
      // The size as if it ended with its last whole page.
      const { payload } = world.mailbox(f.self);
      payload.put(3, payload.at(3) & ~4095);
      return inner(world, f, choose);
    }) },
  },
  {
    id: 'A09', does: 'allocates under mmu_lock', where: 'kvm_gmem_set_attributes', base: SERIES, scenario: mappedShared, shownBy: ['S-18'],
    fragments: { 'gmem.invalidateBegin': (edit) => edit.insertAfter('count', 'ok', 'allocate', step('convert.preallocate', 'an allocation that may sleep', { ok: 'unmap', enomem: 'unmap' })) },
  },
  {
    id: 'A10', does: 'names the page behind the one in the way', where: 'kvm_gmem_has_safe_refcount', base: RFC, scenario: SC41, shownBy: ['S-26'],
    steps: { 'references.test': changed<Convert>((inner) => (world, f, choose) => {
      const result = inner(world, f, choose);
      if (result !== ok) f.error_index += 1;
      return result;
    }) },
  },
];
