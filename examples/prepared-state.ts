// A patch on the RFC of May 2025, from its discussion: a page of a file has a third state, GUEST_PREPARED, so that a fault knows without asking the
// architecture that the page is ready for the guest. A fault sets it, and faults may not exclude each other; so it is set under the lock of the folio, with
// invalidate_lock held shared. Who converts holds that exclusive, and meets no fault half way. A page that leaves the file takes its state with it.

import {
  deriveKernel, kernels, ok, outcome, shareabilityAt, SHAREABILITY_GUEST, SHAREABILITY_PREPARED, step, storeMerged, withShareability, type Step,
} from 'faultline';

const other = outcome('other');

/** Registers: a page of a file; pages [start, end) of one. */
type Page = { inode: number; index: number };
type Range = { inode: number; start: number; end: number };

/** The state of the page of a fault: GUEST is what has to be made ready. */
const test: Step<Page> = (world, f) =>
  (shareabilityAt(withShareability(world), f.inode, f.index) === SHAREABILITY_GUEST ? ok : other);

/** mas_store of the page alone; the tree has a lock of its own for that. */
const store: Step<Page> = (world, f) => {
  storeMerged(withShareability(world), f.inode, f.index, f.index + 1, SHAREABILITY_PREPARED);
  return ok;
};

/** Behind a hole: what will be allocated there is not ready. */
const forget: Step<Range> = (world, f) => {
  const pages = withShareability(world);
  for (let index = f.start; index < f.end; index++) {
    if (shareabilityAt(pages, f.inode, index) === SHAREABILITY_PREPARED) storeMerged(pages, f.inode, index, index + 1, SHAREABILITY_GUEST);
  }
  return ok;
};

export default deriveKernel(kernels.find((kernel) => kernel.name === 'conversions-2025')!, {
  name: 'prepared-state',
  title: 'the RFC of May 2025 with a third state, GUEST_PREPARED, that faults set',
  steps: { 'prepare.test': test, 'prepare.store': store, 'prepare.forget': forget },
  fragments: {
    'gmem.getPfn': (edit) => {
      edit.insertBefore('unlock', 'prepare', step('prepare.test', 'the state of the page, folio locked', { ok: 'prepared', other: 'unlock' }));
      edit.add('prepared', step('prepare.store', 'kvm_gmem_prepare_folio; the state becomes GUEST_PREPARED', { ok: 'unlock' }));
    },
    'gmem.punchHole': (edit) => edit.insertAfter('truncate', 'done', 'forget', step('prepare.forget', 'pages that have gone are not ready', { ok: 'end' })),
  },
});
