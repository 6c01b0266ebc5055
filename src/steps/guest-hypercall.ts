// Hypercalls: what KVM answers itself, and what it hands to userspace.

import { operand } from '../memory/code.ts';
import { EXIT_HYPERCALL } from '../memory/layouts/vcpu.ts';
import { add, isZero, pageAligned, pageNumber, pages, pair, toBig, wraps, type Pair } from '../memory/u64.ts';
import { EINVAL } from './errno.ts';
import { setResult } from './guest-bytes.ts';
import type { Program } from './control.ts';
import type { Frame, World } from '../memory/world.ts';

/** Attribute bit of KVM_HC_MAP_GPA_RANGE: the pages become private. The low bits are a hint at the page size. */
const MAP_GPA_RANGE_ENCRYPTED = 16;

/** Number of KVM_HC_MAP_GPA_RANGE, and of the one other hypercall that KVM carries out for every guest. */
const KVM_HC_MAP_GPA_RANGE = 12, KVM_HC_VAPIC_POLL_IRQ = 1;
/** What a guest gets for a hypercall that KVM does not know. */
const KVM_ENOSYS = 1000;
/** kvm_run->hypercall.flags: the guest runs in 64-bit mode. */
const LONG_MODE = 1;

/** ____kvm_emulate_hypercall: true when userspace is to carry it out, else RAX has the result. The registers are as the guest has set them. */
export function hypercallOfGuest(world: World, f: Frame<Program>): boolean {
  const word = (i: number): number => operand(world.facts, f.self, f.pc, i);
  const nr = word(1);
  const refuse = (result: number): boolean => {
    world.kvm_run(f.vcpu).hypercall_ret = result;
    setResult(world, f.vcpu, { low: result, high: result < 0 ? -1 : 0 });
    return false;
  };
  if (nr === KVM_HC_VAPIC_POLL_IRQ) return refuse(0);
  if (nr !== KVM_HC_MAP_GPA_RANGE || (world.kvm_arch(f.vm).hypercall_exit_enabled & (1 << nr)) === 0) return refuse(-KVM_ENOSYS);
  const gpa = pair(word(2), word(3));
  const count = pair(word(4), word(5));
  if (!pageAligned(gpa) || isZero(count) || wraps(pages(gpa), count)) return refuse(-EINVAL);
  tellHypercall(world, f, gpa, count, (word(6) & MAP_GPA_RANGE_ENCRYPTED) !== 0);
  if (world.facts.sizes.segment > 0) {
    const [data, arg0_lo, arg0_hi, arg1_lo, arg1_hi, arg2_lo, arg2_hi] = [world.kvm_run_data(f.vcpu), word(2), word(3), word(4), word(5), word(6), word(7)];
    Object.assign(data, { nr, arg0_lo, arg0_hi, arg1_lo, arg1_hi, arg2_lo, arg2_hi, hypercall_flags: LONG_MODE });
  }
  return true;
}

/** The exit of a request to convert, in compact pages. */
function tellHypercall({ facts, kvm_run }: World, f: Frame<Program>, gpa: Pair, count: Pair, toPrivate: boolean): void {
  const run = kvm_run(f.vcpu);
  const gfn = facts.gfns.lowerBound(pageNumber(gpa));
  run.exit_reason = EXIT_HYPERCALL;
  run.gfn = gfn + 1;
  run.npages = facts.gfns.lowerBound(Number(toBig(add(pages(gpa), count)))) - gfn;
  run.attributes = toPrivate ? 1 : 0;
}

/** KVM_HC_MAP_GPA_RANGE: false when KVM refuses it, which the guest sees as a result and userspace does not see at all. */
export function mapGpaRange(world: World, f: Frame<Program>): boolean {
  const { facts, kvm_run } = world;
  const word = (i: number): number => operand(facts, f.self, f.pc, i);
  const run = kvm_run(f.vcpu);
  const npages = word(2);
  if (word(4) !== 0) {
    const gpa = pair(word(5), word(6));
    const count = pair(word(7), word(8));
    // Counted in pages: a range whose end in bytes wraps is not refused.
    if (!pageAligned(gpa) || isZero(count) || wraps(pages(gpa), count)) {
      run.hypercall_ret = -EINVAL;
      return false;
    }
    tellHypercall(world, f, gpa, count, (word(9) & MAP_GPA_RANGE_ENCRYPTED) !== 0);
    return true;
  }
  if (npages === 0) {
    run.hypercall_ret = -EINVAL;
    return false;
  }
  run.exit_reason = EXIT_HYPERCALL;
  run.gfn = word(1) + 1;
  run.npages = npages;
  run.attributes = word(3) !== 0 ? 1 : 0;
  return true;
}
