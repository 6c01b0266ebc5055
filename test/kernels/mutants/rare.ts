// Mistakes that take more than one race to show: several ordering constraints, two mistakes that are harmless one by one, three vCPUs. They are
// not of the catalogue; strategies differ on them.

import { step } from '../../../machines/fragment.ts';
import { changed, type Mutant } from '../../../src/explore/mutants/mutant.ts';
import { FaultFrame, FlushFrame, VcpuCallFrame, type Fault } from '../../../src/memory/frames.ts';
import { frame, layout, type Table } from '../../../src/memory/layout.ts';
import { kvm_mmu } from '../../../src/memory/layouts/mmu.ts';
import { EXITING_GUEST_MODE, IN_GUEST_MODE, OUTSIDE_GUEST_MODE } from '../../../src/memory/layouts/vcpu.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { allocate, await_, close, createGmem, deleteSlot, notify, punch, read, scenario, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { SC01 } from '../../../src/scenario/builtin/sc01.ts';
import { SC08 } from '../../../src/scenario/builtin/sc08.ts';
import { SC09 } from '../../../src/scenario/builtin/sc09.ts';
import { SC31 } from '../../../src/scenario/builtin/sc31.ts';
import { stale } from '../../../src/steps/fault.ts';
import { inside, outside } from '../../../src/steps/flush.ts';
import type { Scenario, VmmOp } from '../../../src/scenario/types.ts';
import type { World } from '../../../src/memory/world.ts';

const onePage = [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')];
const punches = (times: number): VmmOp[] => Array.from({ length: times }, () => punch('A', 0, 1));

/** A fault, and so many holes in its page. */
const holes = (times: number): Scenario => scenario({
  name: `holes-${times}`, vms: [{ vcpus: [{ program: [write(0, 1)] }] }], setup: onePage, threads: [{ name: 'main', program: punches(times) }],
});
/** Three vCPUs that have the page in their TLBs, two of which stay in the guest, and a hole. */
const threeReaders = scenario({
  name: 'three-readers', setup: [...onePage, allocate('A', 0, 1)],
  vms: [{ vcpus: [
    { program: [read(0), notify('warm1'), await_('punched')] }, { program: [read(0), notify('warm2'), await_('punched')] }, { program: [read(0), notify('warm3'), read(0)] },
  ] }],
  threads: [{ name: 'main', program: [await_('warm1'), await_('warm2'), await_('warm3'), punch('A', 0, 1), notify('punched')] }],
});
/** Three vCPUs that fault, and the deletion of their memslot. */
const threeFaults = scenario({
  name: 'three-faults', setup: onePage, vms: [{ vcpus: [1, 2, 3].map(() => ({ program: [read(0)] })) }], threads: [{ name: 'main', program: [deleteSlot(0, { expect: 'ok' })] }],
});
/** A file that is closed, and another one that gets its object, while a fault looks for it. */
const recycled = scenario({
  name: 'recycled-file', files: 1, vms: [{ vcpus: [{ program: [write(0, 1)] }] }], setup: onePage,
  threads: [{ name: 'main', program: [close('A'), createGmem('B', 1)] }],
});
/** Two vCPUs that bring in the same page. */
const sameIndex = scenario({
  name: 'same-index', setup: onePage, vms: [{ vcpus: [{ program: [write(0, 1)] }, { program: [read(0)] }] }],
});
/** A fault on shared memory, and the deletion of its memslot. */
const sharedSlot = scenario({
  name: 'shared-slot', vms: [{ vcpus: [{ program: [write(0, 1), write(0, 2)] }] }], memory: [{ name: 'ram', pages: 1 }],
  setup: [slot(0, 0, 1, { memory: 'ram' })], threads: [{ name: 'main', program: [deleteSlot(0, { expect: 'ok' })] }],
});

/** struct kvm's bookkeeping, with the lowest bits of the sequence beside it: what a fault compares. */
const narrow = layout('kvm_mmu', { ...kvm_mmu.fields, low: {} }, { per: ['vm'] });
const lowOf = (world: World, vm: number): { low: number } => (world as unknown as { kvm_mmu: Table<typeof narrow> }).kvm_mmu(vm);
type Low = Fault & { low: number };

/** Compares `2 ** bits` values of mmu_invalidate_seq, so that as many ends bring it back to where it was. */
const lowBits = (bits: number): Pick<Mutant, 'objects' | 'registers' | 'steps'> => ({
  objects: [narrow], registers: [frame('mmu.fault', { ...FaultFrame.fields, low: {} })],
  steps: {
    'mmu.advanceSeq': changed<object>((inner) => (world, f, choose) => {
      const own = lowOf(world, f.vm);
      own.low = (own.low + 1) % 2 ** bits;
      return inner(world, f, choose);
    }),
    'fault.snapshotSeq': changed<Low>((inner) => (world, f, choose) => {
      f.low = lowOf(world, f.vm).low;
      return inner(world, f, choose);
    }),
    'fault.testStale': changed<Low>((inner) => (world, f, choose) => {
      if (lowOf(world, f.vm).low !== f.low) return stale;
      f.mmu_seq = world.kvm_mmu(f.vm).mmu_invalidate_seq;
      return inner(world, f, choose);
    }),
  },
});

/** Takes the snapshot once the page is locked, in front of the test whether it is still in the file: harmless by itself. */
const lateSnapshot: Mutant['fragments'] = {
  'mmu.fault': (edit) => edit.remove('snapshot', 'invalid'),
  'gmem.getFolio': (edit) => {
    edit.insertBefore('check', 'snapshot', step('fault.snapshotSeq', 'the page is locked', { ok: 'check' }));
    edit.insertBefore('alloc', 'snapshotAbsent', step('fault.snapshotSeq', 'there is no page', { ok: 'alloc' }));
  },
};
/** Does not ask whether the page is still in the file when it is locked: harmless by itself. */
const noCheck: Mutant['fragments'] = { 'gmem.getFolio': (edit) => edit.remove('check', 'clear') };

/** The two halves of N04. */
export const halves: readonly Mutant[] = [
  { id: 'N04a', does: 'takes the snapshot when the page is locked', where: 'kvm_gmem_get_folio', scenario: SC01, shownBy: [], fragments: lateSnapshot },
  { id: 'N04b', does: 'does not ask whether a page that it has locked is still in the file', where: 'kvm_gmem_get_folio', scenario: SC01, shownBy: [], fragments: noCheck },
];

export const rareMutants: readonly Mutant[] = [
  { id: 'N01', does: 'compares one bit of mmu_invalidate_seq', where: 'mmu_invalidate_retry_gfn', scenario: holes(2), shownBy: ['S-01'], ...lowBits(1) },
  { id: 'N02', does: 'compares two bits of mmu_invalidate_seq', where: 'mmu_invalidate_retry_gfn', scenario: holes(4), shownBy: ['S-01'], ...lowBits(2) },
  {
    id: 'N03', does: 'does not test a fault any more that came too late twice', where: 'kvm_tdp_page_fault', scenario: holes(3), shownBy: ['S-01'],
    registers: [frame('vcpu.call', { ...VcpuCallFrame.fields, retries: {} })],
    steps: { 'fault.testStale': changed<Fault & { retries: number }>((inner) => (world, f, choose) => {
      if (f.retries >= 2) return ok;
      const result = inner(world, f, choose);
      if (result === stale && world.kvm_mmu(f.vm).mmu_invalidate_in_progress === 0) f.retries += 1;
      return result;
    }) },
  },
  {
    id: 'N04', does: 'takes the snapshot when the page is locked, and does not ask whether that is still in the file', where: 'kvm_gmem_get_folio', scenario: SC01, shownBy: ['S-01'],
    fragments: {
      'mmu.fault': lateSnapshot['mmu.fault']!,
      'gmem.getFolio': (edit) => {
        lateSnapshot['gmem.getFolio']!(edit);
        noCheck['gmem.getFolio']!(edit);
      },
    },
  },
  {
    id: 'N05', does: 'does not look again at the file pointer when it has its reference', where: 'kvm_gmem_get_file', scenario: recycled, shownBy: ['S-34'],
    fragments: { 'gmem.getPfn': (edit) => edit.remove('recheck', 'binding') },
  },
  {
    id: 'N06', does: 'does not look at requests again when it is in guest mode', where: 'vcpu_enter_guest', scenario: SC09, shownBy: ['S-02', 'S-03', 'S-27', 'L-10'],
    fragments: { 'vcpu.run': (edit) => edit.remove('recheck', 'unlock') },
  },
  {
    id: 'N07', does: 'interrupts two vCPUs at most in a flush', where: 'kvm_make_all_cpus_request', scenario: threeReaders, shownBy: ['S-02'],
    registers: [frame('kvm.flushRemoteTlbs', { ...FlushFrame.fields, kicked: {} })],
    steps: { 'flush.readMode': changed<{ target: number; kicked: number }>(() => ({ vcpu_mode }, f) => {
      const vcpu = vcpu_mode(f.target - 1);
      if (vcpu.mode === OUTSIDE_GUEST_MODE || f.kicked === 2) return outside;
      f.kicked += 1;
      if (vcpu.mode === IN_GUEST_MODE) vcpu.mode = EXITING_GUEST_MODE;
      return inside;
    }) },
  },
  {
    id: 'N08', does: 'waits for two readers of the old memslots at most', where: 'synchronize_srcu', scenario: threeFaults, shownBy: ['S-28', 'S-34', 'S-10', 'data-race'],
    steps: { 'srcu.beginSynchronize': changed<object>(() => ({ srcu_reader, facts }, f) => {
      for (let actor = 1, marked = 0; actor <= facts.actors && marked < 2; actor++) {
        if (srcu_reader(actor).kvm !== f.vm + 1) continue;
        srcu_reader(actor).awaited_by.set(f.self);
        marked++;
      }
      return ok;
    }) },
  },
  {
    id: 'N09', does: 'acknowledges interrupts that have not arrived yet', where: 'ack_kick', scenario: SC08, shownBy: ['S-02'],
    steps: { 'irq.acknowledge': changed<object>((inner) => (world, f, choose) => {
      world.ipi(f.vcpu).inflight.clearAll();
      return inner(world, f, choose);
    }) },
  },
  {
    id: 'N10', does: 'goes on with its own page when another one was put into the file first', where: 'filemap_add_folio', scenario: sameIndex, shownBy: ['S-01'],
    fragments: { 'gmem.getFolio': (edit) => edit.redirect('insert', 'exists', 'clear') },
  },
  {
    id: 'N11', does: 'does not ask whether the memslot is INVALID', where: 'kvm_faultin_pfn', scenario: sharedSlot, shownBy: ['S-10'],
    fragments: { 'mmu.fault': (edit) => edit.remove('invalid', 'privacy') },
  },
  {
    id: 'N12', does: 'publishes memslots while a notifier is between its start and its end', where: 'kvm_swap_active_memslots', scenario: SC31, shownBy: ['S-14', 'S-34'],
    steps: { 'slots.publish': changed<object>((inner) => (world, f, choose) => {
      if (world.mn_invalidate(f.vm).mn_active_invalidate_count === 0) return inner(world, f, choose);
      world.memslots(f.vm).active = 1 - world.memslots(f.vm).active;
      return ok;
    }) },
  },
];
