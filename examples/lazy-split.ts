// A patch to try on the RFC with huge pages: a conversion does not split. It records which huge pages are mixed, of pages that are the guest's alone
// and pages that are shared; leaves of guests are no larger than what is recorded allows. A split is made when the host faults on a shared page of a
// mixed folio, and nowhere else: who has it mapped, or pinned, has pages of one kind then. What is uniform stays huge, in 2M within 1G too.
//
// Faults hold the lock of conversions shared, the one that splits too. So the folio stays in the page cache, where the RFC takes it out: another
// fault would take that for a hole, and leaves of guests would be left without their page (S-01). Who finds it frozen waits, as for huge pages elsewhere;
// who cannot freeze it, since somebody else has it, lets go of everything and comes again.

import {
  allocationFails, blocked, deriveKernel, floorTo, fragment, kernels, layout, more, ok, orderOf, outcome, sharedAt, sizedSteps, step, use,
  type Step, type Wanted, type World, type WorldOf,
} from 'faultline';

const rfc = kernels.find((kernel) => kernel.name === 'conversions-2025-huge')!;
const busy = outcome('busy'), enomem = outcome('enomem'), mixed = outcome('mixed');

/** What KVM has for gfns as lpage_info, for the pages of a file: runs of 2M and of 1G in which both kinds of pages are, by the first index of the run. */
const file_lpage_info = layout('file_lpage_info', { mixed_2m: { bits: 'index' }, mixed_1g: { bits: 'index' } }, { per: ['inode'] });
type Recorded = World & WorldOf<{ file_lpage_info: typeof file_lpage_info }>;

/** log2 of the pages of 2M and of 1G, largest first, with the record of each. */
const LEVELS = [[4, 'mixed_1g'], [2, 'mixed_2m']] as const;

/** log2 of the pages of the largest run around an index that is all of one kind, by the record: the file's huge page, 2M within it, or one page. */
const recorded: Wanted = (world, inode, index) => {
  const info = (world as Recorded).file_lpage_info(inode);
  const level = LEVELS.find(([order, field]) => order <= orderOf(world, inode) && !info[field].has(floorTo(index, order)));
  return level === undefined ? 0 : level[0];
};

/** The head of the folio at an index of a file, 0 where there is none. */
function folioAt(world: World, inode: number, index: number): number {
  const { pfn } = world.cache(inode, index);
  return pfn === 0 ? 0 : world.folio(pfn).head || pfn;
}

/** A conversion lets folios that are too large be; it merges as the RFC does. */
const neverSmaller: Wanted = (world, inode, index) => {
  const head = folioAt(world, inode, index);
  return Math.max(recorded(world, inode, index), head === 0 ? 0 : world.folio(head).order);
};

/** Registers: pages [start, end) of a file that are converted; a page that a guest, or the host, is to get. */
type Item = { inode: number; start: number; end: number };
type GuestPage = { inode: number; index: number; max_order: number };
type HostPage = { of: number; at: number };

/** Behind the store of an item: which of the huge pages that it reaches into are mixed now. */
const record: Step<Item> = (world, f) => {
  const info = (world as Recorded).file_lpage_info(f.inode);
  for (const [order, field] of LEVELS) {
    if (order > orderOf(world, f.inode)) continue;
    for (let first = floorTo(f.start, order); first < f.end; first += 1 << order) {
      let different = false;
      for (let k = 1; k < 1 << order; k++) if (sharedAt(world, f.inode, first + k) !== sharedAt(world, f.inode, first)) different = true;
      if (different) info[field].set(first);
      else info[field].clear(first);
    }
  }
  return ok;
};

/** destroy_inode: what is recorded goes with the file. */
const freeInode: Step<Item> = (world, f, choose) => {
  const info = (world as Recorded).file_lpage_info(f.inode);
  for (const [, field] of LEVELS) if (info[field].any()) info[field].clearAll();
  return (rfc.steps.get('inode.free') as Step<Item>)(world, f, choose);
};

/** The leaf of a guest: no larger than the folio, as in the RFC, and no larger than the run of pages of one kind. */
const maxOrder: Step<GuestPage> = (world, f, choose) => {
  const result = (rfc.steps.get('gmem.maxOrder') as Step<GuestPage>)(world, f, choose);
  f.max_order = Math.min(f.max_order, recorded(world, f.inode, f.index));
  return result;
};

/** Does the folio that the host's fault has found, and locked, hold pages of the guest too? */
const testMixed: Step<HostPage> = (world, f) => {
  const head = folioAt(world, f.of, f.at);
  return head !== 0 && world.folio(head).order > recorded(world, f.of, f.at) ? mixed : ok;
};

// The split of a folio in its place, by who has it locked and a reference on it.

/** Registers: the folio, log2 of its pages, how many pages of it are usable again; the page that the fault is about. */
type Split = { big: number; big_order: number; dealt: number; page: number };

/** Memory for the tree of the page cache, which has more entries behind the split. */
const allocate: Step<Split> = (world) => (allocationFails(world) ? enomem : ok);

/** folio_ref_freeze: nobody has it but the page cache and who splits. */
const freeze: Step<Split> = (world, f) => {
  const references = world.folio_ref(f.big);
  if (references.refcount !== (1 << f.big_order) + 1) return busy;
  references.refcount = 0;
  return ok;
};

/** The tree names the next small folio, which has the references of the page cache again; that of the fault keeps its own. */
const unfreezeNext: Step<Split> = (world, f) => {
  const head = f.big + f.dealt;
  const { order, mapping, index } = world.folio(head);
  const pages = 1 << order;
  for (let k = 0; k < pages; k++) world.cache(mapping, index + k).pfn = head + k;
  world.folio_ref(head).refcount = pages + (f.page >= head && f.page < head + pages ? 1 : 0);
  f.dealt += pages;
  if (f.dealt < 1 << f.big_order) return more;
  f.dealt = 0;
  return ok;
};

/** folio_unlock of what was the large folio. */
const unlock: Step<Split> = (world, f) => {
  world.folio_lock(f.big).owner = 0;
  return ok;
};

/** Somebody else has the folio, or what has come of it: a count that one may look at without a reference. */
const awaitOthers: Step<Split> = (world, f) => {
  const references = world.folio_ref(f.big);
  return references.refcount > 1 << f.big_order ? blocked(references) : ok;
};

/** filemap_get_folio spins while the folio is frozen. */
function unlessFrozen<F>(name: string, place: (f: F) => readonly [inode: number, index: number]): Step<F> {
  const find = rfc.steps.get(name) as Step<F>;
  return (world, f, choose) => {
    const head = folioAt(world, ...place(f));
    return head !== 0 && world.folio_ref(head).refcount === 0 ? blocked(world.folio_ref(head)) : find(world, f, choose);
  };
}

export default deriveKernel(rfc, {
  name: 'lazy-split',
  title: 'the RFC of May 2025 with huge pages, split when the host faults on a mixed one',
  objects: [file_lpage_info],
  steps: {
    ...sizedSteps(recorded, true),
    'restructure.next': sizedSteps(neverSmaller, true)['restructure.next']!,
    'lpage.record': record, 'inode.free': freeInode, 'gmem.maxOrder': maxOrder, 'fileFolio.testMixed': testMixed,
    'split.allocate': allocate, 'split.freezeLocked': freeze, 'split.unfreezeNext': unfreezeNext, 'split.unlock': unlock, 'split.awaitOthers': awaitOthers,
    'folio.findGet': unlessFrozen('folio.findGet', (f: GuestPage) => [f.inode, f.index]),
    'fileFolio.find': unlessFrozen('fileFolio.find', (f: HostPage) => [f.of, f.at]),
  },
  fragments: {
    'gmem.convert': (edit) => {
      edit.insertBefore('restructure', 'record', step('lpage.record', 'which huge pages are mixed now', { ok: 'restructure' }));
      edit.insertBefore('undoRestructure', 'recordBack', step('lpage.record', 'which huge pages are mixed again', { ok: 'undoRestructure' }));
    },
    // A new folio is huge, whatever is shared of it: a guest gets small leaves of it.
    'gmem.getFolio': (edit) => {
      edit.remove('mixed', 'find');
      edit.remove('splitNew', 'find');
      edit.remove('noMemory', '^enomem');
    },
    'host.fileFolio': (edit) => {
      edit.redirect('putNew', 'ok', 'find');
      // Behind the look-up: a guest may have brought in a huge folio until then.
      edit.replace('mixed', step('fileFolio.testMixed', 'does the folio hold pages of the guest too?', { ok: 'clear', mixed: 'splitNew' }));
      edit.redirect('check', 'ok', 'mixed');
      edit.replace('splitNew', use('host.splitNewFolio', { done: 'find', busy: 'lockShared', failed: '^enomem' }));
    },
    'host.splitNewFolio': fragment('host.splitNewFolio', 'split_folio: one huge folio, which is locked, becomes small ones in their places', {
      begin: step('fileFolio.beginSplit', 'how large are they to be?', { ok: 'allocate', none: 'unlock' }),
      allocate: step('split.allocate', 'xas_split_alloc', { ok: 'freeze', enomem: 'unlockNoMemory' }),
      freeze: step('split.freezeLocked', 'folio_ref_freeze', { ok: 'split', busy: 'unlockBusy' }),
      split: step('split.split', 'the pages are split', { ok: 'unfreeze' }),
      unfreeze: step('split.unfreezeNext', 'xas_store and folio_ref_unfreeze of the next small folio', { more: 'unfreeze', ok: 'unlock' }),
      unlock: step('split.unlock', 'folio_unlock', { ok: 'put' }),
      put: step('fileFolio.put', 'folio_put', { ok: '^done' }),
      unlockBusy: step('split.unlock', 'folio_unlock: somebody has it', { ok: 'putBusy' }),
      putBusy: step('fileFolio.put', 'folio_put', { ok: 'releaseBusy' }),
      releaseBusy: step('fileFolio.upRead', 'filemap_invalidate_unlock_shared', { ok: 'others' }),
      others: step('split.awaitOthers', 'the fault comes again when they have let go', { ok: '^busy' }),
      unlockNoMemory: step('split.unlock', 'folio_unlock', { ok: 'putNoMemory' }),
      putNoMemory: step('fileFolio.put', 'folio_put', { ok: 'releaseNoMemory' }),
      releaseNoMemory: step('fileFolio.upRead', 'filemap_invalidate_unlock_shared', { ok: '^failed' }),
    }),
  },
});
