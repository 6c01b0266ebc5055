// Memory that is weakly ordered, in the three places where the order of two accesses is what a protocol rests on (spec 00, 6): a vCPU's mode
// against its requests, mmu_invalidate_seq against in_progress, the snapshot of the sequence against what a fault reads next. Where a
// sequentially consistent kernel has one step, a store goes into a buffer of one entry, and a barrier is a step of its own, so that it
// can be forgotten. The hardware of a vCPU lets stores towards it, and its own, become visible whenever it likes.

import { layout, frame, type Table } from '../../../src/memory/layout.ts';
import { kvm_mmu } from '../../../src/memory/layouts/mmu.ts';
import { ipi, IN_GUEST_MODE, KVM_REQ_MMU_FREE_OBSOLETE_ROOTS, KVM_REQ_TLB_FLUSH } from '../../../src/memory/layouts/vcpu.ts';
import { FaultFrame, type Fault } from '../../../src/memory/frames.ts';
import { blocked, ok, outcome } from '../../../src/memory/outcome.ts';
import { deriveKernel, type Kernel } from '../../../src/kernel/define.ts';
import { done, nextToSignal, type Flush } from '../../../src/steps/flush.ts';
import * as ghost from '../../../src/steps/ghost.ts';
import { step } from '../../fragment.ts';
import type { Choose, Frame, Step, World } from '../../../src/memory/world.ts';

const drained = outcome('drained');

/** Beside the interrupts on their way to a vCPU's CPU: what is in store buffers, its own mode (+ 1) and requests that others have made. */
const weakIpi = layout('ipi', { ...ipi.fields, stored_mode: {}, stored_requests: {} }, { per: ['vcpu'] });
/** mmu_invalidate_seq++ in the store buffer of who ends an invalidation. */
const weakMmu = layout('kvm_mmu', { ...kvm_mmu.fields, stored_seq: {} }, { per: ['vm'] });
/** 1: the load of the sequence is late, and done when its value is needed at the latest. */
const weakFault = frame('mmu.fault', { ...FaultFrame.fields, late: {} });

type WeakWorld = Omit<World, 'ipi' | 'kvm_mmu'> & { readonly ipi: Table<typeof weakIpi>; readonly kvm_mmu: Table<typeof weakMmu> };
type WeakStep<R> = (world: WeakWorld, f: Frame<R>, choose: Choose) => number;

/** The vCPU's mode becomes visible. */
function drainMode({ ipi: cpus, vcpu_mode }: WeakWorld, vcpu: number): void {
  const cpu = cpus(vcpu);
  if (cpu.stored_mode === 0) return;
  vcpu_mode(vcpu).mode = cpu.stored_mode - 1;
  cpu.stored_mode = 0;
}

/** Requests that were made of the vCPU become visible. */
function drainRequests({ ipi: cpus, vcpu_requests }: WeakWorld, vcpu: number): void {
  const cpu = cpus(vcpu);
  if (cpu.stored_requests === 0) return;
  vcpu_requests(vcpu).bits |= cpu.stored_requests;
  cpu.stored_requests = 0;
}

/** The sequence becomes visible. */
function drainSeq({ kvm_mmu: mmus }: WeakWorld, vm: number): void {
  const mmu = mmus(vm);
  if (mmu.stored_seq === 0) return;
  mmu.mmu_invalidate_seq += 1;
  mmu.stored_seq = 0;
}

function loadLate({ kvm_mmu: mmus }: WeakWorld, f: Frame<Fault & { late: number }>): void {
  if (f.late === 0) return;
  f.mmu_seq = mmus(f.vm).mmu_invalidate_seq;
  f.late = 0;
}

/** The steps of `base` that touch what is buffered. */
function stepsOf(base: Kernel): Record<string, WeakStep<never>> {
  const inner = <R>(name: string): WeakStep<R> => base.steps.get(name) as unknown as WeakStep<R>;
  /** kvm_make_request, into the buffer. */
  const request = (bit: number): WeakStep<Flush> => (world, f, choose) => {
    const vcpu = nextToSignal(world, f, choose);
    if (vcpu < 0) return done;
    world.ipi(vcpu).stored_requests |= bit;
    return ok;
  };
  const deliver = inner<object>('irq.deliver');
  const outsideMode = inner<object>('vcpu.setOutsideGuestMode');
  const snapshot = inner<Fault>('fault.snapshotSeq');
  const test = inner<Fault>('fault.testStale');
  const advance = inner<object>('mmu.advanceSeq');
  const unlock = inner<object>('mmu.writeUnlock');
  const steps = {
    'vcpu.setInGuestMode': ((world, f) => {
      world.ipi(f.vcpu).stored_mode = IN_GUEST_MODE + 1;
      return ok;
    }) as WeakStep<object>,
    /** A later store to the same place. */
    'vcpu.setOutsideGuestMode': ((world, f, choose) => {
      if (world.ipi(f.vcpu).stored_mode !== 0) world.ipi(f.vcpu).stored_mode = 0;
      return outsideMode(world, f, choose);
    }) as WeakStep<object>,
    'weak.modeBarrier': ((world, f) => {
      drainMode(world, f.vcpu);
      return ok;
    }) as WeakStep<object>,
    'flush.requestTlbFlush': request(KVM_REQ_TLB_FLUSH),
    'flush.requestRootReload': request(KVM_REQ_MMU_FREE_OBSOLETE_ROOTS),
    'weak.requestBarrier': ((world, f) => {
      drainRequests(world, f.target - 1);
      return ok;
    }) as WeakStep<Flush>,
    /** A buffer drains, or the interrupt arrives; one that does finds this CPU's own stores done. */
    'irq.deliver': ((world, f, choose) => {
      const cpu = world.ipi(f.vcpu);
      const may = [...(cpu.inflight.any() ? [0] : []), ...(cpu.stored_mode !== 0 ? [1] : []), ...(cpu.stored_requests !== 0 ? [2] : [])];
      if (may.length === 0) return blocked(cpu);
      const which = may[may.length === 1 ? 0 : choose(may.length)]!;
      if (which !== 2) drainMode(world, f.vcpu);
      if (which === 0) return deliver(world, f, choose);
      if (which === 2) drainRequests(world, f.vcpu);
      return drained;
    }) as WeakStep<object>,
    /** The load may be late. How late makes no more difference than that: the later, the more it misses. */
    'fault.snapshotSeq': ((world, f, choose) => {
      if (choose(2) === 0) return snapshot(world, f, choose);
      f.late = 1;
      return ok;
    }) as WeakStep<Fault & { late: number }>,
    'weak.readBarrier': ((world, f) => {
      loadLate(world, f);
      return ok;
    }) as WeakStep<Fault & { late: number }>,
    'fault.testStale': ((world, f, choose) => {
      loadLate(world, f);
      return test(world, f, choose);
    }) as WeakStep<Fault & { late: number }>,
    /** Visible at once, or when the lock is let go at the latest. */
    'mmu.advanceSeq': ((world, f, choose) => {
      if (choose(2) === 0) return advance(world, f, choose);
      world.kvm_mmu(f.vm).stored_seq = 1;
      ghost.seqMoved(world as unknown as World, f.vm, f.self);
      return ok;
    }) as WeakStep<object>,
    'weak.writeBarrier': ((world, f) => {
      drainSeq(world, f.vm);
      return ok;
    }) as WeakStep<object>,
    'mmu.writeUnlock': ((world, f, choose) => {
      drainSeq(world, f.vm);
      return unlock(world, f, choose);
    }) as WeakStep<object>,
  };
  return steps as unknown as Record<string, WeakStep<never>>;
}

/** The same kernel on memory that is weakly ordered in these places, with the barriers that it has. */
export function weakened(base: Kernel): Kernel {
  const requestBarrier = step('weak.requestBarrier', 'smp_mb__after_atomic', { ok: 'mode' });
  const writeBarrier = step('weak.writeBarrier', 'smp_wmb', { ok: 'drop' });
  return deriveKernel(base, {
    name: `${base.name}-weak`, title: `${base.title}, on weakly ordered memory`,
    objects: [weakIpi, weakMmu], registers: [weakFault], steps: stepsOf(base) as unknown as Readonly<Record<string, Step<never, never>>>,
    fragments: {
      hardware: (edit) => edit.replace('idle', step('irq.deliver', 'no interrupt has arrived, store buffers are empty', { outside: 'acknowledge', inside: 'exit', drained: 'idle' }, { idle: true })),
      'vcpu.run': (edit) => edit.insertAfter('mode', 'ok', 'barrier', step('weak.modeBarrier', 'the barrier of smp_store_mb', { ok: 'recheck' })),
      'kvm.flushRemoteTlbs': (edit) => edit.insertAfter('next', 'ok', 'barrier', requestBarrier),
      'kvm.reloadRemoteRoots': (edit) => edit.insertAfter('next', 'ok', 'barrier', requestBarrier),
      'mmu.fault': (edit) => edit.insertAfter('snapshot', 'ok', 'barrier', step('weak.readBarrier', 'smp_rmb', { ok: 'invalid' })),
      'gmem.invalidateEnd': (edit) => edit.insertAfter('seq', 'ok', 'barrier', writeBarrier),
      'vm.attributesPostPass': (edit) => edit.insertAfter('seq', 'ok', 'barrier', writeBarrier),
      'mn.rangeEnd': (edit) => edit.insertAfter('seq', 'ok', 'barrier', writeBarrier),
    },
  });
}
