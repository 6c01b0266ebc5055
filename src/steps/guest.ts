// What the CPU of a vCPU does in guest mode: the guest's next instruction through the TLB, and the page walk behind a miss.

import { ok, outcome } from '../memory/outcome.ts';
import { BYTES, GUEST, operand } from '../memory/code.ts';
import { TAG_VM } from '../memory/layouts/folio.ts';
import { EXIT_HLT, EXIT_SHUTDOWN } from '../memory/layouts/vcpu.ts';
import { advance, takeBranch, type Program } from './control.ts';
import { specifyContent } from './ghost.ts';
import { loadBytes, storeBytes } from './guest-bytes.ts';
import { hypercallOfGuest, mapGpaRange } from './guest-hypercall.ts';
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

/** What an access does when every page of it has a translation. */
type Effect = 'read' | 'write' | 'writeBack' | 'fetch';
/** An entry of the TLB. */
interface Entry { readonly pfn: number; readonly private: number; readonly writable: number }

/** Does an entry serve an access? If not, the miss is noted. */
function serves(world: World, f: Frame<Guest & TlbMiss>, entry: Entry, gfn: number, intent: number, write: boolean): boolean {
  if (entry.pfn !== 0 && (!write || entry.writable !== 0) && means(world.facts, f.vm, entry.private, intent)) return true;
  f.gfn = gfn;
  f.write = write ? 1 : 0;
  f.intent = intent;
  return false;
}

/** A page as a whole has been written by the guest. */
function writePage(world: World, f: Frame<Guest>, entry: Entry, value: number): void {
  const content = world.page(entry.pfn);
  content.tag = TAG_VM;
  content.writer = f.vm;
  content.value = value;
  content.secret_of = entry.private !== 0 ? f.vm + 1 : 0;
  specifyContent(world, entry.pfn, TAG_VM, f.vm, value);
}

/** Executes the access at the program counter if the TLB serves it. */
function access(world: World, f: Frame<Guest & TlbMiss>, choose: Choose, effect: Effect): number {
  const { facts } = world;
  const first = operand(facts, f.self, f.pc, 1);
  const span = operand(facts, f.self, f.pc, 2);
  if (span > 1 && f.pick === 0) f.pick = 1 + choose(span);
  const gfn = span > 1 ? first + f.pick - 1 : first;
  const entry = world.tlb(f.vcpu, gfn);
  const write = effect === 'write' || effect === 'writeBack';
  if (!serves(world, f, entry, gfn, operand(facts, f.self, f.pc, 3), write)) return miss;
  if (facts.sizes.segment > 0) return accessBytes(world, f, entry, effect);
  if (write) writePage(world, f, entry, operand(facts, f.self, f.pc, 4));
  // The load itself: what it sees is judged by the content invariants.
  else void world.page(entry.pfn).tag;
  f.pick = 0;
  advance(facts, f);
  return ok;
}

/** The same of bytes. Behind a page border there is a second page, whose translation must be there too before anything is written. */
function accessBytes(world: World, f: Frame<Guest & TlbMiss>, entry: Entry, effect: Effect): number {
  const { facts } = world;
  const behind = operand(facts, f.self, f.pc, BYTES.SECOND) - 1;
  const write = effect === 'write' || effect === 'writeBack';
  const entries = behind < 0 ? [entry] : [entry, world.tlb(f.vcpu, behind)];
  if (behind >= 0 && !serves(world, f, entries[1]!, behind, operand(facts, f.self, f.pc, 3), write)) return miss;
  const pages = entries.map(({ pfn }) => pfn);
  if (write) {
    const value = effect === 'writeBack' ? world.vcpu_regs(f.vcpu).rax_lo & 0xff : operand(facts, f.self, f.pc, 4);
    storeBytes(world, f, pages, effect === 'writeBack');
    for (const one of entries) writePage(world, f, one, value);
  } else {
    for (const pfn of pages) void world.page(pfn).tag;
    if (effect === 'fetch') return execute(world, f, entry.pfn);
    loadBytes(world, f, pages);
  }
  advance(facts, f);
  return ok;
}

/** The byte that is a halt instruction. */
const HLT = 0xf4;

/** Executes the byte that was fetched. The guest has no handler for any other instruction: it is reset. */
function execute(world: World, f: Frame<Guest>, pfn: number): number {
  const byte = world.page_bytes(pfn).byte.at(operand(world.facts, f.self, f.pc, BYTES.FROM));
  advance(world.facts, f);
  world.kvm_run(f.vcpu).exit_reason = byte === HLT ? EXIT_HLT : EXIT_SHUTDOWN;
  return halt;
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
      case GUEST.READ: return access(world, f, choose, 'read');
      case GUEST.WRITE: return access(world, f, choose, 'write');
      case GUEST.WRITE_BACK: return access(world, f, choose, 'writeBack');
      case GUEST.EXEC: return access(world, f, choose, 'fetch');
      case GUEST.HYPERCALL: {
        const taken = hypercallOfGuest(world, f);
        advance(facts, f);
        return taken ? hypercall : refusedHypercall;
      }
      case GUEST.HALT:
        advance(facts, f);
        kvm_run(f.vcpu).exit_reason = EXIT_HLT;
        return halt;
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
