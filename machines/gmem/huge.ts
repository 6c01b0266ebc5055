// Files whose memory comes in huge pages: folios are split when something of them becomes shared with the host, and merged when nothing is
// any more. Whoever splits or merges waits until nobody but the page cache has a reference.

import { fragment, step, use, type Fragment } from '../fragment.ts';

/** The split of the folio that step `begin` finds. Leaves by `failed`, where memory ran out, with the folio as it was; by `done` where nothing was to
 *  be split, or another folio has come to its place meanwhile. */
export const splitFolio = (name: string, begin: string): Fragment => fragment(name, 'kvm_gmem_try_split_folio_in_filemap: one huge folio becomes small ones', {
  begin: step(begin, 'filemap_get_folio: is it too large?', { ok: 'freeze', none: '^done' }),
  freeze: step('split.freeze', 'folio_ref_freeze, once nobody else has it; filemap_remove_folio', { ok: 'split' }),
  split: step('split.split', 'the allocator splits the pages', { ok: 'add' }),
  add: step('split.addNext', 'filemap_add_folio of the next small folio', { more: 'add', ok: '^done', enomem: 'remove', exists: 'remove' }),
  remove: step('split.removeNext', 'back: filemap_remove_folio of those that were added', { more: 'remove', ok: 'mergeBack' }),
  mergeBack: step('split.mergeBack', 'the allocator merges the pages again', { ok: 'addBack' }),
  addBack: step('split.addBack', 'filemap_add_folio of the huge folio', { ok: '^failed', exists: 'free' }),
  free: step('split.free', 'folio_put: there is another one by now', { ok: '^done' }),
});

/** The merge of the run that step `begin` finds. Leaves by `failed`, where memory ran out, with the folios as they were. */
export const mergeFolios = (name: string, begin: string): Fragment => fragment(name, 'kvm_gmem_merge_folio_in_filemap: small folios become one huge folio', {
  begin: step(begin, 'filemap_get_folio: are all of its pages there?', { ok: 'freeze', none: '^done' }),
  freeze: step('merge.freezeNext', 'folio_ref_freeze of the next small folio, filemap_remove_folio', { more: 'freeze', ok: 'merge' }),
  merge: step('merge.merge', 'the allocator merges the pages', { ok: 'add' }),
  add: step('merge.add', 'filemap_add_folio of the huge folio', { ok: '^done', enomem: 'splitBack' }),
  splitBack: step('merge.splitBack', 'back: the allocator splits the pages again', { ok: 'addBack' }),
  addBack: step('merge.addBack', 'filemap_add_folio of the next small folio', { more: 'addBack', ok: '^failed' }),
});

export const restructure = fragment('gmem.restructure', 'kvm_gmem_restructure_folios_in_range: the folios of a range are as large as they should be', {
  next: step('restructure.next', 'the next huge page that is in too large or too small folios', { split: 'split', merge: 'merge', done: '^done' }),
  split: use('gmem.splitFolio', { done: 'passed', failed: '^failed' }),
  merge: use('gmem.mergeFolios', { done: 'passed', failed: '^failed' }),
  passed: step('restructure.pass', 'on to the next page', { ok: 'next' }),
});

/** The begin of an invalidation of the whole huge pages that a range lies in: nothing is zapped. */
export const widenedBegin = fragment('gmem.widenedBegin', 'kvm_gmem_invalidate_begin of whole huge pages, without zapping', {
  file: step('widened.nextFile', 'list_for_each_entry(gmem, gmem_list)', { ok: 'slot', done: '^done' }),
  slot: step('widened.nextBoundSlot', 'xa_for_each_range(&gmem->bindings)', { first: 'lock', ok: 'add', unlock: 'unlock', done: 'file' }),
  lock: use('mmu.writeLock', 'count'),
  count: step('mmu.invalidateBegin', 'kvm_mmu_invalidate_begin', { ok: 'add' }),
  add: step('mmu.rangeAdd', 'kvm_mmu_invalidate_range_add', { ok: 'slot' }),
  unlock: step('mmu.writeUnlock', 'KVM_MMU_UNLOCK', { ok: 'file' }),
});

export const widenedEnd = fragment('gmem.widenedEnd', 'kvm_gmem_invalidate_end of whole huge pages', {
  file: step('widened.nextFile', 'list_for_each_entry(gmem, gmem_list)', { ok: 'bound', done: '^done' }),
  bound: step('widened.anyBoundSlot', 'xa_find(&gmem->bindings)', { ok: 'lock', none: 'file' }),
  lock: use('mmu.writeLock', 'seq'),
  seq: step('mmu.advanceSeq', 'kvm_mmu_invalidate_end: mmu_invalidate_seq++, write barrier', { ok: 'drop' }),
  drop: step('mmu.dropInProgress', 'kvm_mmu_invalidate_end: mmu_invalidate_in_progress--', { ok: 'unlock' }),
  unlock: step('mmu.writeUnlock', 'KVM_MMU_UNLOCK', { ok: 'file' }),
});

/** Within an invalidation of whole huge pages. */
export const zapRange = fragment('gmem.zapRange', 'kvm_gmem_unmap_private: no leaf of a guest has a page of the range, or of a huge leaf that reaches into it', {
  file: step('zap.nextFile', 'list_for_each_entry(gmem, gmem_list)', { ok: 'slot', done: '^done' }),
  slot: step('zap.nextBoundSlot', 'xa_for_each_range(&gmem->bindings)', { first: 'lock', ok: 'unmap', flush: 'flush', unlock: 'unlock', done: 'file' }),
  lock: use('mmu.writeLock', 'unmap'),
  unmap: use('kvm.unmapGfnRange', 'slot'),
  flush: use('kvm.flushRemoteTlbs', 'unlock'),
  unlock: step('mmu.writeUnlock', 'KVM_MMU_UNLOCK', { ok: 'file' }),
});

/** The walks of a conversion, each over all files of the inode. */
export const convertBegin = fragment('gmem.convertBegin', 'kvm_gmem_convert_invalidate_begin', { begin: use('gmem.widenedBegin', '^done') });
export const convertEnd = fragment('gmem.convertEnd', 'kvm_gmem_convert_invalidate_end', { end: use('gmem.widenedEnd', '^done') });
export const convertZap = fragment('gmem.convertZap', 'kvm_gmem_unmap_private', { zap: use('gmem.zapRange', '^done') });

/** Leaves by `failed` with errno set. */
export const punchHuge = fragment('gmem.punchHuge', 'kvm_gmem_truncate_inode_range of a file of huge pages: parts of them are zeroed, whole ones go', {
  next: step('punch.next', 'the next huge page of the range', { zero: 'zero', whole: 'find', shared: 'exclude', done: '^done' }),
  zero: step('punch.zero', 'folio_zero_range of the part', { ok: 'next' }),
  exclude: step('punch.nextFolio', 'filemap_get_folio of the next folio of the huge page', { ok: 'unmap', done: 'merge' }),
  unmap: use('gmem.unmapFolio', 'test'),
  test: step('punch.test', 'folio_ref_count against folio_nr_pages and the look-up', { ok: 'put', busy: 'putBusy' }),
  put: step('folio.put', 'folio_put', { ok: 'exclude' }),
  putBusy: step('folio.put', 'folio_put', { ok: '^failed' }),
  merge: use('gmem.mergePunched', { done: 'find', failed: 'noMemory' }),
  noMemory: step('punch.noMemory', 'ENOMEM', { ok: '^failed' }),
  find: step('punch.find', 'filemap_lock_folio', { ok: 'lock', absent: 'passed' }),
  lock: step('folio.lock', 'folio_lock', { ok: 'remove' }),
  remove: step('folio.removeFromCache', 'filemap_remove_folio', { ok: 'unlock' }),
  unlock: step('folio.unlock', 'folio_unlock', { ok: 'drop' }),
  drop: step('truncate.put', "folio_put_refs of the cache's references", { ok: 'find' }),
  passed: step('punch.pass', 'on to the next huge page', { ok: 'next' }),
});

export const truncateRange = fragment('gmem.truncateRange', 'kvm_gmem_truncate_inode_range: the pages of a hole, by the kind of file', {
  size: step('folio.testSize', 'kvm_gmem_has_custom_allocator', { small: 'truncate', huge: 'punch' }),
  truncate: use('gmem.truncate', '^done'),
  punch: use('gmem.punchHuge', { done: '^done', failed: '^done' }),
});
