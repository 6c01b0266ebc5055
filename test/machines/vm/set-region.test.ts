// KVM_SET_USER_MEMORY_REGION2, one call after the other: every errno in its order, what a success leaves, what a failure leaves.

import { describe, expect, it } from 'vitest';
import { call, createGmem, deleteSlot, slot } from '../../../src/scenario/builder.ts';
import { EBADF, EEXIST, EINVAL, ENOMEM } from '../../../src/steps/errno.ts';
import { SLOT_FREE, SLOT_FREED, SLOT_LIVE } from '../../../src/memory/layouts/kvm.ts';
import { Drive, results, type Given } from '../../support/drive.ts';

const region = (members: Record<string, unknown>) => call('set_region', { slot: 0, gpa: 0, size: 4096, ...members });
const TOP = '0xfffffffffffff000';

/** Runs these calls one after the other on a VM with 8 pages of host memory and file A. */
function errnos(calls: ReturnType<typeof call>[], more: Partial<Given> = {}): number[] {
  const drive = new Drive({
    memory: [{ name: 'ram', pages: 8 }], vms: [{}], slotIds: 4, setup: [createGmem('A', 4)], threads: [{ name: 'main', program: calls }], ...more,
  });
  return results(drive, 'main', 'main.vm');
}

describe('checks', () => {
  it.each([
    ['an id behind the user slots', { slot: 32764 }],
    ['an unknown flag', { flags: 8 }],
    ['a file and a dirty log', { flags: 5, fd: 'A' }],
    ['a file and read-only (since 6.8-rc7)', { flags: 6, fd: 'A' }],
    ['an unaligned size', { size: 4097 }],
    ['an unaligned gpa', { gpa: 1 }],
    ['an unaligned hva', { hva: 1 }],
    ['an hva outside user space', { hva: '0x800000000000' }],
    ['an hva whose end lies outside user space', { hva: '0x7fffffffe000', size: 8192 }],
    ['an unaligned file offset', { flags: 4, fd: 'A', offset: 1 }],
    ['a file offset that wraps', { flags: 4, fd: 'A', offset: TOP, size: 8192 }],
    ['another address space', { slot: 0x10000 }],
    ['a gpa that wraps', { gpa: TOP, size: 8192 }],
    ['2^31 pages', { size: '0x80000000000' }],
    ['deleting what is not there', { size: 0 }],
    ['a file range beyond the file', { flags: 4, fd: 'A', offset: 8192, size: 12288 }],
    ['gfns that no guest has', { gpa: '0xffffffffff000', size: 8192 }],
  ])('refuses %s', (_what, members) => {
    expect(errnos([region(members)])).toEqual([EINVAL]);
  });

  it('refuses a file in a VM without private memory', () => {
    expect(errnos([region({ flags: 4, fd: -1 })], { vms: [{ type: 'default' }], setup: [] })).toEqual([EINVAL]);
  });

  it('lets the first check that fails give the errno', () => {
    expect(errnos([
      slot(0, 0, 2, { fd: 'A' }),
      // Overlap before the file is looked at; the file's alignment before the overlap.
      region({ slot: 1, flags: 4, fd: -1 }), region({ slot: 1, flags: 4, fd: -1, offset: 1 }), region({ slot: 1, gpa: 8192, flags: 4, fd: -1 }),
      // Bound already: EINVAL in 6.8 (G4-B14).
      region({ slot: 1, gpa: 8192, flags: 4, fd: 'A', offset: 4096 }),
    ])).toEqual([0, EEXIST, EINVAL, EBADF, EINVAL]);
  });

  it('changes a memslot only in place and flags', () => {
    expect(errnos([
      slot(0, 0, 2, { memory: 'ram' }), slot(1, 4, 1, { memory: 'ram' }),
      slot(0, 0, 2, { memory: 'ram' }),
      slot(0, 0, 1, { memory: 'ram' }), slot(0, 0, 2, { memory: 'ram', memoryPage: 1 }), slot(0, 0, 2, { memory: 'ram', flags: ['readonly'] }),
      slot(0, 0, 2, { memory: 'ram', fd: 'A' }),
      slot(0, 3, 2, { memory: 'ram' }), slot(0, 0, 2, { memory: 'ram', flags: ['log_dirty'] }), slot(0, 2, 2, { memory: 'ram' }),
      deleteSlot(0), deleteSlot(0), slot(0, 3, 1, { memory: 'ram' }),
    ])).toEqual([0, 0, 0, EINVAL, EINVAL, EINVAL, EINVAL, EEXIST, 0, 0, 0, EINVAL, 0]);
  });

  it('answers EBADF when the VM descriptor is closed', () => {
    expect(errnos([call('close_vm', {}), slot(0, 0, 1)])).toEqual([0, EBADF]);
  });
});

/** A VM with memslot 0 on two pages of file A and host memory, and one call to make. */
function prepared(...program: ReturnType<typeof call>[]): Drive {
  return new Drive({
    memory: [{ name: 'ram', pages: 8 }], vms: [{}], setup: [createGmem('A', 4), slot(0, 0, 2, { fd: 'A', memory: 'ram', filePage: 1 })],
    threads: [{ name: 'main', program }],
  });
}
const published = ({ objects }: Drive, id = 0): number => objects.memslot_set(0, objects.memslots(0).active).slot.at(id);
const sets = ({ objects }: Drive, id = 0): number[] => [0, 1].map((set) => objects.memslot_set(0, set).slot.at(id));
/** What each page of file A is bound to. */
const bindings = ({ objects, world }: Drive): number[] => [0n, 1n, 2n, 3n].map((page) => {
  const index = world.facts.indexes.find(page);
  return index < 0 ? 0 : objects.binding(1, index).slot;
});

describe('create', () => {
  it('publishes the memslot in both sets, bound, with a new generation', () => {
    const drive = prepared();
    const number = published(drive);
    const { state, kvm, slot_id, base_gfn, npages, hva, flags, pgoff } = drive.objects.memslot(number);
    expect({ state, kvm, slot_id, base_gfn, npages, hva, flags, pgoff }).toEqual({ state: SLOT_LIVE, kvm: 1, slot_id: 0, base_gfn: 0, npages: 2, hva: 1, flags: 4, pgoff: drive.world.facts.indexes.find(1n) });
    expect(sets(drive)).toEqual([number, number]);
    expect(drive.objects.slot_gmem(number).file).toBe(1);
    expect(bindings(drive)).toEqual([0, number, number, 0]);
    expect(drive.objects.memslots(0).generation).toBe(2);
    expect([drive.objects.slots_lock(0).owner, drive.objects.slots_arch_lock(0).owner]).toEqual([0, 0]);
  });

  it('is bound before anybody can see it', () => {
    const drive = prepared(slot(1, 4, 1, { fd: 'A', filePage: 3 }));
    drive.until(['main.vm', 'main'], 'slots.publish');
    expect(published(drive, 1)).toBe(0);
    expect(bindings(drive)[3]).toBe(drive.frame('main.vm')['slot']);
  });

  it.each([
    ['no memory for the memslot', 'allocation'],
    ['its preparation fails', 'arch_prepare'],
  ] as const)('leaves nothing behind when %s', (_what, which) => {
    const drive = prepared(slot(1, 4, 1, { fd: 'A', filePage: 3 }));
    drive.objects.fault_injection()[which] = 1;
    const number = published(drive);
    expect(results(drive, 'main', 'main.vm')).toEqual([ENOMEM]);
    expect(sets(drive, 1)).toEqual([0, 0]);
    expect(bindings(drive)[3]).toBe(0);
    expect([drive.objects.slots_lock(0).owner, drive.objects.slots_arch_lock(0).owner]).toEqual([0, 0]);
    expect(sets(drive)).toEqual([number, number]);
    const states = [1, 2, 3, 4, 5, 6].map((one) => drive.objects.memslot(one).state);
    expect(states.filter((state) => state === SLOT_LIVE)).toHaveLength(1);
    expect(states.filter((state) => state === SLOT_FREED)).toHaveLength(which === 'allocation' ? 0 : 1);
  });
});

describe('delete', () => {
  it('takes the memslot out of both sets, unbinds and frees it, and the INVALID copy', () => {
    const drive = prepared(deleteSlot(0));
    const number = published(drive);
    expect(results(drive, 'main', 'main.vm')).toEqual([0]);
    expect(sets(drive)).toEqual([0, 0]);
    expect(bindings(drive).every((one) => one === 0)).toBe(true);
    expect(drive.objects.memslot(number).state).toBe(SLOT_FREED);
    expect([1, 2, 3].map((one) => drive.objects.memslot(one).state)).toEqual([SLOT_FREED, SLOT_FREED, SLOT_FREE]);
    expect(drive.objects.memslots(0).generation).toBe(4);
    expect(drive.objects.file(1).f_count).toBe(1);
  });

  it('publishes the original again when its preparation fails', () => {
    const drive = prepared(deleteSlot(0));
    const number = published(drive);
    drive.objects.fault_injection().arch_prepare = 1;
    expect(results(drive, 'main', 'main.vm')).toEqual([ENOMEM]);
    expect(sets(drive)).toEqual([number, number]);
    expect(drive.objects.memslot(number).flags).toBe(4);
    expect(bindings(drive).slice(1, 3)).toEqual([number, number]);
    expect([drive.objects.slots_lock(0).owner, drive.objects.slots_arch_lock(0).owner]).toEqual([0, 0]);
  });

  it('reuses a freed object only when none is left that was never used', () => {
    const drive = prepared(deleteSlot(0), slot(0, 0, 2, { fd: 'A', filePage: 1 }), deleteSlot(0), slot(0, 0, 2));
    expect(results(drive, 'main', 'main.vm')).toEqual([0, 0, 0, 0]);
    expect(published(drive)).toBeGreaterThan(0);
    expect(drive.objects.memslot(published(drive)).state).toBe(SLOT_LIVE);
  });
});

describe('move and flags', () => {
  it('moves by way of an INVALID copy and frees the old object', () => {
    const drive = new Drive({ memory: [{ name: 'ram', pages: 2 }], vms: [{}], setup: [slot(0, 0, 2, { memory: 'ram' })], threads: [{ name: 'main', program: [slot(0, 4, 2, { memory: 'ram' })] }] });
    const old = published(drive);
    drive.until(['main.vm', 'main'], 'mmu.flipRoot');
    expect(drive.objects.memslot(published(drive)).flags).toBe(1 << 16);
    drive.settle();
    expect(published(drive)).not.toBe(old);
    expect(drive.objects.memslot(published(drive)).base_gfn).toBe(drive.world.facts.gfns.find(4n));
    expect(drive.objects.memslot(old).state).toBe(SLOT_FREED);
    expect(drive.objects.mmu_root(0).valid).toBe(1);
  });

  it.each([['moving', slot(0, 4, 2, { memory: 'ram' })], ['changing flags', slot(0, 0, 2, { memory: 'ram', flags: ['log_dirty'] })]])(
    'keeps the original when %s cannot be prepared', (_what, request) => {
      const drive = new Drive({ memory: [{ name: 'ram', pages: 2 }], vms: [{}], setup: [slot(0, 0, 2, { memory: 'ram' })], threads: [{ name: 'main', program: [request] }] });
      const old = published(drive);
      drive.objects.fault_injection().arch_prepare = 1;
      expect(results(drive, 'main', 'main.vm')).toEqual([ENOMEM]);
      expect(sets(drive)).toEqual([old, old]);
      expect(drive.objects.memslot(old).state).toBe(SLOT_LIVE);
      expect([1, 2, 3].filter((one) => drive.objects.memslot(one).state === SLOT_LIVE)).toEqual([old]);
    });

  it('changes flags in one swap, without an INVALID phase and without touching the root', () => {
    const drive = new Drive({ memory: [{ name: 'ram', pages: 2 }], vms: [{}], setup: [slot(0, 0, 2, { memory: 'ram' })], threads: [{ name: 'main', program: [slot(0, 0, 2, { memory: 'ram', flags: ['log_dirty'] })] }] });
    drive.settle();
    expect(drive.objects.memslot(published(drive)).flags).toBe(1);
    expect(drive.objects.memslots(0).generation).toBe(3);
    expect(drive.objects.mmu_root(0).valid).toBe(0);
  });

  it('drops GUEST_MEMFD and leaves bindings to a freed memslot (G4-B3)', () => {
    const drive = prepared(slot(0, 0, 2, { memory: 'ram' }));
    const old = published(drive);
    expect(results(drive, 'main', 'main.vm')).toEqual([0]);
    expect(drive.objects.memslot(old).state).toBe(SLOT_FREED);
    expect(bindings(drive).slice(1, 3)).toEqual([old, old]);
  });
});
