// fcntl(F_ADD_SEALS): memfd_add_seals. The seal for guests wants that nobody maps the file and that the file is empty, so that whoever
// reads later must have come before the seal. Steps on the way out ask what was asked for, not what was done (G1-B6, G1-B7).

import { fragment, step, use } from '../fragment.ts';

export const inodeLock = fragment('inode.lock', 'inode_lock: down_write of i_rwsem', {
  acquire: step('iRwsem.downWrite', 'down_write', { ok: '^done', queued: 'wait' }),
  wait: step('iRwsem.downWriteGranted', 'rwsem_down_write_slowpath', { ok: '^done' }),
});

export const addSeals = fragment('memfd.addSeals', 'memfd_add_seals', {
  fdget: step('fd.get', 'fdget', { ok: 'lock', badFd: '^done', foreign: 'foreign' }),
  foreign: step('memfd.foreign', 'a file that has no seals', { refused: '^done' }),
  lock: use('inode.lock', 'frozen'),
  frozen: step('seals.testFrozen', 'F_SEAL_SEAL', { ok: 'write', refused: 'out' }),
  write: step('seals.denyWrite', 'F_SEAL_WRITE: mapping_deny_writable', { ok: 'pins', none: 'guest', busy: 'out' }),
  pins: step('seals.waitForPins', 'memfd_wait_for_pins', { ok: 'guest', busy: 'allow' }),
  allow: step('seals.allowWrite', 'mapping_allow_writable', { ok: 'out' }),
  guest: step('seals.wantsGuest', 'F_SEAL_GUEST', { guest: 'lockMappings', none: 'set' }),
  lockMappings: step('imap.downRead', 'i_mmap_lock_read', { ok: 'mapped' }),
  mapped: step('seals.testMapped', 'mapping_mapped', { ok: 'size', busy: 'out' }),
  size: step('seals.testSize', 'i_size_read', { ok: 'set', busy: 'out' }),
  set: step('seals.set', 'info->seals |= seals', { ok: 'out' }),
  out: step('seals.wantsGuest', 'the common exit: was F_SEAL_GUEST asked for?', { guest: 'unlockMappings', none: 'unlock' }),
  unlockMappings: step('imap.upRead', 'i_mmap_unlock_read', { ok: 'unlock' }),
  unlock: step('iRwsem.upWrite', 'inode_unlock', { ok: 'fput' }),
  fput: step('fd.put', 'fdput', { ok: '^done' }),
});
