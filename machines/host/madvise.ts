// madvise(2): what each kind of advice sets off.

import { fragment, step, use } from '../fragment.ts';

export const madvise = fragment('host.madvise', 'madvise(2): do_madvise', {
  validate: step('madvise.validate', 'the advice and the range', {
    dontneed: 'dontneed', remove: 'advise', populate: 'populate', advise: 'advise', hwpoison: 'hwpoison', softOffline: 'softOffline', nothing: '^done', refused: '^done',
  }),
  dontneed: use('host.dontneed', '^done'),
  populate: use('host.populateAdvice', '^done'),
  advise: use('host.advise', '^done'),
  hwpoison: use('host.hwpoison', '^done'),
  softOffline: use('host.softOffline', '^done'),
});

export const advise = fragment('host.advise', 'advice that only the mappings are asked about', {
  lock: use('mm.writeLock', 'apply'),
  apply: step('madvise.apply', 'madvise_walk_vmas, madvise_vma_behavior', { ok: 'unlock', refused: 'unlock' }),
  unlock: step('mmap.upWrite', 'mmap_write_unlock', { ok: '^done' }),
});

export const populateAdvice = fragment('host.populateAdvice', 'MADV_POPULATE_READ, MADV_POPULATE_WRITE: madvise_populate', {
  begin: step('populate.begin', 'faultin_page_range', { ok: 'pages' }),
  pages: use('host.touch', { done: 'finish', unmapped: 'unmapped', denied: 'denied', enomem: 'unmapped', poisoned: 'poisoned' }),
  finish: step('populate.finish', 'all pages are there', { ok: '^done' }),
  unmapped: step('populate.unmapped', 'ENOMEM', { ok: '^done' }),
  denied: step('populate.denied', 'EINVAL', { ok: '^done' }),
  poisoned: step('populate.poisoned', 'EHWPOISON', { ok: '^done' }),
});

export const softOffline = fragment('host.softOffline', 'MADV_SOFT_OFFLINE: soft_offline_page', {
  page: use('host.getUserPage', { done: 'mutex', error: '^done' }),
  mutex: step('mf.lock', 'mutex_lock(&mf_mutex)', { ok: 'migrate' }),
  migrate: use('host.migratePage', 'unlock'),
  unlock: step('mf.unlock', 'mutex_unlock(&mf_mutex)', { ok: '^done' }),
});

export const migratePage = fragment('host.migratePage', 'soft_offline_in_use_page: the content moves to another page frame', {
  identify: step('offline.identify', 'isolate_folio_to_list', { anon: 'allocate', file: 'putBusy' }),
  allocate: step('offline.allocate', 'alloc_migration_target', { ok: 'put', enomem: 'putBusy' }),
  put: step('folio.put', 'put_page', { ok: 'start' }),
  start: use('mn.rangeStart', 'move'),
  move: step('offline.move', 'try_to_migrate, migrate_folio, remove_migration_ptes', { ok: 'end', absent: 'endAbsent' }),
  end: use('mn.rangeEnd', 'poison'),
  poison: step('offline.poison', 'page_handle_poison', { ok: '^done' }),
  endAbsent: use('mn.rangeEnd', 'free'),
  free: step('offline.free', 'putback_movable_pages', { ok: '^done' }),
  putBusy: step('folio.put', 'put_page', { ok: '^done' }),
});

export const unpoison = fragment('mf.unpoison', 'unpoison_memory', {
  mutex: step('mf.lock', 'mutex_lock(&mf_mutex)', { ok: 'page' }),
  page: step('mf.unpoisonPage', 'a page in use stays as it is', { ok: 'unlock' }),
  unlock: step('mf.unlock', 'mutex_unlock(&mf_mutex)', { ok: '^done' }),
});
