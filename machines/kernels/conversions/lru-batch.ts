// A folio that was just added to the page cache lies in a per-CPU batch until that is full: one reference more, of nobody's, which a test of
// reference counts must know of. The model keeps the batches of all CPUs in one; memory_failure() and hardware drain it, and whoever asks for it.
// Older kernels have batches too; there nothing depends on them.

import { lru_batch } from '../../../src/memory/layouts/shareability.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { headOf } from '../../../src/steps/folio.ts';
import { addToBatch, drainBatches, inBatch } from '../../../src/steps/lru-batch.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { FolioAt, HostFault } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** The change to `base`. */
export function lruBatch(base: Kernel): Fix {
  const insert = base.steps.get('folio.insert') as Step<FolioAt>;
  const insertForHost = base.steps.get('fileFolio.insert') as Step<HostFault>;
  const getPage = base.steps.get('mf.getPage') as Step<{ pfn: number }>;
  const drained = base.steps.get('hw.lruDrain') as Step;
  return {
    objects: [lru_batch],
    steps: {
      /** filemap_add_folio: __filemap_add_folio, folio_add_lru */
      'folio.insert': ((world, f, choose) => {
        const result = insert(world, f, choose);
        if (result === ok) addToBatch(world, f.pfn);
        return result;
      }) satisfies Step<FolioAt>,
      'fileFolio.insert': ((world, f, choose) => {
        const result = insertForHost(world, f, choose);
        if (result === ok) addToBatch(world, f.page);
        return result;
      }) satisfies Step<HostFault>,
      /** MF2: shake_folio, since a folio in a batch is on no list. */
      'mf.getPage': ((world, f, choose) => {
        if (inBatch(world, headOf(world.folio, f.pfn))) drainBatches(world);
        return getPage(world, f, choose);
      }) satisfies Step<{ pfn: number }>,
      'hw.lruDrain': ((world, f, choose) => {
        drainBatches(world);
        return drained(world, f, choose);
      }) satisfies Step,
    },
  };
}
