// memory_failure(): mf_mutex, the folio lock, and inside it the file's invalidate_lock, which hole punching takes the other
// way round (G4-B10).

import { fragment, step, use } from '../fragment.ts';

export const memoryFailureActor = fragment('memory-failure', 'handles the memory errors of one source, one at a time', {
  idle: step('mf.receive', 'no page frame has failed', { strike: 'event' }, { idle: true }),
  event: use('mf.event', 'idle'),
});

export const event = {
  ...fragment('mf.event', 'one memory error', {
    check: use('mf.machineCheck', '^done'),
  }),
  frame: 'operation',
};

export const machineCheck = fragment('mf.machineCheck', 'do_machine_check: memory_failure, then what becomes of the thread that consumed the error', {
  handle: use('memoryFailure', 'kill'),
  kill: step('mf.killConsumer', 'kill_me_maybe', { ok: 'reply' }),
  reply: step('mf.reply', 'the result', { ok: '^done' }, { progress: true }),
});

export const memoryFailure = fragment('memoryFailure', 'memory_failure of the page frame in register `pfn`', {
  mutex: step('mf.lock', 'mutex_lock(&mf_mutex)', { ok: 'poison' }),
  poison: step('mf.setHwpoison', 'MF1: TestSetPageHWPoison', { ok: 'get', already: 'accessing' }),
  accessing: step('mf.killAccessing', 'kill_accessing_process', { ok: 'unlockMutex' }),
  get: step('mf.getPage', 'MF2: get_hwpoison_page', { ok: 'lock', free: 'unlockMutex' }),
  lock: step('mf.lockFolio', 'MF3: folio_lock', { ok: 'identify' }),
  identify: step('mf.identify', 'identify_page_state', { file: 'file', anon: 'anon', truncated: 'unlock' }),
  anon: use('memoryFailure.unmapHost', 'unlock'),
  file: use('gmem.errorFolio', 'result'),
  result: step('mf.readCallbackResult', 'truncate_error_folio', { ok: 'unlock' }),
  unlock: step('mf.unlockFolio', 'MF9: folio_unlock', { ok: 'verdict' }),
  verdict: step('mf.verdict', 'MF10: has_extra_refcount, action_result', { ok: 'put' }),
  put: step('mf.putPage', 'put_page', { ok: 'unlockMutex' }),
  unlockMutex: step('mf.unlock', 'mutex_unlock(&mf_mutex)', { ok: '^done' }),
});

export const unmapHost = fragment('memoryFailure.unmapHost', 'MF4, hwpoison_user_mappings: every entry that maps the folio, and those who must know', {
  find: step('mf.findMapping', 'rmap_walk', { ok: 'start', done: '^done' }),
  start: use('mn.rangeStart', 'unmap'),
  unmap: step('mf.unmapEntry', 'try_to_unmap: a poison marker', { ok: 'put', absent: 'endAbsent' }),
  put: step('mf.putMapping', 'folio_put', { ok: 'end' }),
  end: use('mn.rangeEnd', 'kill'),
  kill: step('mf.killProcess', 'kill_procs', { ok: 'find' }),
  endAbsent: use('mn.rangeEnd', 'find'),
});

export const errorFolio = fragment('gmem.errorFolio', 'kvm_gmem_error_folio: the guests lose their mapping, the page stays in the file', {
  lock: step('inode.downRead', 'filemap_invalidate_lock_shared', { ok: 'begin' }),
  begin: use('gmem.invalidateBegin', 'end'),
  end: use('gmem.invalidateEnd', 'unlock'),
  unlock: step('inode.upRead', 'filemap_invalidate_unlock_shared', { ok: '^done' }),
});
