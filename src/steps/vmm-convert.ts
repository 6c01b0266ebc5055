// A VMM thread converts guest pages (QEMU's kvm_convert_memory): attributes first, then the memory of the old side. The other
// order would lose what a vCPU writes in between, or let a fault fill the old side again (SC18).

import { ok, outcome } from '../memory/outcome.ts';
import { operand } from '../memory/code.ts';
import * as mailbox from '../memory/mailbox.ts';
import { fromBig, PAGE_SHIFT, type Pair } from '../memory/u64.ts';
import { done } from './flush.ts';
import { advance } from './control.ts';
import { failed } from './memslots.ts';
import { slotOf } from './memslot-lookup.ts';
import { KVM_MEMORY_ATTRIBUTE_PRIVATE } from './set-region.ts';
import { sent, type Vmm } from './vmm.ts';
import type { Convert } from '../memory/frames.ts';
import type { Frame, Step, World } from '../memory/world.ts';

/** Operands of the RUN instruction at the program counter: the actors that carry out this thread's calls. */
const VM_ACTOR = 4, HOST_ACTOR = 6;
export const GMEM_ACTOR = 5, VCPU = 2;

/** Offset, or address, of a page in bytes. */
export const bytes = (page: bigint): Pair => fromBig(page << BigInt(PAGE_SHIFT));

/** Sends call `name` with its argument words to one of the thread's operations. */
export function call({ mailbox: boxes, facts }: World, f: Frame<Vmm>, to: number, name: string, payload: readonly number[]): number {
  const type = facts.callOutcomes.indexOf(outcome(name)) + 1;
  const actor = operand(facts, f.self, f.pc, to);
  if (type === 0 || actor === 0) throw new RangeError(`a thread that converts needs call '${name}' and an actor for it`);
  mailbox.send(boxes(actor), type, f.self, payload);
  return sent;
}

/** Number of the descriptor whose file the memslot is bound to, -1 if none is left. */
export function fdOf({ fd, slot_gmem, facts }: World, slot: number): number {
  const { file } = slot_gmem(slot);
  for (let number = 0; file !== 0 && number < facts.sizes.fd; number++) if (fd(number).file === file) return number;
  return -1;
}

export const steps = {
  /** ioctl(vm, KVM_SET_MEMORY_ATTRIBUTES) on the pages that the exit names. */
  'convert.sendAttributes': (world, f) => {
    const { gfns, vmOfVcpu } = world.facts;
    const vm = vmOfVcpu[operand(world.facts, f.self, f.pc, VCPU)]!;
    const gpa = bytes(gfns.real(f.gfn));
    const size = bytes(BigInt(f.npages));
    const attributes = f.attributes !== 0 ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0;
    return call(world, f, VM_ACTOR, 'set_attributes', [vm, gpa.lo, gpa.hi, size.lo, size.hi, attributes, 0, 0, 0]);
  },
  /** The answer of a call of the conversion. An error ends the vCPU's run: the VMM gives up. */
  'convert.receive': (world, f) => {
    const box = world.mailbox(f.self);
    if (!mailbox.waiting(box)) return mailbox.nothing(box);
    f.ret = box.payload.at(0);
    mailbox.take(box);
    if (f.ret === 0) return ok;
    advance(world.facts, f);
    return failed;
  },
  /** Discards the old side of the next piece of the range that lies in one memslot: a hole in the file when pages became shared,
   *  MADV_DONTNEED of the host pages when they became private, unless those are huge. The VMM has its own record of what it mapped
   *  where; the published memslots stand for it here, in one step, since the VMM made them and no other code reads its record. */
  'convert.discardNext': (world, f) => {
    const { facts, memslot } = world;
    const vm = facts.vmOfVcpu[operand(facts, f.self, f.pc, VCPU)]!;
    while (f.discarded < f.npages) {
      const gfn = f.gfn + f.discarded;
      const slot = slotOf(world, vm, gfn);
      if (slot === 0) { f.discarded += 1; continue; }
      const { base_gfn, npages, hva, pgoff } = memslot(slot);
      const pages = Math.min(f.npages - f.discarded, base_gfn + npages - gfn);
      f.discarded += pages;
      const offset = BigInt(gfn - base_gfn);
      if (f.attributes === 0) {
        const fd = fdOf(world, slot);
        if (fd < 0) continue;
        const at = bytes(facts.indexes.real(pgoff) + offset);
        const length = bytes(BigInt(pages));
        return call(world, f, GMEM_ACTOR, 'fallocate', [fd, 3, at.lo, at.hi, length.lo, length.hi]);
      }
      const region = hva === 0 ? -1 : facts.regionOfHva[hva - 1] ?? -1;
      if (region < 0 || facts.hugeRegions[region]) continue;
      const at = bytes(facts.hvas.real(hva - 1) + offset);
      const length = bytes(BigInt(pages));
      return call(world, f, HOST_ACTOR, 'madvise_dontneed', [at.lo, at.hi, length.lo, length.hi]);
    }
    return done;
  },
} satisfies { [name: string]: Step<Vmm & Convert> };
