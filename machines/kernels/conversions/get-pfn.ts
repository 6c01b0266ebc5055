// kvm_gmem_get_pfn takes invalidate_lock, shared, from the look at the bindings until the folio is ready: no page comes into the file, or is
// given to a guest, while the state of pages is being changed. It is let go before the page is mapped: from there on mmu_seq is what counts.

import { FaultFrame, type Fault } from '../../../src/memory/frames.ts';
import { frame, type Registers } from '../../../src/memory/layout.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { putFolio } from '../../../src/steps/folio.ts';
import { step } from '../../fragment.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

export const getPfnLocked: Fix = {
  fragments: {
    'gmem.getPfn': (edit) => {
      edit.insertBefore('binding', 'lockShared', step('inode.downRead', 'filemap_invalidate_lock_shared', { ok: 'binding' }));
      edit.redirect('binding', 'unbound', 'unlockSharedError');
      edit.redirect('binding', 'mismatch', 'unlockSharedError');
      edit.redirect('folio', 'enomem', 'unlockSharedError');
      edit.redirect('putPoisoned', 'ok', 'unlockSharedError');
      edit.add('unlockSharedError', step('inode.upRead', 'filemap_invalidate_unlock_shared', { ok: 'putError' }));
      edit.insertAfter('unlock', 'ok', 'unlockShared', step('inode.upRead', 'filemap_invalidate_unlock_shared', { ok: 'put' }));
    },
  },
};

/** The reference is dropped before the page is handed over: a fault of a guest never makes a conversion give up. Nothing keeps the page from then
 *  on but mmu_seq, by which the fault finds out that it has gone. */
const faultFrame = frame('mmu.fault', { ...FaultFrame.fields, /** No reference on `pfn` is held. */ unreferenced: {} });
type Unreferenced = Registers<typeof faultFrame> & Fault;

const dropFolio: Step<Unreferenced> = (world, f) => {
  putFolio(world, f.pfn);
  f.unreferenced = 1;
  return ok;
};
/** kvm_release_faultin_page: of a page that is held. */
const release: Step<Unreferenced> = (world, f) => {
  if (f.unreferenced === 0) putFolio(world, f.pfn);
  f.pfn = 0;
  return ok;
};

export const getPfnUnreferenced: Fix = {
  registers: [faultFrame],
  steps: { 'gmem.dropFolio': dropFolio, 'fault.release': release },
  fragments: {
    'gmem.getPfn': (edit) => {
      edit.insertBefore('unlockShared', 'drop', step('gmem.dropFolio', 'folio_put, before kvm_gmem_get_pfn returns', { ok: 'unlockShared' }));
    },
    'mmu.fault': (edit) => {
      edit.replace('put', step('fault.release', 'F12: kvm_release_faultin_page', { ok: '^fixed' }, { progress: true }));
      edit.replace('putStale', step('fault.release', 'kvm_release_faultin_page', { ok: '^retry' }));
    },
  },
};
