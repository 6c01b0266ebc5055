// KVM_SET_MEMORY_ATTRIBUTES2 on a guest_memfd: conversion in place as of 2026. All that can fail comes first and takes nothing from the guest; behind
// it lies the point of no return, and from there on nothing can fail, so that nothing has to be undone.

import { fragment, step, use } from '../fragment.ts';

export const setAttributes = fragment('gmem.convert', 'kvm_gmem_set_attributes: KVM_SET_MEMORY_ATTRIBUTES2', {
  fdget: step('fd.get', 'fdget', { ok: 'validate', badFd: '^done', foreign: 'foreign' }),
  foreign: step('convert.foreign', 'a file that has no such ioctl: ENOTTY', { refused: '^done' }),
  validate: step('convert.validate', 'flags, attributes, range', { ok: 'lock', refused: 'fput' }),
  lock: use('inode.invalidateLock', 'equal'),
  equal: step('convert.testEqual', 'kvm_gmem_range_has_attributes', { ok: 'preallocate', equal: 'unlock' }),
  preallocate: step('convert.preallocate', 'mas_preallocate: what the store will need', { ok: 'exclusive', enomem: 'unlock' }),
  exclusive: step('convert.testDirection', 'what becomes private must be nobody else\'s', { private: 'unmap', shared: 'begin' }),
  unmap: use('gmem.unmapRange', 'references'),
  references: use('gmem.testReferences', { done: 'begin', busy: 'unlock' }),
  begin: use('gmem.convertBegin', 'direction'),
  direction: step('convert.testDirection', 'what becomes shared, the architecture must give up', { private: 'store', shared: 'makeShared' }),
  makeShared: step('convert.makeSharedNext', 'kvm_arch_gmem_make_shared of the next run of page frames', { more: 'makeShared', ok: 'store' }),
  store: step('convert.storeAll', 'mas_store_prealloc: the range, one with its neighbours', { ok: 'end' }),
  end: use('gmem.convertEnd', 'unlock'),
  unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'finish' }),
  finish: step('convert.finish', 'copy_to_user, on errors', { ok: 'fput' }),
  fput: step('fd.put', 'fdput', { ok: '^done' }),
});
