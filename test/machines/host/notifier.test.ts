// MMU notifiers against faults on shared memory and against memslot changes; munmap and MADV_DONTNEED call by call.

import { describe, expect, it } from 'vitest';
import { call, createGmem, hostRead, hostWrite, read, setAttributes, slot, write } from '../../../src/scenario/builder.ts';
import { EFAULT, EINVAL, ENOMEM } from '../../../src/steps/errno.ts';
import { Drive, results, type Given } from '../../support/drive.ts';
import type { VmmOp } from '../../../src/scenario/types.ts';

const vcpu = ['vcpu0', 'cpu0'];
const host = ['main.host', 'main'];
const BASE = 0x7f0000000n * 4096n;
const at = (page: number): string => `0x${(BASE + BigInt(page) * 4096n).toString(16)}`;
const munmap = (page: number, pages: number, more = {}) => call('munmap', { hva: at(page), size: pages * 4096, ...more });
const dontneed = (page: number, pages: number, more = {}) => call('madvise_dontneed', { hva: at(page), size: pages * 4096, ...more });
const mmu = ({ objects }: Drive, vm = 0): { seq: number; open: number; notifiers: number } => ({
  seq: objects.kvm_mmu(vm).mmu_invalidate_seq, open: objects.kvm_mmu(vm).mmu_invalidate_in_progress, notifiers: objects.mn_invalidate(vm).mn_active_invalidate_count,
});
const used = ({ objects, world }: Drive): number => Array.from({ length: world.facts.sizes.pfn }, (_one, pfn) => pfn).filter((pfn) => objects.buddy().used.has(pfn)).length;

/** A guest that reads gfn 0, memory of four pages behind it, a thread that makes one call. */
const given = (program: readonly VmmOp[], more: Partial<Given> = {}): Given => ({
  memory: [{ name: 'ram', pages: 4 }], vms: [{ vcpus: [{ program: [write(0, 7), read(0)] }] }], setup: [slot(0, 0, 4, { memory: 'ram' })],
  threads: [{ name: 'main', program }], ...more,
});

describe('a range that goes', () => {
  it('is told before and after: count, invalidation, change, end of invalidation, count', () => {
    const it = new Drive(given([dontneed(0, 1)]));
    it.settle(...vcpu, 'irq0');
    expect(it.objects.spte(0, 0, 0).pfn).not.toBe(0);
    it.until(host, 'unmap.clearNext');
    expect(mmu(it)).toEqual({ seq: 1, open: 1, notifiers: 1 });
    expect(it.objects.spte(0, 0, 0).pfn).toBe(0);
    expect(it.objects.hpte(0).pfn).not.toBe(0);
    it.until(host, 'mn.nextVm');
    expect(it.objects.hpte(0).pfn).toBe(0);
    expect(used(it)).toBe(0);
    it.settle();
    expect(mmu(it)).toEqual({ seq: 2, open: 0, notifiers: 0 });
  });

  it('behind no memslot counts the notifier and nothing else', () => {
    const it = new Drive(given([dontneed(3, 1)], { setup: [slot(0, 0, 2, { memory: 'ram' })] }));
    it.until(host, 'unmap.clearNext');
    expect(mmu(it)).toEqual({ seq: 1, open: 0, notifiers: 1 });
    it.settle('main', 'main.host');
    expect(mmu(it)).toEqual({ seq: 1, open: 0, notifiers: 0 });
  });

  it('behind two memslots is one invalidation over both', () => {
    const it = new Drive(given([dontneed(0, 4)], { setup: [slot(0, 0, 2, { memory: 'ram' }), slot(1, 8, 2, { memory: 'ram', memoryPage: 1 })] }));
    it.until(host, 'unmap.clearNext');
    expect(mmu(it)).toEqual({ seq: 1, open: 1, notifiers: 1 });
    const { range_start, range_end } = it.objects.kvm_mmu(0);
    expect([range_start - 1, range_end - 2].map((gfn) => it.world.facts.gfns.real(gfn))).toEqual([0n, 9n]);
    it.settle('main', 'main.host');
    expect(mmu(it)).toEqual({ seq: 2, open: 0, notifiers: 0 });
  });

  it('is told to every VM of the process', () => {
    const it = new Drive({
      memory: [{ name: 'ram', pages: 1 }], vms: [{}, {}], setup: [slot(0, 0, 1, { vm: 0, memory: 'ram' }), slot(0, 2, 1, { vm: 1, memory: 'ram' })],
      threads: [{ name: 'main', program: [dontneed(0, 1)] }],
    });
    it.until(host, 'unmap.clearNext');
    expect([mmu(it, 0), mmu(it, 1)]).toEqual([{ seq: 1, open: 1, notifiers: 1 }, { seq: 1, open: 1, notifiers: 1 }]);
    it.settle();
    expect([mmu(it, 0), mmu(it, 1)]).toEqual([{ seq: 2, open: 0, notifiers: 0 }, { seq: 2, open: 0, notifiers: 0 }]);
    expect(it.frame('main.host').vm).toBe(0);
  });

  it('makes a fault stale that holds the old page (SC32)', () => {
    const it = new Drive(given([munmap(0, 4)]));
    it.until(vcpu, 'fault.testStale');
    const old = it.frame('vcpu0')['pfn']!;
    it.until(host, 'mmu.writeLockGranted');
    expect(it.step('vcpu0')).toBe('ok');
    // The leaf goes in; the notifier, behind it in the queue, takes it out again before the page goes.
    it.until(vcpu, 'folio.put');
    it.until(['main.host', 'main', 'irq0', 'vcpu0'], 'unmap.clearNext');
    expect(it.objects.spte(0, 0, 0).pfn).toBe(0);
    // The fault's own reference is the last one.
    it.settle('main', 'main.host', 'irq0');
    expect(it.objects.folio_ref(old).refcount).toBe(1);
    it.until(vcpu, 'vcpu.reply');
    expect(it.objects.buddy().used.has(old)).toBe(false);
    expect(it.frame('vcpu0')['errno']).toBe(EFAULT);
  });

  it('zaps private leaves too where a VM has one root for both', () => {
    const it = new Drive(given([dontneed(0, 1)], { setup: [createGmem('A', 4), slot(0, 0, 4, { memory: 'ram', fd: 'A' }), setAttributes(0, 1, 'private')] }));
    it.settle(...vcpu);
    expect(it.objects.spte(0, 0, 0).private).toBe(1);
    it.until(host, 'unmap.clearNext');
    expect(it.objects.spte(0, 0, 0).pfn).toBe(0);
  });
});

describe('a memslot change', () => {
  const both = (): Drive => new Drive(given([dontneed(0, 1)], { threads: [{ name: 'main', program: [dontneed(0, 1)] }, { name: 'other', program: [slot(1, 8, 1, { memory: 'ram' })] }] }));

  it('is not published between a notifier start and its end (SC31)', () => {
    const it = both();
    it.until(host, 'unmap.clearNext');
    it.until(['other.vm', 'other'], 'slots.awaitNotifiers');
    expect(it.objects.memslots(0).active).toBe(1);
    expect(it.step('other.vm')).toBe('blocked');
    it.settle('main', 'main.host');
    expect(it.step('other.vm')).toBe('ok');
    it.settle();
    expect(it.objects.memslots(0).active).toBe(0);
    expect(mmu(it)).toEqual({ seq: 2, open: 0, notifiers: 0 });
  });
  it('looks at the count again when it is woken', () => {
    const it = new Drive(given([dontneed(0, 1), dontneed(0, 1)], { threads: [{ name: 'main', program: [dontneed(0, 1), dontneed(0, 1)] }, { name: 'other', program: [slot(1, 8, 1, { memory: 'ram' })] }] }));
    it.until(host, 'unmap.clearNext');
    it.until(['other.vm', 'other'], 'slots.awaitNotifiers');
    it.until(host, 'op.reply');
    it.until(host, 'unmap.clearNext');
    expect(it.step('other.vm')).toBe('ok');
    expect(it.step('other.vm')).toBe('busy');
    expect(it.settle('main', 'main.host', 'other', 'other.vm', 'irq0', 'cpu0', 'vcpu0')).toEqual([]);
    expect(mmu(it)).toEqual({ seq: 3, open: 0, notifiers: 0 });
  });
});

describe('munmap and MADV_DONTNEED', () => {
  it('answer errno by errno', () => {
    const it = new Drive(given([
      munmap(0, 0), munmap(0, 1, { hva: `0x${(BASE + 1n).toString(16)}` }), munmap(0, 1, { size: '0x8000000000000000' }),
      dontneed(0, 0), dontneed(0, 1, { hva: `0x${(BASE + 1n).toString(16)}` }), dontneed(0, 1, { size: '0xffffffffffffe000' }),
      dontneed(0, 4), munmap(1, 1), munmap(1, 1), dontneed(0, 4), dontneed(1, 1), munmap(0, 4),
    ]));
    expect(results(it, 'main', 'main.host')).toEqual([EINVAL, EINVAL, EINVAL, 0, EINVAL, EINVAL, 0, 0, 0, ENOMEM, ENOMEM, 0]);
  });
  it('drop the pages; what is read next is zero, or a fault', () => {
    const it = new Drive(given([hostWrite('ram', 0, 5), dontneed(0, 1), hostRead('ram', 0, { value: 0 })], { vms: [{}] }));
    it.settle();
    expect(it.objects.page(it.objects.hpte(0).pfn).tag).toBe(0);
    expect(used(it)).toBe(1);
  });
  it('refuse to cut a huge page', () => {
    const it = new Drive(given([hostWrite('ram', 0, 5), munmap(1, 3), munmap(0, 2), dontneed(1, 3), dontneed(0, 4), munmap(0, 4)], { memory: [{ name: 'ram', pages: 4, huge: true }], vms: [{}] }));
    expect(results(it, 'main', 'main.host')).toEqual([EINVAL, EINVAL, EINVAL, 0, 0]);
    expect(used(it)).toBe(0);
  });
  it('let a guest that has lost its memory leave with a bare EFAULT', () => {
    const it = new Drive(given([munmap(0, 4)]));
    it.settle('main', 'main.host');
    it.until(vcpu, 'vcpu.reply');
    expect([it.frame('vcpu0')['errno'], it.objects.kvm_run(0).exit_reason]).toEqual([EFAULT, 0]);
  });
});
