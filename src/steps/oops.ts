// A null or invalid pointer that the kernel follows: the thread dies where it stands. What it holds stays held, whoever waits for it waits on.

import { blocked } from '../memory/outcome.ts';
import type { Step } from '../memory/world.ts';

export const steps = {
  /** BUG: unable to handle page fault. Nobody can help it: who has died waits for a message, and nobody has one for it. */
  'kernel.oops': (world, f) => blocked(world.mailbox(f.self)),
} satisfies { [name: string]: Step };
