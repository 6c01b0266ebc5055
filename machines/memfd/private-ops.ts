// Private if, and only if, allocated: what a fault looks up, what the owner does when pages are allocated, and how a VMM converts.

import { fragment, step, use } from '../fragment.ts';

/** Leaves the page locked, with a reference, in register `pfn`. */
export const getLockPfn = fragment('gmem.getPfn', 'P2: get_lock_pfn without allocating', {
  load: step('gmem.loadFile', 'slot->private_file, the index of the gfn', { ok: 'find' }),
  find: step('folio.findGet', 'find_lock_entry', { hit: 'lock', absent: '^absent' }),
  lock: step('folio.lock', 'lock_page', { ok: 'check' }),
  check: step('folio.checkMapping', 'page->mapping, now that it is locked', { ok: 'clear', truncated: 'unlock' }),
  unlock: step('folio.unlock', 'unlock_page', { ok: 'put' }),
  put: step('folio.put', 'put_page', { ok: 'find' }),
  clear: step('folio.clear', 'clear_highpage of a page that was never used', { ok: 'uptodate', already: '^done' }),
  uptodate: step('folio.markUptodate', 'SetPageUptodate', { ok: '^done' }),
});

export const probe = fragment('privateOps.probe', 'Q2: page_allocated(inode, offset): is the page private?', {
  load: step('probe.load', 'slot->private_file, the index of the gfn', { ok: 'find', none: '^absent' }),
  find: step('folio.findGet', 'find_get_entry', { hit: 'put', absent: '^absent' }),
  put: step('folio.put', 'Q3: put_page', { ok: '^present' }),
});

export const mapRange = fragment('kvm.mapRange', "KVM's map(inode, offset, size): shared became private, so the shared SPTEs go; nothing makes faults retry (G2-B1)", {
  range: step('kvm.allocatedRange', '[start, end)', { ok: 'lock' }),
  lock: use('mmu.writeLock', 'slot'),
  slot: step('kvm.nextGuestRange', 'the tree of offsets: memslots of the range', { ok: 'zap', flush: 'flush', unlock: 'unlock' }),
  zap: step('kvm.zapGuestNext', 'kvm_unmap_gfn_range', { more: 'zap', ok: 'slot' }),
  flush: use('kvm.flushRemoteTlbs', 'unlock'),
  unlock: step('mmu.writeUnlock', 'write_unlock(&kvm->mmu_lock)', { ok: '^done' }),
});

export const convert = fragment('vm.setAttributes', 'a VMM converts guest pages: fallocate(2) on the private file, or a hole in it', {
  begin: step('convertFile.begin', 'the range', { ok: 'next', refused: '^done' }),
  next: step('convertFile.next', 'the next file of the range', { private: 'lockPrivate', shared: 'lockShared', done: '^done' }),
  lockPrivate: use('inode.lock', 'allocate'),
  allocate: use('gmem.allocate', { done: 'tell', error: 'undo' }),
  tell: use('guestOps.fallocate', 'unlock'),
  undo: use('memfd.undoAllocation', 'failed'),
  failed: step('memfdFallocate.failed', 'fallocate fails', { ok: 'unlockFailed' }),
  unlockFailed: step('iRwsem.upWrite', 'inode_unlock', { ok: 'putFailed' }),
  putFailed: step('fd.put', 'fdput', { ok: '^done' }),
  lockShared: use('inode.lock', 'punch'),
  punch: use('memfd.undoRange', 'unlock'),
  unlock: step('iRwsem.upWrite', 'inode_unlock', { ok: 'fput' }),
  fput: step('fd.put', 'fdput', { ok: 'next' }),
});
