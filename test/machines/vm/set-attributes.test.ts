// KVM_SET_MEMORY_ATTRIBUTES: errno, what it changes, and the invalidation around its stores.

import { describe, expect, it } from 'vitest';
import { call, createGmem, read, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { EBADF, EINVAL, ENOMEM, ENOTTY } from '../../../src/steps/errno.ts';
import { deriveKernel } from '../../../src/kernel/define.ts';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { Drive, results, type Given } from '../../support/drive.ts';

const attributes = (members: Record<string, unknown>) => call('set_attributes', { gpa: 0, size: 4096, attributes: 8, ...members });
const main = ['main.vm', 'main'];
const vcpu = ['vcpu0', 'cpu0'];

function errnos(calls: ReturnType<typeof call>[], more: Partial<Given> = {}): number[] {
  return results(new Drive({ vms: [{}], setup: [slot(0, 0, 8)], threads: [{ name: 'main', program: calls }], ...more }), 'main', 'main.vm');
}

describe('checks', () => {
  it.each([
    ['flags', { flags: 1 }], ['unknown attributes', { attributes: 9 }], ['no pages', { size: 0 }], ['an end at 2^64', { gpa: '0xfffffffffffff000' }],
    ['a wrapping range', { gpa: '0xfffffffffffff000', size: 8192 }], ['an unaligned gpa', { gpa: 1 }], ['an unaligned size', { size: 1 }],
  ])('refuses %s', (_what, members) => { expect(errnos([attributes(members)])).toEqual([EINVAL]); });

  it('refuses PRIVATE in a default VM, not shared', () => {
    expect(errnos([attributes({}), attributes({ attributes: 0 })], { vms: [{ type: 'default' }] })).toEqual([EINVAL, 0]);
  });
  it('accepts gfns without a memslot and beyond what a guest has', () => {
    expect(errnos([attributes({ gpa: '0x10000000' }), attributes({ gpa: '0xfffffffff0000000' })])).toEqual([0, 0]);
  });
  it('is no ioctl of a kernel built without it, and none of a closed descriptor', () => {
    expect(errnos([call('close_vm'), attributes({})])).toEqual([0, EBADF]);
    const without = deriveKernel(v6_8, { name: 'without', config: { attributes: false } });
    expect(results(new Drive({ vms: [{}], threads: [{ name: 'main', program: [attributes({})] }] }, without), 'main', 'main.vm')).toEqual([ENOTTY]);
  });
  it('changes nothing when it cannot reserve', () => {
    const drive = new Drive({ vms: [{}], setup: [slot(0, 0, 2)], threads: [{ name: 'main', program: [setAttributes(0, 2, 'private')] }] });
    drive.objects.fault_injection().allocation = 1;
    expect(results(drive, 'main', 'main.vm')).toEqual([ENOMEM]);
    expect([drive.objects.mem_attr(0, 0).attributes, drive.objects.kvm_mmu(0).mmu_invalidate_seq, drive.objects.slots_lock(0).owner]).toEqual([0, 1, 0]);
  });
});

describe('the invalidation', () => {
  const drive = (...program: ReturnType<typeof call>[]): Drive => new Drive({ vms: [{}], setup: [slot(0, 0, 2), slot(1, 4, 2)], threads: [{ name: 'main', program }] });
  const mmu = ({ objects }: Drive): object => {
    const { mmu_invalidate_seq, mmu_invalidate_in_progress } = objects.kvm_mmu(0);
    return { mmu_invalidate_seq, mmu_invalidate_in_progress };
  };

  it('is one over all memslots of the range: begun before the first store, ended after the last', () => {
    const it = drive(setAttributes(1, 4, 'private'));
    it.until(main, 'attributes.storeNext');
    expect(mmu(it)).toEqual({ mmu_invalidate_seq: 1, mmu_invalidate_in_progress: 1 });
    // gfns 1 and 4 lie in memslots; the range that makes faults retry is widened over what is between them.
    const { range_start, range_end } = it.objects.kvm_mmu(0);
    const real = (gfn: number): bigint => it.world.facts.gfns.real(gfn);
    expect([real(range_start - 1), real(range_end - 2)]).toEqual([1n, 4n]);
    expect(it.objects.mmu_lock(0).writer).toBe(0);
    expect(it.objects.mem_attr(0, 1).attributes).toBe(0);
    it.until(main, 'mmu.advanceSeq');
    expect([0, 1, 2, 3].map((gfn) => it.objects.mem_attr(0, gfn).attributes)).toEqual([0, 1, 1, 0]);
    it.settle();
    expect(mmu(it)).toEqual({ mmu_invalidate_seq: 2, mmu_invalidate_in_progress: 0 });
  });
  it('does not happen when all pages have the attribute already', () => {
    const it = drive(setAttributes(0, 2, 'shared'));
    it.settle();
    expect(mmu(it)).toEqual({ mmu_invalidate_seq: 1, mmu_invalidate_in_progress: 0 });
  });
  it('does not happen without a memslot; the attributes are stored all the same', () => {
    const it = new Drive({ vms: [{ vcpus: [{ program: [read(9)] }] }], setup: [slot(0, 0, 2)], threads: [{ name: 'main', program: [setAttributes(9, 1, 'private')] }] });
    it.settle('main', 'main.vm');
    expect(mmu(it)).toEqual({ mmu_invalidate_seq: 1, mmu_invalidate_in_progress: 0 });
    expect(it.objects.mem_attr(0, it.world.facts.gfns.find(9n)).attributes).toBe(1);
  });
  it('makes a fault stale that looked its page up before (SC11)', () => {
    const it = new Drive({
      memory: [{ name: 'ram', pages: 1 }], vms: [{ vcpus: [{ program: [read(0)] }] }], setup: [slot(0, 0, 1, { memory: 'ram' })],
      threads: [{ name: 'main', program: [setAttributes(0, 1, 'private')] }],
    });
    it.until(vcpu, 'mmu.readLock');
    it.settle('main', 'main.vm');
    it.until(vcpu, 'fault.testStale');
    expect(it.step('vcpu0')).toBe('stale');
    expect(it.objects.spte(0, 0, 0).pfn).toBe(0);
    expect(it.objects.folio_ref(it.objects.hpte(0).pfn).refcount).toBe(2);
  });
  it('zaps what is mapped, and flushes it, before the first store', () => {
    const it = new Drive({
      memory: [{ name: 'ram', pages: 1 }], vms: [{ vcpus: [{ program: [read(0), { op: 'await', event: 'never' }] }] }],
      setup: [slot(0, 0, 1, { memory: 'ram' })], threads: [{ name: 'main', program: [setAttributes(0, 1, 'private'), { op: 'notify', event: 'never' }] }],
    });
    while (it.objects.tlb(0, 0).pfn === 0) if (it.step('vcpu0') === 'blocked') it.step('cpu0');
    it.until(['main.vm', 'main', 'irq0', 'vcpu0'], 'attributes.storeNext');
    expect([it.objects.spte(0, 0, 0).pfn, it.objects.interrupt(0).pending, it.objects.vcpu_mode(0).mode]).toEqual([0, 0, 0]);
    it.until('vcpu0', 'vcpu.loadRoot');
    expect(it.objects.tlb(0, 0).pfn).toBe(0);
  });
});

describe('huge pages', () => {
  const huge = (program: ReturnType<typeof call>[], extra: Partial<Given> = {}): Given => ({
    memory: [{ name: 'ram', pages: 8, huge: true }], vms: [{ vcpus: [{ program: [read(0)] }] }], setup: [slot(0, 0, 8, { memory: 'ram' })],
    threads: [{ name: 'main', program }], ...extra,
  });
  const info = ({ objects }: Drive, hp: number): { disallow: number; mixed: number } => {
    const { disallow_lpage, mixed } = objects.lpage_info(objects.memslot_set(0, objects.memslots(0).active).slot.at(0), hp);
    return { disallow: disallow_lpage, mixed };
  };

  it('are MIXED while their pages differ, and only then', () => {
    const it = new Drive(huge([setAttributes(3, 2, 'private'), setAttributes(0, 8, 'private'), setAttributes(1, 1, 'shared'), setAttributes(0, 4, 'shared')]));
    const after: number[][] = [];
    for (let k = 0; k < 4; k++) {
      it.until(main, 'op.reply');
      after.push([info(it, 0).mixed, info(it, 1).mixed]);
      it.step('main.vm');
    }
    expect(after).toEqual([[1, 1], [0, 0], [1, 0], [0, 0]]);
  });
  it('are MIXED from the start in a memslot over pages that differ (SC14)', () => {
    const it = new Drive(huge([], { setup: [setAttributes(1, 1, 'private'), slot(0, 0, 8, { memory: 'ram' })] }));
    expect([info(it, 0), info(it, 1)]).toEqual([{ disallow: 0, mixed: 1 }, { disallow: 0, mixed: 0 }]);
    it.settle();
    expect([it.objects.spte_huge(0, 0, 0).pfn, it.objects.spte(0, 0, 0).pfn]).toEqual([0, it.objects.hpte(0).pfn]);
  });
  it('are disallowed at the ends of a memslot that does not cover them', () => {
    const it = new Drive(huge([], { setup: [slot(0, 1, 7, { memory: 'ram', memoryPage: 1 })] }));
    expect([info(it, 0), info(it, 1)]).toEqual([{ disallow: 1, mixed: 0 }, { disallow: 0, mixed: 0 }]);
  });
  it('are disallowed where guest and host address are not aligned to each other', () => {
    const it = new Drive(huge([], { setup: [slot(0, 0, 4, { memory: 'ram', memoryPage: 1 })] }));
    expect(info(it, 0).disallow).toBe(1);
  });
  it('are mapped by one leaf where they may be', () => {
    const it = new Drive(huge([]));
    it.settle();
    const { pfn } = it.objects.hpte(0);
    expect([0, 1, 2, 3].map((page) => it.objects.hpte(page).pfn)).toEqual([pfn, pfn + 1, pfn + 2, pfn + 3]);
    expect(it.objects.spte_huge(0, 0, 0).pfn).toBe(pfn);
    expect(it.objects.folio_ref(pfn).refcount).toBe(1);
  });

  it.each([['6.8 maps the whole huge page (G4-B4)', v6_8, true], ['the mend makes the fault retry', v6_8_fixed, false]] as const)(
    'a fault beside the pages that are being converted: %s', (_what, kernel, maps) => {
      const it = new Drive(huge([setAttributes(3, 1, 'private')]), kernel);
      it.until(main, 'attributes.storeNext');
      it.until(vcpu, 'fault.testStale');
      expect(it.step('vcpu0')).toBe(maps ? 'ok' : 'stale');
      it.settle('main', 'main.vm', 'irq0');
      if (maps) it.step('vcpu0');
      expect(it.objects.mem_attr(0, 3).attributes).toBe(1);
      expect(it.objects.spte_huge(0, 0, 0).pfn !== 0).toBe(maps);
    });
});

it('keeps a converted page out of reach: the private access of a fault that started shared leaves for userspace', () => {
  const it = new Drive({
    memory: [{ name: 'ram', pages: 1 }], vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 1)] }] }],
    setup: [createGmem('A', 1), slot(0, 0, 1, { memory: 'ram', fd: 'A' })], threads: [{ name: 'main', program: [setAttributes(0, 1, 'private')] }],
  });
  it.settle('main', 'main.vm');
  it.settle();
  const { exit_reason, gfn, flags } = it.objects.kvm_run(0);
  expect({ exit_reason, gfn, flags }).toEqual({ exit_reason: 1, gfn: 1, flags: 0 });
});
