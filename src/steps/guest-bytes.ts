// What a guest's access does with bytes, and what its registers and kvm_run then say. In a world without segments all of this does nothing.

import { ACCESS_FILL, BYTES, operand } from '../memory/code.ts';
import { fillBytes, getBytes, putBytes, type Value } from './bytes.ts';
import type { Program } from './control.ts';
import type { Frame, World } from '../memory/world.ts';

/** RAX. */
export function setResult({ vcpu_regs, facts }: World, vcpu: number, { low, high }: Value): void {
  if (facts.sizes.segment === 0) return;
  const regs = vcpu_regs(vcpu);
  regs.rax_lo = low;
  regs.rax_hi = high;
}

/** Where the bytes of the access at the program counter lie: in the page that it names, and in a second one behind a page border. */
function parts({ facts }: World, f: Frame<Program>, pages: readonly number[]): { pfn: number; from: number; to: number; first: number }[] {
  const word = (i: number): number => operand(facts, f.self, f.pc, i);
  const from = word(BYTES.FROM);
  const to = word(BYTES.TO);
  const one = { pfn: pages[0]!, from, to, first: 0 };
  return pages.length === 1 ? [one] : [one, { pfn: pages[1]!, from: word(BYTES.SECOND_FROM), to: word(BYTES.SECOND_TO), first: to - from }];
}

/** Does the access at the program counter write bytes, or read them? */
export const hasBytes = ({ facts }: World, f: Frame<Program>): boolean => facts.sizes.segment > 0 && operand(facts, f.self, f.pc, BYTES.TO) > 0;

/** Reads the bytes of the access into RAX: a number, or the byte that all of them are; of bytes that differ, the first that is another than the
 *  access expects. */
export function loadBytes(world: World, f: Frame<Program>, pages: readonly number[]): void {
  if (!hasBytes(world, f)) return;
  const { facts, page_bytes } = world;
  let low = 0;
  let high = 0;
  if ((operand(facts, f.self, f.pc, BYTES.FLAGS) & ACCESS_FILL) !== 0) {
    const wanted = operand(facts, f.self, f.pc, BYTES.LOW) & 0xff;
    const seen = parts(world, f, pages).flatMap(({ pfn, from, to }) => Array.from({ length: to - from }, (_one, i) => page_bytes(pfn).byte.at(from + i)));
    low = seen.find((byte) => byte !== wanted) ?? wanted;
  } else {
    for (const { pfn, from, to, first } of parts(world, f, pages)) {
      const value = getBytes(world, pfn, from, to, first);
      low |= value.low;
      high |= value.high;
    }
  }
  setResult(world, f.vcpu, { low, high });
}

/** Writes the bytes of the access: those that it names, or what RAX holds. */
export function storeBytes(world: World, f: Frame<Program>, pages: readonly number[], back: boolean): void {
  if (!hasBytes(world, f)) return;
  const { facts } = world;
  const word = (i: number): number => operand(facts, f.self, f.pc, i);
  const regs = world.vcpu_regs(f.vcpu);
  const value = back ? { low: regs.rax_lo, high: regs.rax_hi } : { low: word(BYTES.LOW), high: word(BYTES.HIGH) };
  for (const { pfn, from, to, first } of parts(world, f, pages)) {
    if ((word(BYTES.FLAGS) & ACCESS_FILL) !== 0) fillBytes(world, pfn, from, to, value.low);
    else putBytes(world, pfn, from, to, value, first);
  }
}

/** kvm_run->mmio: which bytes of the page at the exit are read or written. */
export function tellMmio(world: World, f: Frame<Program & { gfn: number; write: number }>): void {
  if (!hasBytes(world, f)) return;
  const { facts } = world;
  const word = (i: number): number => operand(facts, f.self, f.pc, i);
  const offset = word(BYTES.OFFSET);
  const length = word(BYTES.LENGTH);
  const here = word(BYTES.SECOND) === 0 ? length : 4096 - offset;
  const second = f.gfn !== word(1);
  const data = world.kvm_run_data(f.vcpu);
  data.offset = second ? 0 : offset;
  data.len = second ? length - here : here;
  data.is_write = f.write;
}
