// Deleting a memslot against faults and readers: what the INVALID phase, the wait for SRCU readers and the fast zap are for.

import { describe, expect, it } from 'vitest';
import { createGmem, deleteSlot, notify, read, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { FILE_LIVE } from '../../../src/memory/layouts/gmem.ts';
import { KVM_MEMSLOT_INVALID } from '../../../src/memory/layouts/kvm.ts';
import { OUTSIDE_GUEST_MODE } from '../../../src/memory/layouts/vcpu.ts';
import { Drive } from '../../support/drive.ts';

const setup = [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private')];
const main = ['main.vm', 'main'];
const vcpu = (n: number): string[] => [`vcpu${n}`, `cpu${n}`];

const published = ({ objects }: Drive): number => objects.memslot_set(0, objects.memslots(0).active).slot.at(0);
/** Pages that both roots map. */
function leaves({ objects, world }: Drive): number[] {
  const found: number[] = [];
  for (let root = 0; root < 2; root++) {
    for (let gfn = 0; gfn < world.facts.sizes.gfn; gfn++) if (objects.spte(0, root, gfn).pfn !== 0) found.push(objects.spte(0, root, gfn).pfn);
  }
  return found;
}

describe('faults while the memslot is INVALID', () => {
  const drive = (): Drive => new Drive({ vms: [{ vcpus: [{ program: [write(0, 7)] }] }], setup, threads: [{ name: 'main', program: [deleteSlot(0)] }] });

  it('retry, and install nothing', () => {
    const it = drive();
    it.until(main, 'mmu.flipRoot');
    expect(it.objects.memslot(published(it)).flags & KVM_MEMSLOT_INVALID).not.toBe(0);
    it.until(vcpu(0), 'fault.testSlotInvalid');
    expect(it.step('vcpu0')).toBe('invalid');
    it.until(vcpu(0), 'fault.testSlotInvalid');
    expect(leaves(it)).toEqual([]);
  });

  it('leave with a memory fault once it is gone', () => {
    const it = drive();
    expect(it.settle('main', 'main.vm', 'irq0', 'cpu0', 'vcpu0')).toEqual([]);
    const run = it.objects.kvm_run(0);
    expect({ reason: run.exit_reason, gfn: run.gfn, flags: run.flags }).toEqual({ reason: 1, gfn: 1, flags: 8 });
  });

  it('are waited for when they began before it: their leaf goes with the old root', () => {
    const it = drive();
    it.until(vcpu(0), 'fault.map');
    it.until(main, 'srcu.awaitReaders');
    expect(it.step('main.vm')).toBe('blocked');
    it.until(vcpu(0), 'srcu.readUnlock');
    expect(leaves(it)).toHaveLength(1);
    expect(it.step('main.vm')).toBe('blocked');
    it.step('vcpu0');
    expect(it.step('main.vm')).toBe('ok');
    it.settle('main', 'main.vm', 'irq0', 'cpu0', 'vcpu0');
    expect(leaves(it)).toEqual([]);
    expect(it.objects.tlb(0, 0).pfn).toBe(0);
  });
});

it('waits for the reader that was in, not for one that comes later', () => {
  const it = new Drive({ vms: [{ vcpus: [{ program: [write(0, 7)] }, { program: [write(1, 8)] }] }], setup, threads: [{ name: 'main', program: [deleteSlot(0)] }] });
  it.until(vcpu(0), 'fault.snapshotSeq');
  it.until(main, 'srcu.awaitReaders');
  it.until(vcpu(1), 'fault.snapshotSeq');
  expect(it.objects.srcu_reader(it.actor('vcpu0')).awaited_by.any()).toBe(true);
  expect(it.objects.srcu_reader(it.actor('vcpu1')).awaited_by.any()).toBe(false);
  it.until(vcpu(0), 'srcu.readUnlock');
  it.step('vcpu0');
  expect(it.step('main.vm')).toBe('ok');
});

it('drops slots_arch_lock before it waits, so that a reader may take it', () => {
  const it = new Drive({ vms: [{ vcpus: [{ program: [write(0, 7)] }] }], setup, threads: [{ name: 'main', program: [deleteSlot(0)] }] });
  it.until(main, 'srcu.awaitReaders');
  expect(it.objects.slots_arch_lock(0).owner).toBe(0);
  expect(it.objects.slots_lock(0).owner).toBe(it.actor('main.vm'));
});

it('makes every vCPU reload its root and leave its translations behind', () => {
  const it = new Drive({ vms: [{ vcpus: [{ program: [write(0, 7), notify('written'), write(0, 8)] }] }], setup, threads: [{ name: 'main', program: [deleteSlot(0)] }] });
  while (it.objects.tlb(0, 0).pfn === 0) if (it.step('vcpu0') === 'blocked') it.step('cpu0');
  it.until(main, 'flush.awaitAcks');
  expect(it.step('main.vm')).toBe('blocked');
  it.until('irq0', 'irq.awaitExit').until('vcpu0', 'vcpu.loadRoot');
  expect(it.objects.vcpu_mode(0).mode).toBe(OUTSIDE_GUEST_MODE);
  expect(it.objects.vcpu_root(0).root).toBe(0);
  it.step('vcpu0');
  expect(it.objects.vcpu_root(0).root - 1).toBe(it.objects.mmu_root(0).valid);
  expect(it.objects.tlb(0, 0).pfn).toBe(0);
});

it('leaves the other root empty, so that the next deletion may make it valid', () => {
  const again = [deleteSlot(0), slot(0, 0, 2, { fd: 'A' })];
  const it = new Drive({
    vms: [{ vcpus: [{ program: [write(0, 7), write(1, 8)] }] }], setup, threads: [{ name: 'main', program: [...again, ...again, ...again] }],
  });
  for (let k = 0; k < 3; k++) {
    it.until(main, 'mmu.flipRoot');
    const other = 1 - it.objects.mmu_root(0).valid;
    expect([0, 1].map((gfn) => it.objects.spte(0, other, gfn).pfn)).toEqual([0, 0]);
    it.step('main.vm');
  }
  expect(it.settle('main', 'main.vm', 'irq0', 'cpu0', 'vcpu0')).toEqual([]);
});

it('never touches content: what was written is there in a memslot made anew, at other gfns too', () => {
  const it = new Drive({
    vms: [{ vcpus: [{ program: [write(0, 7), notify('written'), { op: 'await', event: 'moved' }, read(5)] }] }], setup,
    threads: [{ name: 'main', program: [{ op: 'await', event: 'written' }, deleteSlot(0), slot(0, 5, 1, { fd: 'A' }), setAttributes(5, 1, 'private'), notify('moved')] }],
  });
  expect(it.settle('main', 'main.vm', 'irq0', 'cpu0', 'vcpu0')).toEqual([]);
  const { pfn } = it.objects.tlb(0, it.world.facts.gfns.find(5n));
  expect(pfn).toBe(it.objects.cache(1, 0).pfn);
  const { tag, value } = it.objects.page(pfn);
  expect({ tag, value }).toEqual({ tag: 2, value: 7 });
  expect(it.objects.file(1).state).toBe(FILE_LIVE);
});
