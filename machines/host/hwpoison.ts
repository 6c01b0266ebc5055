// madvise(MADV_HWPOISON): memory_failure() in the context of a VMM thread, which counts as the one that hit the error.

import { fragment, step, use } from '../fragment.ts';

export const hwpoison = fragment('host.hwpoison', 'madvise(2) with MADV_HWPOISON: madvise_inject_error', {
  page: use('host.getUserPage', { done: 'inject', error: '^done' }),
  inject: use('mf.inject', '^done'),
});

export const getUserPage = fragment('host.getUserPage', 'get_user_pages_fast of one page, brought in if need be', {
  validate: step('hwpoison.validate', 'do_madvise', { ok: 'fast', refused: '^error' }),
  fast: step('hwpoison.getPage', 'get_user_pages_fast', { hit: '^done', absent: 'fault' }),
  fault: use('host.handleFault', { done: 'fast', unmapped: 'unmapped', denied: 'unmapped', enomem: 'enomem', poisoned: 'poisoned' }),
  unmapped: step('hwpoison.failUnmapped', 'no mapping: EFAULT', { ok: '^error' }),
  enomem: step('hwpoison.failNoMemory', 'no memory: ENOMEM', { ok: '^error' }),
  poisoned: step('hwpoison.failPoisoned', 'lost before: EFAULT', { ok: '^error' }),
});

export const inject = fragment('mf.inject', 'memory_failure with MF_ACTION_REQUIRED and MF_COUNT_INCREASED', {
  prepare: step('hwpoison.prepare', 'the flags', { ok: 'handle' }),
  handle: use('memoryFailure', '^done'),
});
