// The VMM's conversion loop: what it does when a guest asks, or touches memory that is not in the state it means.

import { describe, expect, it } from 'vitest';
import { convert, createGmem, read, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { EINVAL } from '../../../src/steps/errno.ts';
import { Drive, type Given } from '../../support/drive.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';

const given = (program: unknown[], more: Partial<Given> = {}, type = 'sw-protected'): Given => ({
  memory: [{ name: 'ram', pages: 4 }], vms: [{ type, vcpus: [{ policy: 'convert', program }] }] as never,
  setup: [createGmem('A', 4), slot(0, 0, 4, { memory: 'ram', fd: 'A' })], ...more,
});
const all = ['cpu0', 'cpu0.vm', 'cpu0.gmem', 'cpu0.host', 'irq0', 'vcpu0'];

/** Runs to the end; answers the system calls in their order. */
function callsOf(drive: Drive): string[] {
  const calls: string[] = [];
  for (let k = 0; k < 5000; k++) {
    const moved = all.find((name) => {
      if (drive.world.ended(drive.actor(name))) return false;
      const receiving = drive.at(name) === 'op.receive';
      const outcome = drive.step(name);
      if (outcome !== 'blocked' && receiving) calls.push(outcome);
      return outcome !== 'blocked';
    });
    if (moved === undefined) return calls;
  }
  throw new Error('no end');
}

describe('asked by hypercall', () => {
  it('to private: attributes, then the host pages go', () => {
    const drive = new Drive(given([write(1, 5), convert(1, 2, 'private'), write(1, 6)]));
    expect(callsOf(drive)).toEqual(['set_attributes', 'madvise_dontneed']);
    expect([0, 1, 2, 3].map((gfn) => drive.objects.mem_attr(0, gfn).attributes)).toEqual([0, 1, 1, 0]);
    expect([0, 1, 2, 3].map((page) => drive.objects.hpte(page).pfn)).toEqual([0, 0, 0, 0]);
    expect([drive.objects.spte(0, 0, 1).private, drive.objects.page(drive.objects.cache(1, 1).pfn).value]).toEqual([1, 6]);
  });
  it('to shared: attributes, then a hole in the file', () => {
    const drive = new Drive(given([write(1, 5), convert(1, 1, 'shared'), write(1, 6)], { setup: [createGmem('A', 4), slot(0, 0, 4, { memory: 'ram', fd: 'A' }), setAttributes(0, 4, 'private')] }));
    expect(callsOf(drive)).toEqual(['set_attributes', 'fallocate']);
    expect(drive.objects.cache(1, 1).pfn).toBe(0);
    expect([drive.objects.spte(0, 0, 1).private, drive.objects.page(drive.objects.hpte(1).pfn).value]).toEqual([0, 6]);
  });
  it('to private with huge host pages: these stay', () => {
    const drive = new Drive(given([write(1, 5), convert(0, 4, 'private'), write(1, 6)], { memory: [{ name: 'ram', pages: 4, huge: true }] }));
    expect(callsOf(drive)).toEqual(['set_attributes']);
    expect(drive.objects.hpte(1).pfn).not.toBe(0);
  });
  it('over two memslots, one without a file, and a gap: each its own part', () => {
    const drive = new Drive(given([convert(0, 8, 'shared')], {
      setup: [createGmem('A', 4), slot(0, 0, 2, { memory: 'ram', fd: 'A' }), slot(1, 3, 1, { memory: 'ram' }), slot(2, 5, 2, { fd: 'A', filePage: 2 }), setAttributes(0, 8, 'private')],
    }));
    expect(callsOf(drive)).toEqual(['set_attributes', 'fallocate', 'fallocate']);
    expect(drive.settle()).toEqual([]);
  });
  it.each([
    ['no pages', { gpa: 0, npages: 0 }], ['an unaligned address', { gpa: 8, npages: 1 }], ['a wrapping range', { gpa: 4096, npages: '0xffffffffffffffff' }],
  ])('KVM itself refuses %s: the guest sees it, the VMM does not', (_what, members) => {
    const drive = new Drive(given([{ op: 'map_gpa_range', attributes: 16, ...members }, read(0)]));
    while (drive.objects.kvm_run(0).hypercall_ret === 0) all.find((name) => drive.step(name) !== 'blocked');
    expect(drive.objects.kvm_run(0).hypercall_ret).toBe(-EINVAL);
    expect(callsOf(drive)).toEqual([]);
    expect(drive.objects.tlb(0, 0).pfn).not.toBe(0);
  });
});

describe('told by a memory fault', () => {
  it('converts to what the access meant and enters again', () => {
    const drive = new Drive(given([write(1, 5, { private: true }), write(1, 6)], {}, 'confidential'));
    expect(callsOf(drive)).toEqual(['set_attributes', 'madvise_dontneed', 'set_attributes', 'fallocate']);
    expect(drive.objects.mem_attr(0, 1).attributes).toBe(0);
    expect(drive.objects.page(drive.objects.hpte(1).pfn).value).toBe(6);
    expect(drive.objects.cache(1, 1).pfn).toBe(0);
  });
  it('gives the vCPU up when a call fails', () => {
    const drive = new Drive(given([write(1, 5, { private: true })], {}, 'confidential'));
    drive.until(all, 'vmm.receiveExit');
    drive.until(['cpu0.vm', ...all], 'attributes.reserve');
    drive.objects.fault_injection().allocation = 1;
    expect(callsOf(drive)).toEqual([]);
    expect(drive.objects.mem_attr(0, 1).attributes).toBe(0);
    expect(drive.world.ended(drive.actor('cpu0'))).toBe(true);
  });
});

describe('an intent that KVM copied before a conversion (SC16)', () => {
  const race = (): Given => given([write(0, 7)], { threads: [{ name: 'main', program: [setAttributes(0, 1, 'private')] }] });
  it('6.8: the exit names the old state and the VMM undoes the conversion (G4-B11)', () => {
    const drive = new Drive(race(), v6_8);
    drive.until(['vcpu0', 'cpu0'], 'fault.lookupSlot');
    drive.settle('main', 'main.vm');
    expect(drive.objects.mem_attr(0, 0).attributes).toBe(1);
    drive.settle();
    expect(drive.objects.mem_attr(0, 0).attributes).toBe(0);
  });
  it('mended: the fault is tried again and the page stays converted', () => {
    const drive = new Drive(race(), v6_8_fixed);
    drive.until(['vcpu0', 'cpu0'], 'fault.lookupSlot');
    drive.settle('main', 'main.vm');
    expect(drive.settle()).toEqual([]);
    expect(drive.objects.mem_attr(0, 0).attributes).toBe(1);
    expect(drive.objects.page(drive.objects.cache(1, 0).pfn).value).toBe(7);
  });
});
