// memory_failure(): what becomes of the page, its mappings, its users, and of those who come later; on 6.8 with its bugs.

import { describe, expect, test } from 'vitest';
import {
  allocate, await_, call, close, createGmem, forever, hostRead, hostWrite, memoryError, notify, pin, punch, read, setAttributes, signal, slot, unpin, write,
} from '../../src/scenario/builder.ts';
import { compile } from '../../src/scenario/compile.ts';
import { exhaustive } from '../../src/explore/search/exhaustive.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import { heldLocks, play, type PlayOptions } from '../support/play.ts';
import type { GuestOp, HardwareOp, Scenario, VmmOp } from '../../src/scenario/builder.ts';

const bound: VmmOp[] = [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private')];
interface Parts { setup?: VmmOp[]; guest?: GuestOp[]; thread?: VmmOp[]; main?: VmmOp[]; hw?: HardwareOp[]; memory?: Scenario['memory'] }

/** Poison first, then the guest, unless the parts say otherwise. */
const scenario = ({ setup = [...bound, allocate('A', 0, 2)], guest = [], thread, main = [], hw = [memoryError({ fd: 'A', page: 0 }), notify('poisoned')], memory }: Parts): Scenario => ({
  name: 'mf', setup, frames: 8, ...(memory ? { memory } : {}),
  vms: [{ vcpus: [{ program: guest, thread: thread ?? (guest.length === 0 ? [] : [await_('poisoned'), { op: 'run' }]) }] }],
  threads: [{ name: 'main', program: main }], hardware: [{ name: 'hw', program: hw }],
});
const run = (parts: Parts, options: PlayOptions = {}) => {
  const played = play(scenario(parts), options);
  expect(played.stuck).toEqual([]);
  expect(played.strayUnlocks).toEqual([]);
  expect(heldLocks(played.world)).toEqual([]);
  return played;
};

describe('of a page of a guest_memfd', () => {
  test('takes the mapping from the guest, leaves the page in the file, and reports EBUSY (G4-B5)', () => {
    const { objects, results } = run({
      guest: [write(0, 7), write(1, 8), notify('mapped'), await_('poisoned')], thread: [{ op: 'run' }], hw: [await_('mapped'), memoryError({ fd: 'A', page: 0 }), notify('poisoned')],
    });
    expect(results).toEqual(['hw: EBUSY']);
    const { pfn } = objects.cache(1, 0);
    expect(objects.folio(pfn)).toMatchObject({ hwpoison: 1, mapping: 1 });
    expect(objects.page(pfn).tag).toBe(3);
    expect(objects.folio_ref(pfn).refcount).toBe(1);
    expect(objects.file_content(1, 0).tag).toBe(-1);
    expect(objects.spte(0, 0, 0).pfn).toBe(0);
    expect(objects.tlb(0, 0).pfn).toBe(0);
    expect(objects.spte(0, 0, 1).pfn).toBe(objects.cache(1, 1).pfn);
    expect(objects.kvm_mmu(0).mmu_invalidate_in_progress).toBe(0);
  });

  test('a second error of the same page: EHWPOISON', () => {
    expect(run({ hw: [memoryError({ fd: 'A', page: 0, expect: 'EBUSY' }), memoryError({ fd: 'A', page: 0, expect: 'EHWPOISON' })] }).unexpected).toEqual([]);
  });

  test('starts no invalidation where no memslot is bound', () => {
    const { objects, results } = run({ setup: [createGmem('A', 1), allocate('A', 0, 1)], hw: [memoryError({ fd: 'A', page: 0 })] });
    expect(results).toEqual(['hw: EBUSY']);
    expect(objects.kvm_mmu(0).mmu_invalidate_seq).toBe(1);
  });

  test('where the file has no page nothing happens', () => {
    const { results, objects } = run({ setup: bound, hw: [memoryError({ fd: 'A', page: 0 })] });
    expect(results).toEqual([]);
    expect(objects.mailbox(1).type).toBe(0);
  });

  test('every later access ends with EHWPOISON and MEMORY_FAULT; other pages are not affected', () => {
    const { exits } = run({
      guest: [write(1, 3), read(0)], thread: [await_('poisoned'), { op: 'run' }, { op: 'run' }], main: [await_('poisoned'), allocate('A', 0, 2, 'ok')],
    });
    expect(exits).toEqual(['cpu0: MEMORY_FAULT EHWPOISON flags 8', 'cpu0: MEMORY_FAULT EHWPOISON flags 8']);
  });

  test('each such access leaks a reference, so that the page is never freed (G4-B1)', () => {
    const { objects } = run({ guest: [read(0)], thread: [await_('poisoned'), { op: 'run' }, { op: 'run' }, notify('read')], main: [await_('read'), punch('A', 0, 1)] });
    const poisoned = [1, 2, 3].filter((pfn) => objects.folio(pfn).hwpoison !== 0);
    expect(poisoned).toHaveLength(1);
    expect(objects.folio_ref(poisoned[0]!).refcount).toBe(2);
    expect(objects.buddy().used.has(poisoned[0]!)).toBe(true);
  });

  test('a hole cures: the page is freed and stays out of use, the next access finds a new zero page', () => {
    const { objects, exits } = run({ guest: [read(0)], thread: [await_('cured'), { op: 'run' }], main: [await_('poisoned'), punch('A', 0, 1), notify('cured')] });
    expect(exits).toEqual(['cpu0: HLT ok']);
    const { pfn } = objects.cache(1, 0);
    expect(objects.folio(pfn).hwpoison).toBe(0);
    expect(objects.page(pfn).tag).toBe(0);
    expect(objects.file_content(1, 0).tag).toBe(0);
    const poisoned = [1, 2, 3].filter((one) => objects.folio(one).hwpoison !== 0);
    expect(poisoned.map((one) => [objects.folio_ref(one).refcount, objects.buddy().used.has(one)])).toEqual([[0, false]]);
  });

  test('closing the file frees the poisoned page too', () => {
    const { objects } = run({ main: [await_('poisoned'), close('A', 'ok')] });
    expect(objects.buddy().used.any()).toBe(false);
  });

  test('the thread that consumed the error gets a SIGBUS, though the page was dealt with (G4-B5)', () => {
    const { signals } = run({ main: [await_('poisoned'), notify('end')], hw: [memoryError({ fd: 'A', page: 0, thread: 'main' }), notify('poisoned')] });
    expect(signals).toEqual(['main: 7 code 0']);
  });

  test('nobody is signalled when nobody consumed it, whatever the kill policy', () => {
    expect(run({ main: [await_('poisoned'), notify('end')], hw: [memoryError({ fd: 'A', page: 0, early_kill: true }), notify('poisoned')] }).signals).toEqual([]);
  });

  test.each(Array.from({ length: 20 }, (_one, seed) => seed))('while two sources strike and the guest works, schedule %i', (seed) => {
    const { objects, stuck } = play({
      ...scenario({ guest: [write(0), write(1), read(0), read(1)], thread: [{ op: 'run' }], hw: [memoryError({ fd: 'A', page: 0 })] }),
      hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 })] }, { name: 'other', program: [memoryError({ fd: 'A', page: 0, any: 2 })] }],
    }, { seed });
    expect(stuck).toEqual([]);
    expect(objects.kvm_mmu(0).mmu_invalidate_in_progress).toBe(0);
    expect(objects.mf_mutex().owner).toBe(0);
  });
});

describe('against a hole in the same page', () => {
  const sc22: Scenario = { ...scenario({ setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), allocate('A', 0, 1)], main: [punch('A', 0, 1)], hw: [memoryError({ fd: 'A', page: 0 })] }), name: 'SC22' };

  test('there is a deadlock: folio lock and invalidate_lock, both ways round (G4-B10)', () => {
    const { deadlocks, complete } = exhaustive(v6_8, compile(sc22, v6_8), { states: 100_000, stop: 'never' });
    expect(complete).toBe(true);
    expect(deadlocks).toBeGreaterThan(0);
  });

  test('it is these two who wait', () => {
    const seed = Array.from({ length: 200 }, (_one, i) => i).find((i) => play(sc22, { seed: i }).stuck.length > 0)!;
    const { stuck } = play(sc22, { seed });
    expect(stuck).toContain('main.gmem fallocate.carryOut.punch.truncate.lock');
    expect(stuck).toContain('hw.mf event.check.handle.file.lock');
  });
});

describe('of a page of the process', () => {
  const ram: Parts = { memory: [{ name: 'ram', pages: 2 }], setup: [slot(0, 0, 2, { memory: 'ram' })] };
  const strike = (more: Partial<Parameters<typeof memoryError>[0]> = {}) => memoryError({ memory: 'ram', page: 0, ...more });

  test('takes it from guest and host, and is a success', () => {
    const { results, objects } = run({ ...ram, guest: [write(0, 7), notify('mapped'), await_('poisoned')], thread: [{ op: 'run' }], hw: [await_('mapped'), strike(), notify('poisoned')] });
    expect(results).toEqual(['hw: ok']);
    expect(objects.hpte(0)).toMatchObject({ pfn: 0, hwpoison: 1 });
    expect(objects.spte(0, 0, 0).pfn).toBe(0);
    expect(objects.tlb(0, 0).pfn).toBe(0);
    expect(objects.buddy().used.any()).toBe(false);
    expect(objects.kvm_mmu(0).mmu_invalidate_in_progress).toBe(0);
    expect(objects.mn_invalidate(0).mn_active_invalidate_count).toBe(0);
  });

  test("the guest's next access ends in a SIGBUS that requires action, and EINTR", () => {
    const { exits, signals } = run({ ...ram, guest: [write(0, 7), notify('mapped'), await_('poisoned'), read(0)], thread: [{ op: 'run' }], hw: [await_('mapped'), strike(), notify('poisoned')] });
    expect(exits).toEqual(['cpu0: INTR EINTR']);
    expect(signals).toEqual(['cpu0: 7 code 4']);
  });

  test("so does the host's", () => {
    const { signals } = run({ ...ram, main: [hostWrite('ram', 0, 1), notify('mapped'), await_('poisoned'), hostRead('ram', 0)], hw: [await_('mapped'), strike(), notify('poisoned')] });
    expect(signals).toEqual(['main: 7 code 4']);
  });

  test('with early kill the process learns of it at once, in a thread that runs no vCPU', () => {
    const { signals } = run({ ...ram, main: [hostWrite('ram', 0, 1), notify('mapped'), await_('poisoned'), notify('end')], hw: [await_('mapped'), strike({ early_kill: true }), notify('poisoned')] });
    expect(signals).toEqual(['main: 7 code 5']);
  });

  test('a device that holds the page makes it a failure; the reference goes when the device lets go', () => {
    const { results, objects } = run({
      ...ram, main: [hostWrite('ram', 0, 1), notify('mapped')],
      hw: [await_('mapped'), pin({ memory: 'ram', page: 0 }), strike(), unpin({ memory: 'ram', page: 0 })],
    });
    expect(results).toEqual(['hw: EBUSY']);
    expect(objects.buddy().used.any()).toBe(false);
  });
});

describe('madvise(MADV_HWPOISON)', () => {
  const ram: Parts = { memory: [{ name: 'ram', pages: 2 }], setup: [slot(0, 0, 2, { memory: 'ram' })], hw: [] };
  const poison = (expected: string, members: Record<string, unknown> = { memory: 'ram', page: 0 }): VmmOp => call('madvise_hwpoison', { ...members, expect: expected });

  test('loses the page to everybody, and its caller is told with a SIGBUS that requires action', () => {
    const { unexpected, signals, objects } = run({ ...ram, main: [hostWrite('ram', 0, 1), poison('ok'), notify('end')] });
    expect(unexpected).toEqual([]);
    expect(signals).toEqual(['main: 7 code 4']);
    expect(objects.hpte(0)).toMatchObject({ pfn: 0, hwpoison: 1 });
    expect(objects.buddy().used.any()).toBe(false);
  });

  test.each([
    ['a page that was never touched', [poison('ok')]],
    ['a page that was lost before', [poison('ok'), poison('EFAULT')]],
    ['a page that was lost and discarded', [poison('ok'), call('madvise_dontneed', { memory: 'ram', page: 0, pages: 1, expect: 'ok' }), poison('ok')]],
    ['an address without a mapping', [poison('EFAULT', { hva: '0x1000' })]],
    ['an address that is not aligned', [poison('EINVAL', { hva: '0x1001' })]],
  ])('of %s', (_what, main) => {
    expect(run({ ...ram, main }).unexpected).toEqual([]);
  });

  test.each(Array.from({ length: 20 }, (_one, seed) => seed))('against an error of the same page and its discarding, schedule %i', (seed) => {
    const { stuck, objects, world } = play({
      ...scenario({ ...ram, guest: [write(0), read(0)], thread: [{ op: 'run' }], main: [hostWrite('ram', 0, 1), poison('ok')], hw: [memoryError({ memory: 'ram', page: 0 })] }),
    }, { seed });
    expect(stuck).toEqual([]);
    expect(heldLocks(world)).toEqual([]);
    const references = [1, 2, 3, 4, 5, 6].map((pfn) => objects.folio_ref(pfn).refcount);
    const mapped = [0, 1].filter((hva) => objects.hpte(hva).pfn !== 0).length;
    expect(references.reduce((sum, one) => sum + one, 0)).toBe(mapped);
  });
});

describe('a signal for the thread of a vCPU', () => {
  test.each(Array.from({ length: 20 }, (_one, seed) => seed))('makes it leave a guest that never would, schedule %i', (seed) => {
    const { exits } = play(scenario({
      guest: [notify('inside'), forever([read(0)])], thread: [{ op: 'run' }], hw: [await_('inside'), signal('cpu0')],
    }), { seed, after: ({ table, last }) => table.leaves[last.leaf]!.step === 'vmm.receiveExit' });
    expect(exits).toEqual(['cpu0: INTR EINTR']);
  });
});
