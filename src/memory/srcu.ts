// kvm->srcu. Each reader has its own word, so readers do not conflict. synchronize_srcu marks the readers that are inside
// now and waits until each has left once: no counters that grow, so equal situations are equal memory.

import { blocked, ok } from './outcome.ts';
import type { Bits, ObjectRef } from './layout.ts';

type Reader = ObjectRef & { kvm: number; readonly awaited_by: Bits };

/** srcu_read_lock of the VM `vm` (a number from 0). */
export function readLock(reader: Reader, vm: number): number {
  reader.kvm = vm + 1;
  return ok;
}

/** srcu_read_unlock: every synchronizer that waited for this section stops waiting. */
export function readUnlock(reader: Reader): number {
  reader.kvm = 0;
  reader.awaited_by.clearAll();
  return ok;
}

/** First half of synchronize_srcu: whom to wait for. Readers that enter later are not waited for. */
export function beginSynchronize(readers: (actor: number) => Reader, actors: number, vm: number, self: number): number {
  for (let actor = 1; actor <= actors; actor++) {
    const reader = readers(actor);
    if (reader.kvm === vm + 1) reader.awaited_by.set(self);
  }
  return ok;
}

/** Second half: blocks on the first reader that is still inside. */
export function awaitReaders(readers: (actor: number) => Reader, actors: number, self: number): number {
  for (let actor = 1; actor <= actors; actor++) {
    const reader = readers(actor);
    if (reader.awaited_by.has(self)) return blocked(reader);
  }
  return ok;
}
