// G3-B3, G3-B4, G3-B5. kvm_gmem_error_page sends SIGBUS for each memslot that a lost page is bound to, takes nothing from the guest, and answers
// 0, which means that the page is dealt with. It takes the index in the file for the guest's page number (B3), and it tells `current`, which is
// whoever the handler of an error that nobody has consumed happens to run in (B4). Each is mended alone here; 6.8 tells nobody any more:
// it takes the page from the guests, and the next fault reports it.

import { ok } from '../../../src/memory/outcome.ts';
import { TellPoisonFrame, currentThread, nextSlot, tell, type TellPoison } from '../../../src/steps/gmem-error-page.ts';
import { MF_RECOVERED, steps as mf, type Mf } from '../../../src/steps/memory-failure.ts';
import { fragment, step, use } from '../../fragment.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** The index as if it was a gfn (G3-B3). */
const nextSlotByIndex = nextSlot(({ facts }, _slot, index) => facts.gfns.find(facts.indexes.real(index)));
/** By the memslot's own arithmetic, as invalidations do it. */
const nextSlotByGfn = nextSlot(({ memslot }, slot, index) => memslot(slot).base_gfn + index - memslot(slot).pgoff);

/** Whoever that is (G3-B4). */
const tellCurrent: Step<TellPoison> = (world, f) => tell(world, f, currentThread(world, f));
const tellConsumer: Step<TellPoison> = (world, f) => (f.consumer === 0 ? ok : tell(world, f, f.consumer - 1));

/** truncate_error_folio: error_remove_page has returned 0 (G3-B5). */
const readCallbackResult: Step<Mf> = (_world, f) => {
  f.result = MF_RECOVERED;
  return ok;
};

export const errorPage: Fix = {
  bugs: [{
    id: 'G3-B3', breaks: 'The handler of a memory error takes the index in the file for the page number of the guest: it warns and tells nobody, or names an address that is in order.',
    scenario: 'SC20', shownBy: ['S-34', 'S-32'], alsoIn: ['stress-all'], fixedIn: 'v6.8',
  }, {
    id: 'G3-B4', breaks: 'The handler of a memory error kills whoever it runs in, which need not have anything to do with the page.',
    scenario: 'SC20', shownBy: ['S-32'], alsoIn: ['SC19', 'SC21', 'SC22', 'SC23', 'SC24', 'unbind-dying', 'stress-all'], fixedIn: 'v6.8',
  }, {
    id: 'G3-B5', breaks: 'The handler of a memory error leaves the guest its mapping of the page that was lost.',
    scenario: 'lost-mapped', shownBy: ['S-08'], fixedIn: 'v6.8',
  }],
  registers: [TellPoisonFrame],
  steps: { 'errorPage.nextSlot': nextSlotByIndex, 'errorPage.signal': tellCurrent, 'mf.readCallbackResult': readCallbackResult },
  fragments: {
    'gmem.tellPoison': fragment('gmem.tellPoison', 'kvm_gmem_error_page: a SIGBUS for each memslot that the page is bound to', {
      file: step('gmem.nextFile', 'list_for_each_entry(gmem, gmem_list)', { ok: 'slot', done: '^done' }),
      slot: step('errorPage.nextSlot', 'xa_for_each_range(&gmem->bindings); WARN_ON_ONCE of a gfn that is not in the memslot', { ok: 'signal', outsideSlot: 'slot', done: 'file' }),
      signal: step('errorPage.signal', 'send_sig_mceerr', { ok: 'slot' }),
    }),
    'gmem.errorFolio': fragment('gmem.errorFolio', 'kvm_gmem_error_page: tells a process, and leaves the guests what they have', {
      lock: step('inode.downRead', 'filemap_invalidate_lock_shared', { ok: 'tell' }),
      tell: use('gmem.tellPoison', 'unlock'),
      unlock: step('inode.upRead', 'filemap_invalidate_unlock_shared', { ok: '^done' }),
    }),
  },
};

export const g3b3: Fix = { mended: ['G3-B3'], steps: { 'errorPage.nextSlot': nextSlotByGfn } };

export const g3b4: Fix = { mended: ['G3-B4'], steps: { 'errorPage.signal': tellConsumer } };

export const g3b5: Fix = {
  mended: ['G3-B5'],
  steps: { 'mf.readCallbackResult': mf['mf.readCallbackResult'] },
  fragments: {
    'gmem.errorFolio': (edit) => {
      edit.insertBefore('tell', 'end', use('gmem.invalidateEnd', 'tell'));
      edit.insertBefore('end', 'begin', use('gmem.invalidateBegin', 'end'));
    },
  },
};
