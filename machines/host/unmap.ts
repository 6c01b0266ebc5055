// munmap and madvise(MADV_DONTNEED): the notifier's start, the page-table entries one by one, the notifier's end.

import { fragment, step, use } from '../fragment.ts';

export const munmap = fragment('host.munmap', 'munmap(2): the mapping goes first, so that no fault brings a page back', {
  validate: step('munmap.validate', 'do_vmi_munmap: the range', { ok: 'lock', refused: '^done' }),
  lock: use('mm.writeLock', 'detach'),
  detach: step('munmap.detach', 'vms_gather_munmap_vmas, vms_clear_ptes: VMAs out of the tree', { ok: 'start', nothing: 'unlock', refused: 'unlock' }),
  start: use('mn.rangeStart', 'clear'),
  clear: step('unmap.clearNext', 'zap_pte_range', { ok: 'put', more: 'clear', done: 'end' }),
  put: step('folio.put', "folio_put of the entry's reference", { ok: 'clear' }),
  end: use('mn.rangeEnd', 'unlock'),
  unlock: step('mmap.upWrite', 'mmap_write_unlock', { ok: '^done' }),
});

export const dontneed = fragment('host.dontneed', 'madvise(MADV_DONTNEED): the pages go, the next access finds zero', {
  validate: step('dontneed.validate', 'do_madvise: the range', { ok: 'lock', nothing: '^done', refused: '^done' }),
  lock: step('mmap.downRead', 'mmap_read_lock', { ok: 'check' }),
  check: step('dontneed.checkVmas', 'madvise_walk_vmas', { ok: 'start', nothing: 'unlock', refused: 'unlock' }),
  start: use('mn.rangeStart', 'clear'),
  clear: step('unmap.clearNext', 'zap_page_range_single, zap_pte_range', { ok: 'put', more: 'clear', done: 'end' }),
  put: step('folio.put', "folio_put of the entry's reference", { ok: 'clear' }),
  end: use('mn.rangeEnd', 'unlock'),
  unlock: step('mmap.upRead', 'mmap_read_unlock', { ok: '^done' }),
});
