// A sleeping lock with an owner: mutex, and PG_locked of a folio. Whoever comes when it is free gets it, waiting or new.

import { blocked, ok } from './outcome.ts';
import type { ObjectRef } from './layout.ts';

type Mutex = ObjectRef & { owner: number };

/** mutex_lock, folio_lock: blocks while someone holds it. */
export function lock(mutex: Mutex, self: number): number {
  if (mutex.owner !== 0) return blocked(mutex);
  mutex.owner = self;
  return ok;
}

/** mutex_unlock. Unlocking what one does not hold is a bug of the kernel under test that S-18 names; it leaves the lock free. */
export function unlock(mutex: Mutex): number {
  mutex.owner = 0;
  return ok;
}
