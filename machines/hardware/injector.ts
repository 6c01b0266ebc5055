// A hardware program: what happens to the machine while it runs.

import { end, fragment, step } from '../fragment.ts';

export const injector = fragment('injector', 'memory errors, interrupts, signals, pins, failing allocations', {
  next: step('hw.next', 'the next event', { ok: 'next', sent: 'handled', drain: 'drain', end: 'ended' }),
  handled: step('hw.receiveReply', 'memory_failure is under way', { ok: 'next', unexpected: 'next' }),
  drain: step('hw.lruDrain', 'lru_add_drain_all', { ok: 'next' }),
  ended: end,
});
