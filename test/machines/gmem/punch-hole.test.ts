// The hole of machines/gmem/punch-hole.ts, and S-01 (src/check/invariants/s01.ts), which watches it: no SPTE is left to a page that went.

import { describe, expect, test } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { s01 } from '../../../src/check/invariants/s01.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { deriveKernel, type KernelDifference } from '../../../src/kernel/define.ts';
import { allocate, createGmem, punch, setAttributes, slot } from '../../../src/scenario/builder.ts';
import { SC01 } from '../../../src/scenario/builtin/sc01.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { play } from '../../support/play.ts';

describe('a hole', () => {
  test('takes the steps of kvm_gmem_punch_hole in their order', () => {
    const steps: string[] = [];
    play({
      name: 'hole', vms: [{}], setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private'), allocate('A', 0, 2)],
      threads: [{ name: 'main', program: [punch('A', 0, 1, 'ok')] }],
    }, {
      after: (world) => {
        const { path, step } = world.table.leaves[world.last.leaf]!;
        if (path.includes('.punch.')) steps.push(step);
      },
    });
    expect(steps).toEqual([
      'inode.downWrite',
      // Begin: one memslot is bound to the range. Nobody has mapped it, so that nothing is to be flushed.
      'gmem.nextFile', 'gmem.nextBoundSlot', 'mmu.writeLock', 'mmu.invalidateBegin', 'mmu.rangeAdd', 'mmu.zapNext', 'gmem.nextBoundSlot', 'mmu.writeUnlock', 'gmem.nextFile',
      // Truncate: one page, and there is no other.
      'cache.findNext', 'folio.lock', 'folio.removeFromCache', 'folio.unlock', 'folio.put', 'cache.findNext',
      // End: mmu_invalidate_seq before mmu_invalidate_in_progress.
      'gmem.nextFile', 'gmem.anyBoundSlot', 'mmu.writeLock', 'mmu.advanceSeq', 'mmu.dropInProgress', 'mmu.writeUnlock', 'gmem.nextFile',
      'inode.upWrite',
    ]);
  });

  const broken = (change: Partial<KernelDifference> = {}): string[] => {
    const kernel = deriveKernel(v6_8, { name: 'changed', fragments: {}, ...change });
    return exhaustive(kernel, compile(SC01, kernel), { invariants: [s01], stop: 'never' }).findings.map(({ id }) => id);
  };

  test('leaves no SPTE to a page that went, in any interleaving with a fault', () => {
    expect(broken()).toEqual([]);
  });

  test('leaves one when it does not begin an invalidation, or does not zap', () => {
    expect(broken({ fragments: { 'gmem.punchHole': (edit) => edit.remove('begin', 'truncate') } })).toContain('S-01');
    expect(broken({ fragments: { 'kvm.unmapGfnRange': (edit) => edit.remove('zap', '^done') } })).toContain('S-01');
  });
});
