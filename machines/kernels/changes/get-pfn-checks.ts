// 6.10: once it has the file, kvm_gmem_get_pfn looks at slot->gmem.file again, and an index that is bound to nothing is an error without
// a warning: only another memslot there is a bug of the kernel's.

import { ok, outcome } from '../../../src/memory/outcome.ts';
import { EFAULT } from '../../../src/steps/errno.ts';
import { changed, mismatch, steps } from '../../../src/steps/gmem-fault.ts';
import { step } from '../../fragment.ts';
import type { GetPfn } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const unbound = outcome('unbound');

/** __kvm_gmem_get_pfn: file != slot->gmem.file */
const testFile: Step<GetPfn> = ({ slot_gmem }, f) => {
  if (slot_gmem(f.slot).file === f.file) return ok;
  f.errno = EFAULT;
  return changed;
};

/** xa_load(&gmem->bindings, index) != slot: EIO; a warning if there is another one. */
const testBinding: Step<GetPfn> = (world, f) => {
  const result = steps['gmem.testBinding'](world, f);
  return result === mismatch && world.binding(f.file, f.index).slot === 0 ? unbound : result;
};

export const getPfnChecks: Fix = {
  steps: { 'gmem.testFile': testFile, 'gmem.testBinding': testBinding },
  fragments: {
    'gmem.getPfn': (edit) => {
      edit.insertBefore('binding', 'file', step('gmem.testFile', '__kvm_gmem_get_pfn: file != slot->gmem.file', { ok: 'binding', changed: 'putError' }));
      edit.replace('binding', step('gmem.testBinding', 'xa_load(&gmem->bindings, index)', { ok: 'folio', unbound: 'putError', mismatch: 'putError' }));
    },
  },
};
