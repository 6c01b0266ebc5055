// Steps on the VMM's process: its page tables, and guest memory that comes from them.

import { ok, outcome } from '../memory/outcome.ts';
import { EFAULT } from './errno.ts';
import { noSlot } from './fault.ts';
import type { Fault } from '../memory/frames.ts';
import type { Step } from '../memory/world.ts';

export const error = outcome('error');

export const steps = {
  /** __gfn_to_hva_many: no slot, or a slot without host memory. */
  'host.slotHva': ({ memslot }, f) => {
    if (f.slot === 0) return noSlot;
    if (memslot(f.slot).hva !== 0) return ok;
    f.errno = EFAULT;
    return error;
  },
} satisfies { [name: string]: Step<Fault> };
