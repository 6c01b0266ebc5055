// Memory policy of a guest_memfd.

import { fragment, step, use } from '../fragment.ts';

export const mbind = fragment('host.mbind', 'mbind(2): kvm_gmem_set_policy for each mapping of the range', {
  lock: use('mm.writeLock', 'apply'),
  apply: step('mbind.apply', 'do_mbind, mpol_set_shared_policy', { ok: 'unlock', refused: 'unlock' }),
  unlock: step('mmap.upWrite', 'mmap_write_unlock', { ok: '^done' }),
});

export const getMempolicy = fragment('host.getMempolicy', 'get_mempolicy(2): kvm_gmem_get_policy', {
  lock: step('mmap.downRead', 'mmap_read_lock', { ok: 'get' }),
  get: step('mempolicy.get', 'do_get_mempolicy', { ok: 'unlock', refused: 'unlock' }),
  unlock: step('mmap.upRead', 'mmap_read_unlock', { ok: '^done' }),
});

export const pageNode = fragment('host.pageNode', 'move_pages(2) without nodes to move to', {
  lock: step('mmap.downRead', 'mmap_read_lock', { ok: 'get' }),
  get: step('pageNode.get', 'do_pages_stat', { ok: 'unlock', refused: 'unlock' }),
  unlock: step('mmap.upRead', 'mmap_read_unlock', { ok: '^done' }),
});
