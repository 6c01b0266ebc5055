// The same third state without invalidate_lock in faults: the lock of the folio alone is to do, which a conversion takes page by page as it stores. It does
// where there is a folio. Where a conversion finds none it locks nothing, and a fault may bring one in, look at the state, and store over what the
// conversion has stored meanwhile: the page is the guest's alone again, though it was made shared, and the host may have mapped it by then (S-07).

import {
  deriveKernel, fragment, frame, kernels, ok, outcome, shareabilityAt, SHAREABILITY_GUEST, SHAREABILITY_PREPARED, step, storeMerged, use, withShareability,
  type Step,
} from 'faultline';

const rfc = kernels.find((kernel) => kernel.name === 'conversions-2025')!;
const other = outcome('other');

/** Registers: a page of a file; pages [start, end) of one. */
type Page = { inode: number; index: number };
type Range = { inode: number; start: number; end: number };

// As in prepared-state.ts.

const test: Step<Page> = (world, f) =>
  (shareabilityAt(withShareability(world), f.inode, f.index) === SHAREABILITY_GUEST ? ok : other);

const store: Step<Page> = (world, f) => {
  storeMerged(withShareability(world), f.inode, f.index, f.index + 1, SHAREABILITY_PREPARED);
  return ok;
};

const forget: Step<Range> = (world, f) => {
  const pages = withShareability(world);
  for (let index = f.start; index < f.end; index++) {
    if (shareabilityAt(pages, f.inode, index) === SHAREABILITY_PREPARED) storeMerged(pages, f.inode, index, index + 1, SHAREABILITY_GUEST);
  }
  return ok;
};

// What a conversion does with folio locks instead of faults with invalidate_lock.

const hit = outcome('hit'), absent = outcome('absent'), done = outcome('done'), held = outcome('held');

/** A walk over the pages of an item. */
const registers = frame('prepare.storeItem', {
  index: { ref: 'index' }, pfn: { ref: 'pfn' },
  /** Behind the page that was looked at last. */
  looked_to: { ref: 'index' },
});
type Item = Range & Page & { pfn: number; looked_to: number };

/** The next page of the item, with a reference on its folio if there is one. */
const nextPage: Step<Item> = (world, f) => {
  f.index = Math.max(f.looked_to, f.start);
  if (f.index >= f.end) return done;
  f.looked_to = f.index + 1;
  f.pfn = world.cache(f.inode, f.index).pfn;
  if (f.pfn === 0) return absent;
  world.folio_ref(f.pfn).add_refcount(1);
  return hit;
};

/** The store of the item, for this page alone. */
const storePage: Step<Item> = (world, f, choose) => {
  const { start, end } = f;
  f.start = f.index;
  f.end = f.index + 1;
  const result = (rfc.steps.get('convert.store') as Step<Item>)(world, f, choose);
  f.start = start;
  f.end = end;
  return result === ok && f.pfn !== 0 ? held : result;
};

export default deriveKernel(rfc, {
  name: 'prepared-state-lockless',
  title: 'the third state, set under the lock of the folio alone',
  registers: [registers],
  steps: {
    'prepare.test': test, 'prepare.store': store, 'prepare.forget': forget,
    'prepare.nextPage': nextPage, 'prepare.storePage': storePage,
  },
  fragments: {
    'gmem.getPfn': (edit) => {
      edit.insertBefore('unlock', 'prepare', step('prepare.test', 'the state of the page, folio locked', { ok: 'prepared', other: 'unlock' }));
      edit.add('prepared', step('prepare.store', 'kvm_gmem_prepare_folio; the state becomes GUEST_PREPARED', { ok: 'unlock' }));
      // No invalidate_lock.
      edit.remove('lockShared', 'binding');
      edit.remove('unlockShared', 'put');
      edit.remove('unlockSharedError', 'putError');
    },
    'gmem.punchHole': (edit) => edit.insertAfter('truncate', 'done', 'forget', step('prepare.forget', 'pages that have gone are not ready', { ok: 'end' })),
    'prepare.storeItem': fragment('prepare.storeItem', 'the state of each page of the item, under the lock of its folio', {
      next: step('prepare.nextPage', 'filemap_get_folio of the next page', { hit: 'lock', absent: 'store', done: '^done' }),
      lock: step('folio.lock', 'folio_lock', { ok: 'store' }),
      store: step('prepare.storePage', 'kvm_gmem_shareability_apply: the page', { ok: 'next', held: 'unlock', enomem: '^enomem' }),
      unlock: step('folio.unlock', 'folio_unlock', { ok: 'put' }),
      put: step('folio.put', 'folio_put', { ok: 'next' }),
    }),
    'gmem.convert': (edit) => edit.replace('store', use('prepare.storeItem', { done: 'storeNext', enomem: 'undoNext' })),
  },
});
