// Signals to VMM threads: one is pending at most, a SIGBUS is not displaced. A thread that runs its vCPU is kicked out of the
// guest; one that is in the kernel finds the signal on its way.

import { SIGBUS } from '../memory/layouts/host.ts';
import { OUTSIDE_GUEST_MODE } from '../memory/layouts/vcpu.ts';
import type { World } from '../memory/world.ts';

export interface Signal {
  readonly number: number;
  /** Host page that it is about, + 1; 0: none. */
  readonly hva?: number;
  readonly code?: number;
}

/** send_signal, then signal_wake_up: an interrupt if the thread's vCPU is not outside. `sender` is the actor that does it. */
export function sendSignal({ signal, facts, ipi, vcpu_mode }: World, sender: number, thread: number, { number, hva = 0, code = 0 }: Signal): void {
  const pending = signal(thread);
  if (pending.number === SIGBUS) return;
  pending.number = number;
  pending.hva = hva;
  pending.code = code;
  facts.threadOfVcpu.forEach((runner, vcpu) => {
    if (runner === thread && vcpu_mode(vcpu).mode !== OUTSIDE_GUEST_MODE) ipi(vcpu).inflight.set(sender);
  });
}

/** The thread that a process gets its early SIGBUS in: its first one that is no vCPU thread, if there is one. */
export function groupLeader({ facts }: World): number {
  for (let thread = 0; thread < facts.sizes.thread; thread++) if (!facts.threadOfVcpu.includes(thread)) return thread;
  return 0;
}
