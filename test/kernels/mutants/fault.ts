// Mutants of the fault path: kvm_tdp_page_fault, kvm_gmem_get_pfn, kvm_tdp_mmu_map.

import { step, use } from '../../../machines/fragment.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { TAG_POISON, TAG_ZERO } from '../../../src/memory/layouts/folio.ts';
import { MEMORY_FAULT_FLAG_PRIVATE } from '../../../src/memory/layouts/vcpu.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { allocate, createGmem, read, scenario, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { SC01 } from '../../../src/scenario/builtin/sc01.ts';
import { SC02 } from '../../../src/scenario/builtin/sc02.ts';
import { SC03 } from '../../../src/scenario/builtin/sc03.ts';
import { SC05 } from '../../../src/scenario/builtin/sc05.ts';
import { SC11 } from '../../../src/scenario/builtin/sc11.ts';
import { SC12 } from '../../../src/scenario/builtin/sc12.ts';
import { SC13 } from '../../../src/scenario/builtin/sc13.ts';
import { SC19 } from '../../../src/scenario/builtin/sc19.ts';
import { SC21 } from '../../../src/scenario/builtin/sc21.ts';
import { SC29 } from '../../../src/scenario/builtin/sc29.ts';
import { EIO } from '../../../src/steps/errno.ts';
import { hugeBacked, installLeaf, isPrivate, shared, stale } from '../../../src/steps/fault.ts';
import { mismatch } from '../../../src/steps/gmem-fault.ts';
import { HUGE_PAGES } from '../../../src/steps/huge.ts';
import type { Fault, FolioAt, GetPfn } from '../../../src/memory/frames.ts';
import type { Frame, World } from '../../../src/memory/world.ts';

/** A memslot that does not begin at gfn 0, over the beginning of its file. */
const behind = scenario({
  name: 'slot-behind', vms: [{ vcpus: [{ program: [write(1, 7), read(1)] }] }],
  setup: [createGmem('A', 2), createGmem('B', 1), slot(0, 0, 1, { fd: 'B' }), slot(1, 1, 1, { fd: 'A' }), setAttributes(0, 2, 'private'), allocate('A', 0, 2)],
});
/** A memslot that ends in the middle of a huge page of its memory. */
const odd = scenario({
  name: 'slot-of-six', vms: [{ vcpus: [{ program: [read(0), read(4)] }] }],
  memory: [{ name: 'ram', pages: 8, huge: true }], setup: [slot(0, 0, 6, { memory: 'ram' }), setAttributes(0, 8, 'shared')],
});

type Range = { readonly range_start: number; readonly range_end: number };

/** mmu_invalidate_retry_gfn, with a test of the range of one's own; gfns in it are stored + 1. */
const staleBy = (inside: (gfn: number, range: Range) => boolean) => changed<Fault>(() => ({ kvm_mmu, mmu_root, vcpu_root }, f) => {
  if (vcpu_root(f.vcpu).root - 1 !== mmu_root(f.vm).valid) return stale;
  if (f.slot === 0) return ok;
  const mmu = kvm_mmu(f.vm);
  if (mmu.mmu_invalidate_in_progress !== 0 && (mmu.range_start === 0 || inside(f.gfn + 1, mmu))) return stale;
  return mmu.mmu_invalidate_seq !== f.mmu_seq ? stale : ok;
});

/** kvm_gmem_get_pfn, with a formula of one's own for the index. */
const indexBy = (index: (gfn: number, base: number, pgoff: number) => number) => changed<GetPfn>(() => ({ memslot, binding }, f) => {
  const { base_gfn, pgoff } = memslot(f.slot);
  f.index = index(f.gfn, base_gfn, pgoff);
  if (binding(f.file, f.index).slot !== f.slot) {
    f.errno = EIO;
    return mismatch;
  }
  f.max_order = 0;
  f.map_writable = 1;
  return ok;
});

const hugePage = ({ lpage_info }: World, f: Frame<Fault>): { disallow_lpage: number; mixed: number } => lpage_info(f.slot, Math.floor(f.gfn / HUGE_PAGES));

export const faultMutants: readonly Mutant[] = [
  {
    id: 'M01', does: 'takes the snapshot of mmu_invalidate_seq behind the look-up of the page', where: 'kvm_faultin_pfn', scenario: SC01, shownBy: ['S-01', 'S-03', 'S-27'],
    fragments: { 'mmu.fault': (edit) => {
      edit.remove('snapshot', 'invalid');
      edit.insertBefore('lock', 'snapshot', step('fault.snapshotSeq', 'too late', { ok: 'lock' }));
    } },
  },
  {
    id: 'M02', does: 'has no stale test under mmu_lock', where: 'kvm_tdp_page_fault', scenario: SC01, shownBy: ['S-01', 'S-03', 'S-27'],
    fragments: { 'mmu.fault': (edit) => edit.remove('stale', 'map') },
  },
  {
    id: 'M03', does: 'looks at in_progress only, not at mmu_invalidate_seq, in the stale test', where: 'mmu_invalidate_retry_gfn', scenario: SC01, shownBy: ['S-01', 'S-03', 'S-27'],
    steps: { 'fault.testStale': changed<Fault>((inner) => (world, f, choose) => {
      f.mmu_seq = world.kvm_mmu(f.vm).mmu_invalidate_seq;
      return inner(world, f, choose);
    }) },
  },
  {
    id: 'M11', does: 'leaves the first gfn of an open invalidation out of the range test', where: 'mmu_invalidate_retry_gfn', scenario: SC02, shownBy: ['S-01', 'S-03'],
    steps: { 'fault.testStale': staleBy((gfn, { range_start, range_end }) => gfn > range_start && gfn < range_end) },
  },
  {
    id: 'M11b', does: 'leaves the last gfn of an open invalidation out of the range test', where: 'mmu_invalidate_retry_gfn', scenario: SC02, shownBy: ['S-01', 'S-03'],
    steps: { 'fault.testStale': staleBy((gfn, { range_start, range_end }) => gfn >= range_start && gfn < range_end - 1) },
  },
  {
    id: 'M13', does: 'forgets the offset of the memslot in its file in the formula of the index', where: 'kvm_gmem_get_pfn', scenario: SC05, shownBy: ['S-34'],
    steps: { 'gmem.testBinding': indexBy((gfn, base) => gfn - base) },
  },
  {
    id: 'M13b', does: 'tests the binding at the right index and takes the page at one without the offset', where: 'kvm_gmem_get_pfn', scenario: SC05, shownBy: ['S-01', 'S-27'],
    steps: { 'gmem.testBinding': changed<GetPfn>((inner) => (world, f, choose) => {
      const result = inner(world, f, choose);
      f.index = f.gfn - world.memslot(f.slot).base_gfn;
      return result;
    }) },
  },
  {
    id: 'M14', does: 'forgets the first gfn of the memslot in the formula of the index', where: 'kvm_gmem_get_pfn', scenario: behind, shownBy: ['S-34'],
    steps: { 'gmem.testBinding': indexBy((gfn, _base, pgoff) => gfn + pgoff) },
  },
  {
    id: 'M15', does: 'compares with the attribute before it takes the snapshot', where: 'kvm_faultin_pfn', scenario: SC11, shownBy: ['S-04'],
    fragments: { 'mmu.fault': (edit) => {
      edit.insertBefore('snapshot', 'early', step('fault.testPrivacy', 'kvm_mem_is_private, too early', { differs: 'memoryFault', private: 'snapshot', shared: 'snapshot' }));
      edit.replace('privacy', step('fault.takeBacking', 'the memory that the access meant', { private: 'private', shared: 'shared' }));
    } },
    steps: { 'fault.takeBacking': changed<Fault>(() => (_world, f) => (f.intent !== 0 ? isPrivate : shared)) },
  },
  {
    id: 'M16', does: 'does not compare what the access means with the attribute', where: 'kvm_faultin_pfn', scenario: SC11, shownBy: ['S-04'],
    steps: { 'fault.testPrivacy': changed<Fault>(() => (_world, f) => (f.intent !== 0 ? isPrivate : shared)) },
  },
  {
    id: 'M17', does: 'tells userspace the kind that is in force instead of that of the access', where: 'kvm_mmu_prepare_memory_fault_exit', scenario: SC12, shownBy: ['S-30'],
    steps: { 'fault.prepareMemoryFault': changed<Fault>((inner) => (world, f, choose) => {
      const result = inner(world, f, choose);
      if (result === ok) world.kvm_run(f.vcpu).flags = world.mem_attr(f.vm, f.gfn).attributes !== 0 ? MEMORY_FAULT_FLAG_PRIVATE : 0;
      return result;
    }) },
  },
  {
    id: 'M18', does: 'does not ask whether the page is poisoned', where: 'kvm_gmem_get_pfn', scenario: SC19, shownBy: ['S-08'],
    fragments: { 'gmem.getPfn': (edit) => edit.remove('poison', 'unlock') },
  },
  {
    id: 'M19', does: 'never drops the reference on a page that it finds poisoned', where: 'kvm_gmem_get_pfn', scenario: SC21, shownBy: ['S-19'],
    fragments: { 'gmem.getPfn': (edit) => edit.remove('putPoisoned', 'putError') },
  },
  {
    id: 'M25', does: 'says that a new page is up to date before it clears it, and unlocks it meanwhile', where: 'kvm_gmem_get_folio', scenario: SC01, shownBy: ['S-27'],
    fragments: { 'gmem.getFolio': (edit) => {
      edit.redirect('insert', 'ok', 'uptodate');
      edit.redirect('uptodate', 'ok', 'unlockEarly');
      edit.add('unlockEarly', step('folio.unlock', 'too early', { ok: 'clearLate' }));
      edit.add('clearLate', step('folio.clearLate', 'clear_highpage', { ok: 'lockAgain' }));
      edit.add('lockAgain', step('folio.lock', 'folio_lock', { ok: '^done' }));
    } },
    steps: { 'folio.clearLate': changed<FolioAt>(() => ({ page }, f) => {
      const content = page(f.pfn);
      if (content.tag !== TAG_POISON) content.tag = TAG_ZERO;
      content.writer = 0;
      content.value = 0;
      content.secret_of = 0;
      return ok;
    }) },
  },
  {
    id: 'M25b', does: 'maps a new page without clearing it', where: 'kvm_gmem_get_folio', scenario: SC03, shownBy: ['S-27'],
    fragments: { 'gmem.getFolio': (edit) => edit.redirect('insert', 'ok', 'uptodate') },
  },
  {
    id: 'M57', does: 'installs a huge leaf though the attributes in the huge page are mixed', where: 'kvm_mmu_max_mapping_level', scenario: SC13, shownBy: ['S-04', 'S-09'],
    steps: { 'fault.map': changed<Fault>(() => (world, f) => installLeaf(world, f, hugeBacked(world, f) && hugePage(world, f).disallow_lpage === 0)) },
  },
  {
    id: 'M58', does: 'installs a huge leaf that reaches beyond its memslot', where: 'kvm_mmu_max_mapping_level', scenario: odd, shownBy: ['S-09', 'S-10'],
    steps: { 'fault.map': changed<Fault>(() => (world, f) => installLeaf(world, f, hugeBacked(world, f) && hugePage(world, f).mixed === 0)) },
  },
  {
    id: 'M59', does: 'takes a memslot that is INVALID for none, and emulates the access', where: 'kvm_faultin_pfn', scenario: SC29, shownBy: ['S-10'],
    fragments: { 'mmu.fault': (edit) => edit.redirect('invalid', 'invalid', 'mmio') },
  },
  {
    id: 'M94', does: 'looks the page up, and allocates it, while it holds mmu_lock', where: 'kvm_tdp_page_fault', scenario: SC01, shownBy: ['S-18'],
    fragments: { 'mmu.fault': (edit) => {
      edit.insertBefore('private', 'lockEarly', use('mmu.readLock', 'private'));
      edit.redirect('private', 'done', 'stale');
      edit.redirect('private', 'error', 'unlockError');
      edit.add('unlockError', step('mmu.readUnlock', 'read_unlock(&kvm->mmu_lock)', { ok: 'memoryFault' }));
    } },
  },
];
