// Initial content of private memory, before a VM of hardware that encrypts runs: KVM_MEMORY_ENCRYPT_OP, of SNP and of TDX. The kernel copies pages of
// the process into those of the file, and tells the hardware. Works on registers `slot`, `inode`, `index`, `hva`, `source` and `pfn`.

import { fragment, step, use } from '../fragment.ts';

/** The page of the process that is copied from, with a reference, in register `source`. */
export const source = fragment('populate.source', 'get_user_pages_fast of one page', {
  take: step('populate.getSource', 'get_user_pages_fast', { hit: '^done', absent: 'fault' }),
  fault: use('host.handleFault', { done: 'take', unmapped: 'failed', denied: 'failed', beyond: 'failed', enomem: 'failed', poisoned: 'failed' }),
  failed: step('populate.failed', 'EFAULT', { ok: '^failed' }),
});

/** As the RFC has it: invalidate_lock over all of it, the process's own page faults included (G5-B8). */
export const populate = fragment('vm.populate', 'kvm_gmem_populate, for SNP_LAUNCH_UPDATE', {
  lockSlots: step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'validate' }),
  validate: step('populate.validate', 'snp_launch_update: the VM, the range, the memslot and its file', { ok: 'lock', refused: 'unlockSlots' }),
  lock: use('inode.invalidateLock', 'next'),
  next: step('populate.next', 'the next page, private', { ok: 'folio', done: 'unlock', refused: 'unlock' }),
  folio: use('gmem.getFolio', { done: 'unlockFolio', enomem: 'unlock' }),
  unlockFolio: step('folio.unlock', 'folio_unlock', { ok: 'source' }),
  source: use('populate.source', { done: 'copy', failed: 'putLast' }),
  copy: step('populate.copy', 'sev_gmem_post_populate: memcpy', { ok: 'putSource' }),
  putSource: step('populate.putSource', 'put_page of the source', { ok: 'put' }),
  put: step('folio.put', 'folio_put', { ok: 'next' }),
  putLast: step('folio.put', 'folio_put', { ok: 'unlock' }),
  unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'putFile' }),
  putFile: step('fd.put', 'fput', { ok: 'unlockSlots' }),
  unlockSlots: step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: '^done' }),
});

/** The page of the process first, then the lock, page by page. */
export const populateSourceFirst = fragment('vm.populate', 'kvm_gmem_populate, for SNP_LAUNCH_UPDATE', {
  lockSlots: step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'validate' }),
  validate: step('populate.validate', 'snp_launch_update: the VM, the range, the memslot and its file', { ok: 'more', refused: 'unlockSlots' }),
  more: step('populate.more', 'the next page', { ok: 'source', done: 'putFile' }),
  source: use('populate.source', { done: 'lock', failed: 'putFile' }),
  lock: use('inode.invalidateLock', 'next'),
  next: step('populate.next', 'it is private', { ok: 'folio', done: 'unlock', refused: 'unlockRefused' }),
  folio: use('gmem.getFolio', { done: 'unlockFolio', enomem: 'unlockRefused' }),
  unlockFolio: step('folio.unlock', 'folio_unlock', { ok: 'copy' }),
  copy: step('populate.copy', 'sev_gmem_post_populate: memcpy', { ok: 'put' }),
  put: step('folio.put', 'folio_put', { ok: 'unlock' }),
  unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'putSource' }),
  putSource: step('populate.putSource', 'put_page of the source', { ok: 'more' }),
  unlockRefused: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'putLastSource' }),
  putLastSource: step('populate.putSource', 'put_page of the source', { ok: 'putFile' }),
  putFile: step('fd.put', 'fput', { ok: 'unlockSlots' }),
  unlockSlots: step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: '^done' }),
});
