// The CPU under a vCPU as far as interrupts go: an IPI is in flight until this actor delivers it.

import { fragment, step } from '../fragment.ts';

export const interrupts = fragment('hardware', 'interrupts towards the CPU that runs a vCPU', {
  idle: step('irq.deliver', 'no interrupt has arrived', { outside: 'acknowledge', inside: 'exit' }, { idle: true }),
  exit: step('irq.awaitExit', 'the interrupt forces a VM exit; its handler runs when the CPU is out', { ok: 'acknowledge' }),
  acknowledge: step('irq.acknowledge', 'ack_kick', { ok: 'idle' }),
});
