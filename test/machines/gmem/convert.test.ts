// Conversion in place, call by call and in chosen orders, on the RFC of 2025, on that with its bugs mended and on the series of 2026.

import { describe, expect, it } from 'vitest';
import { together } from '../../../machines/kernels/fix.ts';
import { conversions_2025 } from '../../../machines/kernels/conversions-2025.ts';
import { conversions_2025_fixed } from '../../../machines/kernels/conversions-2025-fixed.ts';
import { conversions_2026 } from '../../../machines/kernels/conversions-2026.ts';
import { mainline } from '../../../machines/kernels/mainline.ts';
import { compile } from '../../../src/scenario/compile.ts';
import {
  await_, call, check, convertGmem, createGmem, failAllocation, hostRead, hostWrite, lruDrain, notify, pin, run, setAttributes, slot, write, type Scenario,
} from '../../../src/scenario/builder.ts';
import { deriveKernel, type Kernel } from '../../../src/kernel/define.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { ERRNO_NAMES } from '../../../src/steps/errno.ts';
import { SHAREABILITIES } from '../../../src/memory/layouts/shareability.ts';
import { withShareability } from '../../../src/steps/shareability.ts';
import { Drive, results } from '../../support/drive.ts';
import { play } from '../../support/play.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { VmmOp } from '../../../src/scenario/builder.ts';

const both = [conversions_2025, conversions_2026];
const mapped = (pages: number): VmmOp[] => [createGmem('A', pages, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: pages * 4096 }), slot(0, 0, pages, { fd: 'A', memory: 'view' })];
const view = (pages: number) => [{ name: 'view', pages, mapped: false }];

/** errno of each call of the file, and the tree behind them: `GUEST 0-2`. */
function converted(kernel: Kernel, ...program: VmmOp[]): { errnos: string[]; tree: string[] } {
  const drive = new Drive({ vms: [{}], setup: [createGmem('A', 8, { init: 'shared' }), slot(0, 0, 8, { fd: 'A' })], threads: [{ name: 'main', program }] }, kernel);
  const errnos = results(drive, 'main', 'main.gmem').map((errno) => ERRNO_NAMES[errno]!);
  const { shareability } = withShareability(drive.objects);
  const tree: string[] = [];
  for (let index = 0; index < 8; index++) if (shareability(1, index).behind !== 0) tree.push(`${SHAREABILITIES[shareability(1, index).value]} ${index}-${shareability(1, index).behind}`);
  return { errnos, tree };
}

describe('the ranges of a file', () => {
  it.each(both)('cover it, and neighbours of one value are one, on $name', (kernel) => {
    expect(converted(kernel, convertGmem('A', 0, 8, 'shared')).tree).toEqual(['ALL 0-8']);
    expect(converted(kernel, convertGmem('A', 0, 1, 'private')).tree).toEqual(['GUEST 0-1', 'ALL 1-8']);
    expect(converted(kernel, convertGmem('A', 2, 2, 'private'), convertGmem('A', 5, 1, 'private')).tree).toEqual(['ALL 0-2', 'GUEST 2-4', 'ALL 4-5', 'GUEST 5-6', 'ALL 6-8']);
    expect(converted(kernel, convertGmem('A', 2, 2, 'private'), convertGmem('A', 5, 1, 'private'), convertGmem('A', 4, 1, 'private')).tree).toEqual(['ALL 0-2', 'GUEST 2-6', 'ALL 6-8']);
    expect(converted(kernel, convertGmem('A', 0, 8, 'private'), convertGmem('A', 3, 2, 'shared'), convertGmem('A', 1, 6, 'shared')).tree).toEqual(['GUEST 0-1', 'ALL 1-7', 'GUEST 7-8']);
    expect(converted(kernel, convertGmem('A', 2, 2, 'private'), convertGmem('A', 0, 8, 'shared')).tree).toEqual(['ALL 0-8']);
  });
});

describe('the ioctl', () => {
  const bytes = (offset: number | string, size: number | string, more: object = {}): VmmOp => call('convert_gmem', { fd: 'A', offset, size, attributes: 8, ...more });
  it('of the RFC checks error_offset, a size of 0, the end, alignment', () => {
    const { errnos, tree } = converted(conversions_2025, bytes(0, 0), bytes(1, 4096), bytes(0, 4097), bytes(0, 9 * 4096), bytes('0xfffffffffffff000', 8192), bytes(0, 4096, { error_offset: 1 }), bytes(0, 4096, { attributes: 3 }));
    expect(errnos).toEqual(['ok', 'EINVAL', 'EINVAL', 'EINVAL', 'EINVAL', 'EINVAL', 'ENOTTY']);
    expect(tree).toEqual(['ALL 0-8']);
  });
  it('of the series checks flags, attributes, a size of 0, the range', () => {
    const { errnos } = converted(conversions_2026, bytes(0, 0), bytes(1, 4096), bytes(0, 4097), bytes(0, 9 * 4096), call('convert_gmem', { fd: 'A', offset: 0, size: 4096, attributes: 3 }), bytes(0, 4096, { flags: ['preserve'] }));
    expect(errnos).toEqual(['EINVAL', 'EINVAL', 'EINVAL', 'EINVAL', 'EINVAL', 'ok']);
  });
  it('makes flags of files of its own, and takes those of the VM away', () => {
    const compiled = (kernel: Kernel, program: VmmOp[]) => () => compile({ name: 'x', vms: [{}], threads: [{ name: 'main', program }] }, kernel);
    expect(compiled(conversions_2025, [createGmem('A', 1, { flags: ['init_shared'] })])).toThrow(/init_shared/);
    expect(compiled(conversions_2026, [setAttributes(0, 1, 'private')])).toThrow("'set_attributes' is of no use on kernel 'conversions-2026': files keep the state of their pages themselves");
    expect(compiled(mainline, [convertGmem('A', 0, 1, 'private')])).toThrow("there is no VMM operation 'convert_gmem'");
  });
  it('of the RFC refuses INIT_PRIVATE alone', () => {
    const drive = new Drive({ vms: [{}], threads: [{ name: 'main', program: [1, 2, 3, 4].map((flags) => call('create_gmem', { fd: `F${flags}`, size: 4096, flags })) }] }, conversions_2025);
    expect(results(drive, 'main', 'main.vm').map((errno) => ERRNO_NAMES[errno])).toEqual(['ok', 'EINVAL', 'ok', 'EINVAL']);
  });
});

describe('who sees what', () => {
  it.each([conversions_2025_fixed, conversions_2026])('the host loses a page that becomes private, which the guest then writes, on $name', (kernel) => {
    const { objects } = play({
      name: 'taken', vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 7, { private: true })] }] }], memory: view(1), setup: mapped(1),
      threads: [{ name: 'main', program: [hostWrite('view', 0, 1), convertGmem('A', 0, 1, 'private'), hostRead('view', 0)] }],
    }, { kernel, priority: ['main', 'main.gmem'] });
    expect(objects.hpte(0).pfn).toBe(0);
    expect(objects.page(objects.cache(1, 0).pfn)).toMatchObject({ value: 7, secret_of: 1 });
  });
  it('a guest asks its file whether a page is private, whatever the attributes of the VM say', () => {
    const exits = (flags: 'shared' | 'private', more: VmmOp[]): readonly string[] => play({
      name: 'asks', vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 7)], thread: [run('stop')] }] }], setup: [createGmem('A', 1, { init: flags }), slot(0, 0, 1, { fd: 'A' }), ...more],
    }, { kernel: conversions_2025 }).exits;
    expect(exits('shared', [])).toEqual(['cpu0: HLT ok']);
    expect(exits('shared', [setAttributes(0, 1, 'private')])).toEqual(['cpu0: HLT ok']);
    expect(exits('private', [])).toEqual(['cpu0: MEMORY_FAULT EFAULT flags 0']);
  });
});

describe('G5-B13, a conversion that gives up', () => {
  /** Zapping as TDX does it: a private page loses its content with its leaf. */
  const destructive = (kernel: Kernel): Kernel => {
    const name = kernel.steps.has('mmu.zapNextOfKind') ? 'mmu.zapNextOfKind' : 'mmu.zapNext';
    const zap = kernel.steps.get(name) as Step<{ gfn: number; gfn_end: number }>;
    return deriveKernel(kernel, together('destructive', 'zapping loses private pages', [{
      steps: { [name]: ((world, f, choose) => {
        const before = [...Array(world.facts.sizes.gfn).keys()].map((gfn) => ({ pfn: world.spte(f.vm, 0, gfn).pfn, isPrivate: world.spte(f.vm, 0, gfn).private }));
        const result = zap(world, f, choose);
        before.forEach(({ pfn, isPrivate }, gfn) => {
          if (pfn !== 0 && isPrivate !== 0 && world.spte(f.vm, 0, gfn).pfn === 0) world.page(pfn).value = 0;
        });
        return result;
      }) satisfies Step<{ gfn: number; gfn_end: number }> },
    }]));
  };
  const search = (kernel: Kernel, given: Scenario) => exhaustive(kernel, compile(given, kernel), { invariants, stop: 'never', states: 100_000 });
  const vms: Scenario['vms'] = [{ type: 'confidential', vcpus: [{ program: [write(0, 7, { private: true }), notify('written'), await_('tried'), check(0, 7, { private: true })] }] }];
  /** Page 0 is private and written, page 2 shared and held by a device; all are to become private. */
  const held: Scenario = {
    name: 'held', vms, memory: view(3), setup: [...mapped(3), convertGmem('A', 0, 1, 'private'), hostWrite('view', 2, 1)],
    threads: [{ name: 'main', program: [await_('written'), await_('held'), convertGmem('A', 0, 3, 'private', { expect: 'EAGAIN' }), notify('tried')] }],
    hardware: [{ name: 'device', program: [lruDrain(), pin({ memory: 'view', page: 2 }), notify('held')] }],
  };
  /** Page 0 is to become shared, and the store runs out of memory; `after` so many allocations. */
  const short = (after: number): Scenario => ({
    name: 'short', vms, setup: [createGmem('A', 1, { init: 'private' }), slot(0, 0, 1, { fd: 'A' })],
    threads: [{ name: 'main', program: [await_('armed'), convertGmem('A', 0, 1, 'shared', { expect: 'ENOMEM' }), notify('tried')] }],
    hardware: [{ name: 'hw', program: [await_('written'), failAllocation(after), notify('armed')] }],
  });
  it('because a page is held has zapped shared leaves only, which lose nothing, destructive or not', () => {
    for (const kernel of [conversions_2025_fixed, destructive(conversions_2025_fixed)]) expect(search(kernel, held)).toMatchObject({ complete: true, findings: [] });
  });
  it('for want of memory has zapped private leaves by then: where that is destructive the guest loses its page, on the RFC and not on the series', () => {
    expect(search(conversions_2025_fixed, short(1))).toMatchObject({ complete: true, findings: [] });
    expect(search(destructive(conversions_2025_fixed), short(1)).findings.map(({ id }) => id)).toContain('S-27');
    expect(search(destructive(conversions_2026), short(0))).toMatchObject({ complete: true, findings: [] });
  });
});
