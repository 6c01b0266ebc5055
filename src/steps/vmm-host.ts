// Loads and stores of a VMM thread to shared guest memory, through the page table of its process.

import { ok, outcome } from '../memory/outcome.ts';
import { operand } from '../memory/code.ts';
import { TAG_HOST } from '../memory/layouts/folio.ts';
import { BUS_MCEERR_AR, SEGV_ACCERR, SEGV_MAPERR, SIGBUS, SIGSEGV } from '../memory/layouts/host.ts';
import { fillBytes, putBytes } from './bytes.ts';
import { advance } from './control.ts';
import { specifyContent } from './ghost.ts';
import { keepSiginfo } from './siginfo.ts';
import { unexpected, type Vmm } from './vmm.ts';
import type { Frame, Step, World } from '../memory/world.ts';

export type Access = Vmm & { pick: number; hva: number; write: number };

export const fault = outcome('fault');

/** The access is given up; the thread's handler goes on behind it. */
export function raise({ signal, facts }: World, f: Frame<Access>, number: number, code: number): number {
  const pending = signal(f.thread);
  pending.number = number;
  pending.hva = f.hva + 1;
  pending.code = code;
  f.pick = 0;
  advance(facts, f);
  return ok;
}

/** What the store at the program counter leaves in a page. */
export function storeFrom(world: World, f: Frame<Vmm>, pfn: number): void {
  const { facts } = world;
  const word = (i: number): number => operand(facts, f.self, f.pc, i);
  const content = world.page(pfn);
  const value = word(4);
  content.tag = TAG_HOST;
  content.writer = 0;
  content.value = value;
  content.secret_of = 0;
  specifyContent(world, pfn, TAG_HOST, 0, value);
  const [from, to] = word(7) === 0 ? [0, facts.sizes.segment] : [word(6), word(7)];
  if (word(8) !== 0) putBytes(world, pfn, from, to, { low: value, high: word(9) });
  else fillBytes(world, pfn, from, to, value);
}

export const steps = {
  /** The access itself, if the page-table entry allows it; a read compares with what the program expects (+ 1; 0: anything). */
  'vmm.hostAccess': (world, f, choose) => {
    const { facts } = world;
    const span = operand(facts, f.self, f.pc, 2);
    if (span > 1 && f.pick === 0) f.pick = 1 + choose(span);
    f.hva = operand(facts, f.self, f.pc, 1) + (span > 1 ? f.pick - 1 : 0);
    f.write = operand(facts, f.self, f.pc, 3);
    const { pfn, writable, protnone } = world.hpte(f.hva);
    if (pfn === 0 || protnone !== 0 || (f.write !== 0 && writable === 0)) return fault;
    const content = world.page(pfn);
    const expected = operand(facts, f.self, f.pc, 5);
    let surprise = false;
    if (f.write !== 0) {
      storeFrom(world, f, pfn);
    } else surprise = content.value !== expected - 1 && expected !== 0;
    f.pick = 0;
    keepSiginfo(world, f.thread, { number: 0, code: 0, hva: 0, pfn });
    advance(facts, f);
    return surprise ? unexpected : ok;
  },
  /** No mapping, or no memory for a page. */
  'vmm.raiseSegv': (world, f) => raise(world, f, SIGSEGV, SEGV_MAPERR),
  /** The mapping does not allow it. */
  'vmm.raiseAccerr': (world, f) => raise(world, f, SIGSEGV, SEGV_ACCERR),
  /** The page was lost to a memory failure. */
  'vmm.raiseSigbus': (world, f) => raise(world, f, SIGBUS, BUS_MCEERR_AR),
} satisfies { [name: string]: Step<Access> };
