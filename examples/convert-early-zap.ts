// A patch to try on the series of 2026: a copy of its conversion with two states changed. The guest's leaves go before the reference test, as in the RFC
// of 2025, and who gives up forgets to end the invalidation: S-14 breaks, and faults in the range would retry for ever.

import { deriveKernel, fragment, kernels, step, use } from 'faultline';

export default deriveKernel(kernels.find((kernel) => kernel.name === 'conversions-2026')!, {
  name: 'convert-early-zap',
  title: 'the series of 2026, but it zaps before it tests references',
  fragments: {
    'gmem.convert': fragment('gmem.convert', 'kvm_gmem_set_attributes, changed', {
      fdget: step('fd.get', 'fdget', { ok: 'validate', badFd: '^done', foreign: 'foreign' }),
      foreign: step('convert.foreign', 'a file that has no such ioctl: ENOTTY', { refused: '^done' }),
      validate: step('convert.validate', 'flags, attributes, range', { ok: 'lock', refused: 'fput' }),
      lock: use('inode.invalidateLock', 'equal'),
      equal: step('convert.testEqual', 'kvm_gmem_range_has_attributes', { ok: 'preallocate', equal: 'unlock' }),
      preallocate: step('convert.preallocate', 'mas_preallocate: what the store will need', { ok: 'begin', enomem: 'unlock' }),
      begin: use('gmem.convertBegin', 'exclusive'),
      exclusive: step('convert.testDirection', 'what becomes private must be nobody else\'s', { private: 'unmap', shared: 'makeShared' }),
      unmap: use('gmem.unmapRange', 'references'),
      references: use('gmem.testReferences', { done: 'store', busy: 'unlock' }),
      makeShared: step('convert.makeSharedNext', 'kvm_arch_gmem_make_shared of the next run of page frames', { more: 'makeShared', ok: 'store' }),
      store: step('convert.storeAll', 'mas_store_prealloc: the range, one with its neighbours', { ok: 'end' }),
      end: use('gmem.convertEnd', 'unlock'),
      unlock: step('inode.upWrite', 'filemap_invalidate_unlock', { ok: 'finish' }),
      finish: step('convert.finish', 'copy_to_user, on errors', { ok: 'fput' }),
      fput: step('fd.put', 'fdput', { ok: '^done' }),
    }),
  },
});
