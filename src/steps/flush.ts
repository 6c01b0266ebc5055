// Steps of kvm_make_all_cpus_request and of the interrupts it sends (VREQ): set the request, then read the mode; wait until
// every CPU that was signalled has left guest mode. The vCPU does the mirror image: stores its mode, then reads its requests.

import { blocked, ok, outcome } from '../memory/outcome.ts';
import {
  EXITING_GUEST_MODE, IN_GUEST_MODE, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS, KVM_REQ_TLB_FLUSH, OUTSIDE_GUEST_MODE,
} from '../memory/layouts/vcpu.ts';
import type { Choose, Frame, Step, World } from '../memory/world.ts';

export const done = outcome('done');
export const outside = outcome('outside');
export const inside = outcome('inside');

/** target: vCPU being signalled, + 1. flush: something was zapped and not flushed yet. */
export type Flush = { target: number; flush: number };

/** The next vCPU of the VM in no fixed order, -1 when all have had their turn: marks live with the vCPUs, so that equal vCPUs stay interchangeable. */
export function nextToSignal({ facts, flush_mark }: Pick<World, 'facts' | 'flush_mark'>, f: Frame<Flush>, choose: Choose): number {
  const unmarked = (facts.vcpusOfVm[f.vm] ?? []).filter((vcpu) => !flush_mark(vcpu).marked_by.has(f.self));
  if (unmarked.length === 0) return -1;
  const vcpu = unmarked[unmarked.length === 1 ? 0 : choose(unmarked.length)]!;
  flush_mark(vcpu).marked_by.set(f.self);
  f.target = vcpu + 1;
  return vcpu;
}

function requestNext(world: World, f: Frame<Flush>, choose: Choose, request: number): number {
  const vcpu = nextToSignal(world, f, choose);
  if (vcpu < 0) return done;
  world.vcpu_requests(vcpu).bits |= request;
  return ok;
}

export const steps = {
  /** kvm_make_request(KVM_REQ_TLB_FLUSH) on one more vCPU. */
  'flush.requestTlbFlush': (world, f, choose) => requestNext(world, f, choose, KVM_REQ_TLB_FLUSH),
  /** kvm_make_request(KVM_REQ_MMU_FREE_OBSOLETE_ROOTS) on one more vCPU. */
  'flush.requestRootReload': (world, f, choose) => requestNext(world, f, choose, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS),
  /** kvm_vcpu_exiting_guest_mode: compare-and-exchange IN_GUEST → EXITING. With the wait flag, anything but OUTSIDE gets an interrupt. */
  'flush.readMode': ({ vcpu_mode }, f) => {
    const vcpu = vcpu_mode(f.target - 1);
    if (vcpu.mode === OUTSIDE_GUEST_MODE) return outside;
    if (vcpu.mode === IN_GUEST_MODE) vcpu.mode = EXITING_GUEST_MODE;
    return inside;
  },
  /** smp_call_function_many towards that vCPU's CPU: in flight from here on. */
  'flush.sendIpi': ({ ipi }, f) => {
    ipi(f.target - 1).inflight.set(f.self);
    return ok;
  },
  /** smp_call_function_many waits until every CPU has run the handler. */
  'flush.awaitAcks': ({ facts, ipi, flush_mark }, f) => {
    const vcpus = facts.vcpusOfVm[f.vm] ?? [];
    for (const vcpu of vcpus) if (ipi(vcpu).inflight.has(f.self) || ipi(vcpu).taken.has(f.self)) return blocked(ipi(vcpu));
    for (const vcpu of vcpus) flush_mark(vcpu).marked_by.clear(f.self);
    f.target = 0;
    f.flush = 0;
    return ok;
  },

  /** The interrupt arrives: a CPU in guest mode has to leave first, any other runs the handler at once. */
  'irq.deliver': ({ ipi, vcpu_mode, interrupt }, f) => {
    const { inflight, taken, id } = ipi(f.vcpu);
    if (!inflight.any()) return blocked({ id });
    for (let actor = inflight.first(); actor >= 0; actor = inflight.first()) {
      inflight.clear(actor);
      taken.set(actor);
    }
    if (vcpu_mode(f.vcpu).mode === OUTSIDE_GUEST_MODE) return outside;
    interrupt(f.vcpu).pending = 1;
    return inside;
  },
  /** The handler runs once the CPU is out of the guest and has interrupts on again. */
  'irq.awaitExit': ({ interrupt }, f) => (interrupt(f.vcpu).pending !== 0 ? blocked(interrupt(f.vcpu)) : ok),
  /** ack_kick: every sender that was taken may go on. */
  'irq.acknowledge': ({ ipi }, f) => {
    ipi(f.vcpu).taken.clearAll();
    return ok;
  },
} satisfies { [name: string]: Step<Flush> };
