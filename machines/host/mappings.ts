// Mappings of the VMM's process: making them, what they allow, bringing their pages in.

import { fragment, step, use } from '../fragment.ts';

export const anon = fragment('host.anon', 'mmap(2) of private anonymous memory', {
  lock: use('mm.writeLock', 'map'),
  map: step('anon.map', 'do_mmap', { ok: 'unlock', refused: 'unlock' }),
  unlock: step('mmap.upWrite', 'mmap_write_unlock', { ok: '^done' }),
});

export const mmap = fragment('host.mmap', 'mmap(2) of a file: the checks, and then what the file makes of it', {
  offset: step('mmap.testOffset', 'sys_mmap: the offset is whole pages', { ok: 'fget', refused: '^done' }),
  fget: step('mmap.fget', 'fget', { ok: 'huge', badFd: '^done' }),
  huge: step('mmap.testHugetlb', 'ksys_mmap_pgoff: MAP_HUGETLB of a file that is not of hugetlbfs', { ok: 'lock', refused: 'fput' }),
  lock: use('mm.writeLock', 'validate'),
  validate: step('mmap.validate', 'do_mmap: length, address space, size, flags', { ok: 'method', refused: 'unlock' }),
  method: step('mmap.noMethod', 'can_mmap_file: a guest_memfd has no mmap method', { refused: 'unlock' }),
  unlock: step('mmap.upWrite', 'mmap_write_unlock', { ok: 'fput' }),
  fput: step('mmap.fput', 'fput', { ok: '^done' }),
});

export const mprotect = fragment('host.mprotect', 'mprotect(2): the mappings first, then their page-table entries', {
  validate: step('mprotect.validate', 'do_mprotect_pkey: the range', { ok: 'lock', nothing: '^done', refused: '^done' }),
  lock: use('mm.writeLock', 'flags'),
  flags: step('mprotect.setFlags', 'mprotect_fixup', { ok: 'start', nothing: 'unlock' }),
  start: use('mn.rangeStart', 'change'),
  change: step('mprotect.changeNext', 'change_pte_range', { more: 'change', done: 'end' }),
  end: use('mn.rangeEnd', 'unlock'),
  unlock: step('mmap.upWrite', 'mmap_write_unlock', { ok: '^done' }),
});

/** Works on the registers `hva`, `hva_end`, `write` and `gup` of the fragment that uses it; `hva` is the page that it could not have. */
export const touch = fragment('host.touch', 'get_user_pages, fault_in_readable: pages are brought in one by one', {
  lock: step('mmap.downRead', 'mmap_read_lock', { ok: 'next' }),
  next: step('touch.next', 'follow_page_mask', { more: 'next', absent: 'unlockAbsent', unmapped: 'unlockUnmapped', denied: 'unlockDenied', done: 'unlock' }),
  unlock: step('mmap.upRead', 'mmap_read_unlock', { ok: '^done' }),
  unlockAbsent: step('mmap.upRead', 'mmap_read_unlock', { ok: 'fault' }),
  fault: use('host.handleFault', { done: 'lock', unmapped: '^unmapped', denied: '^denied', enomem: '^enomem', poisoned: '^poisoned' }),
  unlockUnmapped: step('mmap.upRead', 'mmap_read_unlock', { ok: '^unmapped' }),
  unlockDenied: step('mmap.upRead', 'mmap_read_unlock', { ok: '^denied' }),
});

export const mlock = fragment('host.mlock', 'mlock(2): the mappings are marked, their pages brought in', {
  validate: step('mlock.validate', 'do_mlock: the range', { ok: 'lock', nothing: '^done', refused: '^done' }),
  lock: use('mm.writeLock', 'flags'),
  flags: step('mlock.setFlags', 'apply_vma_lock_flags', { ok: 'unlock', refused: 'unlockRefused' }),
  unlock: step('mmap.upWrite', 'mmap_write_unlock', { ok: 'populate' }),
  populate: use('host.touch', { done: '^done', unmapped: 'failed', denied: 'failed', enomem: 'noMemory', poisoned: 'failed' }),
  failed: step('mlock.failed', '__mlock_posix_error_return', { refused: '^done' }),
  noMemory: step('mlock.noMemory', '__mlock_posix_error_return', { refused: '^done' }),
  unlockRefused: step('mmap.upWrite', 'mmap_write_unlock', { ok: '^done' }),
});

export const msync = fragment('host.msync', 'msync(2)', {
  lock: step('mmap.downRead', 'mmap_read_lock', { ok: 'walk' }),
  walk: step('msync.walk', 'sys_msync', { ok: 'unlock', refused: 'unlock' }),
  unlock: step('mmap.upRead', 'mmap_read_unlock', { ok: '^done' }),
});

export const mincore = fragment('host.mincore', 'mincore(2)', {
  lock: step('mmap.downRead', 'mmap_read_lock', { ok: 'read' }),
  read: step('mincore.read', 'do_mincore', { ok: 'unlock', refused: 'unlock' }),
  unlock: step('mmap.upRead', 'mmap_read_unlock', { ok: '^done' }),
});

export const copy = fragment('host.copy', 'the kernel itself reads or writes a mapping: pipes, vmsplice, process_vm_readv', {
  begin: step('copy.begin', 'import_iovec', { ok: 'pages', nothing: '^done' }),
  pages: use('host.touch', { done: 'finish', unmapped: 'short', denied: 'short', enomem: 'short', poisoned: 'short' }),
  finish: step('copy.finish', 'copy_page_from_iter, copy_page_to_iter', { ok: '^done', absent: 'pages' }),
  short: step('copy.short', 'a short transfer, or EFAULT', { ok: '^done' }),
});
