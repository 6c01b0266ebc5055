// Files of huge pages: the flag with which they are made, their folios in the page cache, and what is done to these where a page was enough.

import { ok } from '../../../../src/memory/outcome.ts';
import { arg64 } from '../../../../src/memory/calls.ts';
import { EINVAL, ENOMEM } from '../../../../src/steps/errno.ts';
import { refused } from '../../../../src/steps/fallocate.ts';
import { allOrNothing, HUGE_1G, HUGE_2M, orderOfFlags } from '../../../../src/steps/huge-file.ts';
import { maxOrder, steps, wholeFolioSteps } from '../../../../src/steps/huge-folio.ts';
import { runFrame, runSteps, sizedSteps } from '../../../../src/steps/huge-restructure.ts';
import { createFlags } from '../create-flags.ts';
import { splitFolio } from '../../../gmem/huge.ts';
import { step, use } from '../../../fragment.ts';
import type { Editor } from '../../../../src/kernel/edit.ts';
import type { Operation } from '../../../../src/memory/frames.ts';
import type { Step } from '../../../../src/memory/world.ts';
import type { Fix } from '../../fix.ts';

/** Flags of KVM_CREATE_GUEST_MEMFD. */
const SUPPORT_SHARED = 1, INIT_PRIVATE = 2;
const SIZE = 2, FLAGS = 4;

const flags = createFlags({
  description: '1 SUPPORT_SHARED, 2 INIT_PRIVATE, 4 HUGETLB with log2 of the bytes of its pages from bit 26 on: 21 or 30',
  names: { support_shared: SUPPORT_SHARED, init_private: INIT_PRIVATE, huge_2m: HUGE_2M, huge_1g: HUGE_1G },
  private: SUPPORT_SHARED | INIT_PRIVATE, shared: SUPPORT_SHARED,
}, (given) => orderOfFlags(given) >= 0 && ((given & INIT_PRIVATE) === 0 || (given & SUPPORT_SHARED) !== 0));
const checkFlags = flags.steps!['create.validate'] as Step<Operation>;

/** A file of huge pages has whole ones. */
const validate: Step<Operation> = (world, f, choose) => {
  const result = checkFlags(world, f, choose);
  const bytes = 4096 << orderOfFlags(arg64(world, f, FLAGS).lo);
  if (result !== ok || arg64(world, f, SIZE).lo % bytes === 0) return result;
  f.errno = EINVAL;
  return refused;
};

/** Behind a look-up that has found nothing in a file of huge pages: the huge page comes into the file, and is split when it must be. */
function allocateHuge(edit: Editor, steps: 'folio' | 'fileFolio', split: string, enomem: string): void {
  edit.redirect('find', 'absent', 'size');
  edit.add('size', step(`${steps}.testSize`, 'kvm_gmem_has_custom_allocator', { small: 'alloc', huge: 'allocHuge' }));
  edit.add('allocHuge', step(`${steps}.allocHuge`, 'alloc_folio of the allocator: a huge folio, cleared', { ok: 'insertHuge', enomem }));
  edit.add('insertHuge', step(`${steps}.insertHuge`, 'kvm_gmem_filemap_add_folio', { ok: 'putNew', exists: 'putExisting' }));
  edit.add('putExisting', step(`${steps}.putNew`, 'folio_put: another one was faster', { ok: 'find' }));
  edit.add('putNew', step(`${steps}.putNew`, 'folio_put: only the page cache has it now', { ok: 'mixed' }));
  edit.add('mixed', step(`${steps}.testMixed`, 'kvm_gmem_has_some_shared', { mixed: 'splitNew', ok: 'find' }));
  edit.add('splitNew', use(split, { done: 'find', failed: enomem }));
}

export const hugeFiles: Fix = {
  config: { hugeFiles: true },
  calls: flags.calls!,
  registers: [runFrame('gmem.splitNewFolio'), runFrame('host.splitNewFolio')],
  steps: {
    ...runSteps, ...sizedSteps(allOrNothing, true), ...wholeFolioSteps, ...steps, 'create.validate': validate, 'gmem.maxOrder': maxOrder,
    'folio.noMemory': ((_world, f) => {
      f.errno = ENOMEM;
      return ok;
    }) satisfies Step<Operation>,
  },
  fragments: {
    'gmem.splitNewFolio': splitFolio('gmem.splitNewFolio', 'folio.beginSplit'),
    'host.splitNewFolio': splitFolio('host.splitNewFolio', 'fileFolio.beginSplit'),
    'gmem.getFolio': (edit) => {
      allocateHuge(edit, 'folio', 'gmem.splitNewFolio', '^enomem');
      edit.redirect('splitNew', 'failed', 'noMemory');
      edit.add('noMemory', step('folio.noMemory', 'ENOMEM', { ok: '^enomem' }));
    },
    'host.fileFolio': (edit) => allocateHuge(edit, 'fileFolio', 'host.splitNewFolio', 'unlockEnomem'),
    'gmem.getPfn': (edit) => edit.insertBefore('unlock', 'order', step('gmem.maxOrder', 'kvm_gmem_max_mapping_order', { ok: 'unlock' })),
    'gmem.truncate': (edit) => edit.replace('put', step('truncate.put', "folio_put_refs of the cache's references", { ok: 'find' })),
  },
};
