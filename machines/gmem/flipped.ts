// The flipped life cycle: the memslot holds the file. Nobody finds a file dying, nothing is looked at twice, and a release has nothing to clean up.

import { fragment, step, use } from '../fragment.ts';

export const unbind = fragment('gmem.unbind', 'kvm_gmem_unbind: takes the bindings down, and with the last one the file has no VM any more', {
  load: step('unbind.loadPinned', 'slot->gmem.file', { ok: 'lock', gone: '^done' }),
  lock: use('inode.invalidateLock', 'lockBindings'),
  lockBindings: use('inode.bindingsLock', 'erase'),
  erase: step('unbind.erase', 'xa_store_range(NULL)', { ok: 'clear' }),
  clear: step('unbind.clearFile', 'slot->gmem.file = NULL', { ok: 'owner' }),
  owner: step('unbind.clearOwner', 'gmem->kvm = NULL, with the last binding', { ok: 'unlockBindings' }),
  unlockBindings: step('bindings.upWrite', 'up_write of the bindings lock', { ok: 'unlock' }),
  unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'put' }),
  put: step('fd.put', 'fput: the reference that the slot had', { ok: '^done' }),
});

export const getPfn = fragment('gmem.getPfn', 'kvm_gmem_get_pfn: the slot holds the file, no reference is taken', {
  load: step('gmem.loadPinned', 'slot->gmem.file', { ok: 'binding', gone: '^error' }),
  binding: step('gmem.testBinding', 'xa_load(&gmem->bindings, index)', { ok: 'source', mismatch: '^error' }),
  source: step('gmem.testSource', 'has the file that it was linked from let go of the page?', { ok: 'folio', taken: '^error' }),
  folio: use('gmem.getFolio', { done: 'poison', enomem: '^error' }),
  poison: step('folio.testPoison', 'folio_test_hwpoison', { ok: 'unlock', poisoned: 'unlockPoisoned' }),
  unlock: step('folio.unlock', 'folio_unlock', { ok: '^done' }),
  unlockPoisoned: step('folio.unlock', 'folio_unlock', { ok: 'putPoisoned' }),
  putPoisoned: step('folio.put', 'folio_put', { ok: '^error' }),
});

export const release = {
  ...fragment('gmem.release', '__fput: kvm_gmem_release, where nothing is bound any more, then the inode', {
    lock: use('inode.invalidateLock', 'unlink'),
    unlink: step('release.unlink', 'list_del(&gmem->entry)', { ok: 'unlock' }),
    unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'putInode' }),
    putInode: step('inode.put', 'iput', { ok: 'free', last: 'evict' }),
    evict: use('gmem.truncate', 'freeInode'),
    freeInode: step('inode.free', 'destroy_inode', { ok: 'free' }),
    free: step('release.freeFile', 'file_free', { ok: '^done' }, { progress: true }),
  }),
  frame: 'operation',
};
