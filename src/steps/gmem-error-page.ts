// Steps of kvm_gmem_error_page as version 11 had it: for each memslot that the lost page is bound to, a SIGBUS.

import { frame, type Registers } from '../memory/layout.ts';
import { ok, outcome } from '../memory/outcome.ts';
import { BUS_MCEERR_AR, SIGBUS } from '../memory/layouts/host.ts';
import { done } from './flush.ts';
import { nextBinding } from './gmem-invalidate.ts';
import { groupLeader, sendSignal } from './signal.ts';
import type { Invalidation } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

/** The gfn is none of the memslot's. */
export const outside = outcome('outsideSlot');

export const TellPoisonFrame = frame('gmem.tellPoison', {
  file: { ref: 'file' }, next_index: { ref: 'index' }, found: {},
  /** Memslot, and page of the guest that is said to be lost. */
  slot: { ref: 'slot' }, gfn: { ref: 'gfn' },
});
export type TellPoison = Registers<typeof TellPoisonFrame> & Invalidation & { consumer: number };

/** The page of a memslot at a file index. */
export type GfnOf = (world: World, slot: number, index: number) => number;

/** The next binding in the range, and the gfn that it is said to be, -1 for one that the scenario does not know. */
export const nextSlot = (gfnOf: GfnOf): Step<TellPoison> => (world, f) => {
  const found = nextBinding(world, f.file, f.next_index, f.end);
  if (found === undefined) {
    f.slot = 0;
    f.gfn = 0;
    return done;
  }
  const { base_gfn, npages } = world.memslot(found.slot);
  const gfn = gfnOf(world, found.slot, found.from);
  f.next_index = found.to;
  f.slot = found.slot;
  f.gfn = Math.max(0, gfn);
  return gfn < base_gfn || gfn >= base_gfn + npages ? outside : ok;
};

/** send_sig_mceerr(BUS_MCEERR_AR): the thread learns the host address that the memslot has for the gfn. */
export function tell(world: World, f: Frame<TellPoison>, thread: number): number {
  const { base_gfn, hva } = world.memslot(f.slot);
  sendSignal(world, f.self, thread, { number: SIGBUS, hva: hva === 0 ? 0 : hva + f.gfn - base_gfn, code: BUS_MCEERR_AR });
  return ok;
}

/** In whose context memory_failure() runs: the thread that consumed the error, or one that has nothing to do with it. */
export const currentThread = (world: World, f: Frame<TellPoison>): number => (f.consumer !== 0 ? f.consumer - 1 : groupLeader(world));
