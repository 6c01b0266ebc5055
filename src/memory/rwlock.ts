// mmu_lock: a queued rwlock, first come, first served (qrwlock). Taking a free lock is one step; else the actor stands in
// the queue (one step, never blocks) and waits to be granted (a second step). A reader at the head joins other readers.

import { blocked, ok, queued } from './outcome.ts';
import type { Bits, Cells, ObjectRef } from './layout.ts';

type RwLock = ObjectRef & { readonly readers: Bits; writer: number; readonly queue: Cells };

/** A waiting writer is stored negative. */
function enqueue(lock: RwLock, entry: number): number {
  let i = 0;
  while (lock.queue.at(i) !== 0) i++;
  lock.queue.put(i, entry);
  return queued;
}

/** Takes the head of the queue away; the rest moves up, so that equal queues are equal memory. */
function dequeue(lock: RwLock): void {
  let i = 0;
  for (; i + 1 < lock.queue.length && lock.queue.at(i + 1) !== 0; i++) lock.queue.put(i, lock.queue.at(i + 1));
  lock.queue.put(i, 0);
}

/** read_lock: ok, or queued. */
export function readLock(lock: RwLock, self: number): number {
  if (lock.writer !== 0 || lock.queue.at(0) !== 0) return enqueue(lock, self);
  lock.readers.set(self);
  return ok;
}

/** The wait of a queued reader: blocks until it is at the head and no writer holds the lock. */
export function readLockGranted(lock: RwLock, self: number): number {
  if (lock.writer !== 0 || lock.queue.at(0) !== self) return blocked(lock);
  dequeue(lock);
  lock.readers.set(self);
  return ok;
}

/** read_unlock */
export function readUnlock(lock: RwLock, self: number): number {
  lock.readers.clear(self);
  return ok;
}

/** write_lock: ok, or queued. */
export function writeLock(lock: RwLock, self: number): number {
  if (lock.writer !== 0 || lock.readers.any() || lock.queue.at(0) !== 0) return enqueue(lock, -self);
  lock.writer = self;
  return ok;
}

/** The wait of a queued writer: blocks until it is at the head and nobody holds the lock. */
export function writeLockGranted(lock: RwLock, self: number): number {
  if (lock.writer !== 0 || lock.readers.any() || lock.queue.at(0) !== -self) return blocked(lock);
  dequeue(lock);
  lock.writer = self;
  return ok;
}

/** write_unlock */
export function writeUnlock(lock: RwLock): number {
  lock.writer = 0;
  return ok;
}

/** rwlock_needbreak: someone waits. */
export const contended = (lock: RwLock): boolean => lock.queue.at(0) !== 0;
