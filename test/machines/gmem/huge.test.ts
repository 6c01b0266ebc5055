// Files of huge pages: how large their folios are after conversions, holes and allocations, what the calls answer, and that a split or a merge that
// fails leaves everything as it was.

import { describe, expect, it } from 'vitest';
import { conversions_2025_huge } from '../../../machines/kernels/conversions-2025-huge.ts';
import { conversions_2025_huge_fixed } from '../../../machines/kernels/conversions-2025-huge-fixed.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { allocate, await_, call, convertGmem, createGmem, failAllocation, hostWrite, notify, pin, punch, slot, write } from '../../../src/scenario/builder.ts';
import { ERRNO_NAMES } from '../../../src/steps/errno.ts';
import { sizeAt } from '../../../src/steps/huge-convert.ts';
import { headOf } from '../../../src/steps/folio.ts';
import { Drive, results } from '../../support/drive.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { VmmOp } from '../../../src/scenario/builder.ts';

const file = (pages: number, size: 'huge_2m' | 'huge_1g' = 'huge_2m'): VmmOp => createGmem('A', pages, { flags: ['support_shared', 'init_private', size] });

/** Pages of the folios of a file, one after the other, as far as the scenario has numbers for its pages; 0: no page. */
function sizes({ objects }: Drive, pages: number): number[] {
  const list: number[] = [];
  for (let index = 0; index < Math.min(pages, objects.facts.sizes.index);) {
    const size = sizeAt(objects, 1, index);
    list.push(size === 0 ? 0 : 1 << (size - 1));
    index += size === 0 ? 1 : 1 << (size - 1);
  }
  return list;
}

/** errno of each call, and the folios behind them. */
function after(kernel: Kernel, setup: VmmOp[], pages: number, ...program: VmmOp[]): { errnos: string[]; sizes: number[] } {
  const drive = new Drive({ vms: [{}], setup, threads: [{ name: 'main', program }] }, kernel);
  return { errnos: results(drive, 'main', 'main.gmem').map((errno) => ERRNO_NAMES[errno]!), sizes: sizes(drive, pages) };
}

const search = (kernel: Kernel, scenario: object) => exhaustive(kernel, compile({ name: 'huge', ...scenario }, kernel), { invariants, graph: true, stop: 'never', states: 100_000 });

describe('a file of huge pages', () => {
  it('is made of whole ones, of a size that there is', () => {
    const made = (...program: VmmOp[]): string[] => {
      const drive = new Drive({ vms: [{}], threads: [{ name: 'main', program }] }, conversions_2025_huge);
      return results(drive, 'main', 'main.vm').map((errno) => ERRNO_NAMES[errno]!);
    };
    expect(made(file(4), createGmem('B', 6, { flags: ['huge_2m'] }), createGmem('C', 8, { flags: ['huge_1g'] }), createGmem('D', 16, { flags: ['huge_1g', 'support_shared'] }))).toEqual(['ok', 'EINVAL', 'EINVAL', 'ok']);
    expect(made(createGmem('A', 4, { flags: 4 }), createGmem('B', 4, { flags: 4 | 22 << 26 }), createGmem('C', 4, { flags: ['huge_2m', 'init_private'] }))).toEqual(['EINVAL', 'EINVAL', 'EINVAL']);
  });

  it('gets whole ones, wherever an allocation lies in them', () => {
    expect(after(conversions_2025_huge_fixed, [file(8)], 8, allocate('A', 1, 1)).sizes).toEqual([4]);
    expect(after(conversions_2025_huge_fixed, [file(8)], 8, allocate('A', 3, 2)).sizes).toEqual([4, 4]);
    expect(after(conversions_2025_huge, [file(8)], 8, allocate('A', 3, 2)).sizes).toEqual([4, 0, 0, 0, 0]);
    expect(after(conversions_2025_huge, [file(16, 'huge_1g')], 16, allocate('A', 3, 2)).sizes).toEqual(Array.from({ length: 16 }, () => 0));
  });

  it('has small folios where something is shared, and a huge one again when nothing is', () => {
    const all = [file(8), allocate('A', 0, 8)];
    expect(after(conversions_2025_huge, all, 8, convertGmem('A', 1, 1, 'shared')).sizes).toEqual([1, 1, 1, 1, 4]);
    expect(after(conversions_2025_huge, all, 8, convertGmem('A', 3, 2, 'shared'), convertGmem('A', 3, 1, 'private')).sizes).toEqual([4, 1, 1, 1, 1]);
    expect(after(conversions_2025_huge, all, 8, convertGmem('A', 0, 8, 'shared'), convertGmem('A', 0, 8, 'private')).sizes).toEqual([4, 4]);
    // What comes into the file when something of it is shared.
    expect(after(conversions_2025_huge, [file(8), convertGmem('A', 1, 1, 'shared')], 8, allocate('A', 0, 8)).sizes).toEqual([1, 1, 1, 1, 4]);
    const giant = [file(16, 'huge_1g'), allocate('A', 0, 16)];
    expect(after(conversions_2025_huge, giant, 16, convertGmem('A', 5, 1, 'shared')).sizes).toEqual(Array.from({ length: 16 }, () => 1));
    expect(after(conversions_2025_huge_fixed, giant, 16, convertGmem('A', 5, 1, 'shared')).sizes).toEqual([4, 1, 1, 1, 1, 4, 4]);
    expect(after(conversions_2025_huge_fixed, giant, 16, convertGmem('A', 5, 4, 'shared'), convertGmem('A', 5, 3, 'private')).sizes).toEqual([4, 4, 1, 1, 1, 1, 4]);
    expect(after(conversions_2025_huge_fixed, giant, 16, convertGmem('A', 5, 4, 'shared'), convertGmem('A', 4, 5, 'private')).sizes).toEqual([16]);
    expect(after(conversions_2025_huge_fixed, [file(16, 'huge_1g'), convertGmem('A', 5, 1, 'shared')], 16, allocate('A', 0, 1)).sizes).toEqual([4, 1, 1, 1, 1, 4, 4]);
  });
});

describe('a hole', () => {
  /** The pages that hold something else than zero after a hole in a file that the guest has filled. */
  function left(kernel: Kernel, from: number, to: number): { kept: number[]; sizes: number[] } {
    const drive = new Drive({
      vms: [{ type: 'confidential', vcpus: [{ program: [0, 1, 2, 3, 4, 5, 6, 7].map((page) => write(page, page + 1, { private: true })) }] }],
      setup: [file(8), slot(0, 0, 8, { fd: 'A' })], threads: [{ name: 'main', program: [punch('A', from, to - from)] }],
    }, kernel);
    drive.settle('cpu0', 'vcpu0', 'irq0');
    drive.settle('main', 'main.gmem', 'vcpu0', 'irq0');
    const kept = [0, 1, 2, 3, 4, 5, 6, 7].filter((index) => {
      const { pfn } = drive.objects.cache(1, index);
      return pfn !== 0 && drive.objects.page(pfn).value === index + 1;
    });
    return { kept, sizes: sizes(drive, 8) };
  }
  const ranges = Array.from({ length: 8 }, (_one, from) => Array.from({ length: 8 - from }, (_two, k) => [from, from + k + 1] as const)).flat();

  it('makes zero of its pages and of no others; huge pages that it covers are gone, all ranges', () => {
    for (const [from, to] of ranges) {
      const outside = [0, 1, 2, 3, 4, 5, 6, 7].filter((page) => page < from || page >= to);
      const gone = (first: number): number[] => (from <= first && first + 4 <= to ? [0, 0, 0, 0] : [4]);
      expect({ from, to, ...left(conversions_2025_huge_fixed, from, to) }).toEqual({ from, to, kept: outside, sizes: [...gone(0), ...gone(4)] });
    }
  });

  it('of the series zeroes from the beginning of the folio, as far as its end lies behind a border', () => {
    expect(left(conversions_2025_huge, 1, 3).kept).toEqual([3, 4, 5, 6, 7]);
    expect(left(conversions_2025_huge, 1, 4).kept).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(left(conversions_2025_huge, 3, 6).kept).toEqual([2, 3, 6, 7]);
    expect(left(conversions_2025_huge, 0, 8).kept).toEqual([]);
  });

  it('in a huge page of which something is shared takes it away whole, unless somebody uses a page of it', () => {
    const shared = [file(4), allocate('A', 0, 4), convertGmem('A', 1, 2, 'shared')];
    expect(after(conversions_2025_huge_fixed, shared, 4, punch('A', 0, 4))).toEqual({ errnos: ['ok'], sizes: [0, 0, 0, 0] });
    const held = {
      vms: [{}], memory: [{ name: 'view', pages: 4, mapped: false }],
      setup: [file(4), convertGmem('A', 1, 2, 'shared'), call('mmap', { region: 'view', fd: 'A', length: 4 * 4096 }), hostWrite('view', 1, 5)],
      threads: [{ name: 'main', program: [await_('pinned'), punch('A', 0, 4, 'EAGAIN')] }], hardware: [{ name: 'device', program: [pin({ memory: 'view', page: 1 }), notify('pinned')] }],
    };
    expect(search(conversions_2025_huge_fixed, held)).toMatchObject({ complete: true, findings: [] });
    expect(search(conversions_2025_huge_fixed, { ...held, threads: [{ name: 'main', program: [punch('A', 0, 4, 'ok')] }], hardware: [] })).toMatchObject({ complete: true, findings: [] });
  });
});

describe('without memory', () => {
  const attempt = (failing: number, ...program: VmmOp[]): object => ({
    vms: [{}], setup: [file(4), allocate('A', 0, 4), ...program.slice(0, -1)], threads: [{ name: 'main', program: [await_('armed'), program.at(-1)!] }],
    hardware: [{ name: 'allocator', program: [failAllocation(failing), notify('armed')] }],
  });

  it.each([0, 1, 2, 3, 4, 5])('for allocation %i of a conversion that splits, or merges, nothing has changed behind it', (failing) => {
    for (const program of [[convertGmem('A', 1, 1, 'shared')], [convertGmem('A', 1, 1, 'shared'), convertGmem('A', 1, 1, 'private')]]) {
      const result = search(conversions_2025_huge_fixed, attempt(failing, ...program));
      expect(result).toMatchObject({ complete: true, findings: [] });
      expect(result.evaluated['S-21']).toBeGreaterThan(0);
    }
  });

  it('for the third small folio, the huge one is back, with its references', () => {
    const drive = new Drive({ ...attempt(4, convertGmem('A', 1, 1, 'shared')) } as never, conversions_2025_huge_fixed);
    drive.settle('allocator');
    expect(results(drive, 'main', 'main.gmem').map((errno) => ERRNO_NAMES[errno])).toEqual(['ENOMEM']);
    expect(sizes(drive, 4)).toEqual([4]);
    expect(drive.objects.folio_ref(headOf(drive.objects.folio, drive.objects.cache(1, 0).pfn)).refcount).toBe(4);
  });
});
