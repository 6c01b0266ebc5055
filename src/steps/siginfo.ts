// What a thread's last command has met, for whoever sent it. Kept in worlds by bytes only: no other has somebody who asks.

import type { World } from '../memory/world.ts';

export interface Met { readonly number: number; readonly code: number; readonly hva: number; readonly pfn: number }

/** The signal that a thread's handler was told of, or the page frame that an access reached. */
export function keepSiginfo({ siginfo, facts }: World, thread: number, { number, code, hva, pfn }: Met): void {
  if (facts.sizes.segment === 0) return;
  const kept = siginfo(thread);
  kept.number = number;
  kept.code = code;
  kept.hva = hva;
  kept.pfn = pfn;
}
