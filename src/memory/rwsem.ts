// rw_semaphore: invalidate_lock, mmap_lock. A queued writer holds back new readers; among waiting writers any may win.

import { blocked, ok, queued } from './outcome.ts';
import type { Bits, ObjectRef } from './layout.ts';

type RwSem = ObjectRef & { readonly readers: Bits; writer: number; readonly waiting_writers: Bits };

/** down_read: blocks while a writer holds the lock or waits for it. */
export function downRead(sem: RwSem, self: number): number {
  if (sem.writer !== 0 || sem.waiting_writers.any()) return blocked(sem);
  sem.readers.set(self);
  return ok;
}

/** up_read */
export function upRead(sem: RwSem, self: number): number {
  sem.readers.clear(self);
  return ok;
}

/** down_write: ok when the lock is free, else the writer is queued. */
export function downWrite(sem: RwSem, self: number): number {
  if (sem.writer !== 0 || sem.readers.any()) {
    sem.waiting_writers.set(self);
    return queued;
  }
  sem.writer = self;
  return ok;
}

/** The wait of a queued writer. */
export function downWriteGranted(sem: RwSem, self: number): number {
  if (sem.writer !== 0 || sem.readers.any()) return blocked(sem);
  sem.waiting_writers.clear(self);
  sem.writer = self;
  return ok;
}

/** up_write: whoever waits may take it, and so may somebody new. */
export function upWrite(sem: RwSem): number {
  sem.writer = 0;
  return ok;
}
