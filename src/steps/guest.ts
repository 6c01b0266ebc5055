// What the CPU of a vCPU does in guest mode: the guest's next instruction through the TLB, and the page walk behind a miss.

import { ok, outcome } from '../memory/outcome.ts';
import { GUEST, operand } from '../memory/code.ts';
import { TAG_VM } from '../memory/layouts/folio.ts';
import { EXIT_HLT, EXIT_HYPERCALL } from '../memory/layouts/vcpu.ts';
import { add, isZero, pageAligned, pageNumber, pages, pair, toBig, wraps } from '../memory/u64.ts';
import { advance, takeBranch, type Program } from './control.ts';
import { EINVAL } from './errno.ts';
import { specifyContent } from './ghost.ts';
import { HUGE_PAGES } from './huge.ts';
import { evictFromTlb, fillTlb } from './tlb.ts';
import type { TlbMiss } from '../memory/frames.ts';
import type { Choose, Facts, Frame, Step, World } from '../memory/world.ts';

export const miss = outcome('miss');
export const interrupted = outcome('interrupted');
export const hypercall = outcome('hypercall');
export const refusedHypercall = outcome('refusedHypercall');
export const halt = outcome('halt');
export const violation = outcome('violation');
export const spin = outcome('spin');

/** pick: the page that a random access has chosen, + 1, kept until the access is done. */
export type Guest = Program & { pick: number };

/** Does an entry serve an access with this intent? Where the guest says what it means, the other kind of entry is no match. */
const means = ({ vmTypes }: Facts, vm: number, isPrivate: number, intent: number): boolean => vmTypes[vm] !== 'confidential' || isPrivate === intent;

/** Executes the read or write at the program counter if the TLB serves it. */
function access(world: World, f: Frame<Guest & TlbMiss>, choose: Choose, write: boolean): number {
  const { facts } = world;
  const first = operand(facts, f.self, f.pc, 1);
  const span = operand(facts, f.self, f.pc, 2);
  if (span > 1 && f.pick === 0) f.pick = 1 + choose(span);
  const gfn = span > 1 ? first + f.pick - 1 : first;
  const entry = world.tlb(f.vcpu, gfn);
  const intent = operand(facts, f.self, f.pc, 3);
  if (entry.pfn === 0 || (write && entry.writable === 0) || !means(facts, f.vm, entry.private, intent)) {
    f.gfn = gfn;
    f.write = write ? 1 : 0;
    f.intent = intent;
    return miss;
  }
  if (write) {
    const value = operand(facts, f.self, f.pc, 4);
    const content = world.page(entry.pfn);
    content.tag = TAG_VM;
    content.writer = f.vm;
    content.value = value;
    content.secret_of = entry.private !== 0 ? f.vm + 1 : 0;
    specifyContent(world, entry.pfn, TAG_VM, f.vm, value);
  } else {
    // The load itself: what it sees is judged by the content invariants.
    void world.page(entry.pfn).tag;
  }
  f.pick = 0;
  advance(facts, f);
  return ok;
}

/** Attribute bit of KVM_HC_MAP_GPA_RANGE: the pages become private. The low bits are a hint at the page size. */
const MAP_GPA_RANGE_ENCRYPTED = 16;

/** KVM_HC_MAP_GPA_RANGE: false when KVM refuses it, which the guest sees as a result and userspace does not see at all. */
function mapGpaRange({ facts, kvm_run }: World, f: Frame<Guest>): boolean {
  const word = (i: number): number => operand(facts, f.self, f.pc, i);
  const run = kvm_run(f.vcpu);
  let gfn = word(1);
  let npages = word(2);
  let toPrivate = word(3) !== 0;
  if (word(4) !== 0) {
    const gpa = pair(word(5), word(6));
    const count = pair(word(7), word(8));
    // Counted in pages: a range whose end in bytes wraps is not refused.
    if (!pageAligned(gpa) || isZero(count) || wraps(pages(gpa), count)) {
      run.hypercall_ret = -EINVAL;
      return false;
    }
    gfn = facts.gfns.lowerBound(pageNumber(gpa));
    npages = facts.gfns.lowerBound(Number(toBig(add(pages(gpa), count)))) - gfn;
    toPrivate = (word(9) & MAP_GPA_RANGE_ENCRYPTED) !== 0;
  } else if (npages === 0) {
    run.hypercall_ret = -EINVAL;
    return false;
  }
  run.exit_reason = EXIT_HYPERCALL;
  run.gfn = gfn + 1;
  run.npages = npages;
  run.attributes = toPrivate ? 1 : 0;
  return true;
}

/** Fills a TLB entry from the leaf that maps `gfn`, if there is one that allows the access. */
function fill(world: World, f: Frame, gfn: number, write: boolean, intent?: number): boolean {
  const { spte, spte_huge, vcpu_root, facts } = world;
  const root = vcpu_root(f.vcpu).root - 1;
  if (facts.sizes.hp > 0) {
    const huge = spte_huge(f.vm, root, Math.floor(gfn / HUGE_PAGES));
    if (huge.pfn !== 0 && (!write || huge.writable !== 0) && (intent === undefined || means(facts, f.vm, huge.private, intent))) {
      fillTlb(world, f.vcpu, gfn, huge.pfn + (gfn % HUGE_PAGES), huge);
      return true;
    }
  }
  const leaf = spte(f.vm, root, gfn);
  if (leaf.pfn === 0 || (write && leaf.writable === 0) || (intent !== undefined && !means(facts, f.vm, leaf.private, intent))) return false;
  fillTlb(world, f.vcpu, gfn, leaf.pfn, leaf);
  return true;
}

/** A page among those that an instruction names, by free choice. */
function anyPage(facts: Facts, f: Frame<Program>, choose: Choose): number {
  const span = operand(facts, f.self, f.pc, 2);
  return operand(facts, f.self, f.pc, 1) + (span > 1 ? choose(span) : 0);
}

export const steps = {
  /** The guest's next instruction. An interrupt that is pending comes first: nothing more executes before the exit. */
  'guest.execute': (world, f, choose) => {
    const { facts, interrupt, sync_point, kvm_run } = world;
    if (interrupt(f.vcpu).pending !== 0) return interrupted;
    switch (operand(facts, f.self, f.pc, 0)) {
      case GUEST.READ: return access(world, f, choose, false);
      case GUEST.WRITE: return access(world, f, choose, true);
      case GUEST.MAP_GPA_RANGE: {
        const taken = mapGpaRange(world, f);
        advance(facts, f);
        return taken ? hypercall : refusedHypercall;
      }
      case GUEST.MIX:
        takeBranch(facts, f, choose);
        return ok;
      case GUEST.NOTIFY:
        sync_point(operand(facts, f.self, f.pc, 1)).add_count(1);
        advance(facts, f);
        return ok;
      case GUEST.AWAIT:
        if (sync_point(operand(facts, f.self, f.pc, 1)).count === 0) return spin;
        advance(facts, f);
        return ok;
      case GUEST.SPECULATE:
        fill(world, f, anyPage(facts, f, choose), false);
        advance(facts, f);
        return ok;
      case GUEST.EVICT:
        evictFromTlb(world, f.vcpu, anyPage(facts, f, choose));
        advance(facts, f);
        return ok;
      default:
        kvm_run(f.vcpu).exit_reason = EXIT_HLT;
        return halt;
    }
  },
  /** The page walker: loads the TLB from a present leaf that allows the access, else an EPT violation. */
  'guest.walk': (world, f) => (fill(world, f, f.gfn, f.write !== 0, f.intent) ? ok : violation),
} satisfies { [name: string]: Step<Guest & TlbMiss> };
