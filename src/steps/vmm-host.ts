// Loads and stores of a VMM thread to shared guest memory, through the page table of its process.

import { ok, outcome } from '../memory/outcome.ts';
import { operand } from '../memory/code.ts';
import { TAG_HOST } from '../memory/layouts/folio.ts';
import { BUS_MCEERR_AR, SIGBUS, SIGSEGV } from '../memory/layouts/host.ts';
import { advance } from './control.ts';
import { specifyContent } from './ghost.ts';
import { unexpected, type Vmm } from './vmm.ts';
import type { Frame, Step, World } from '../memory/world.ts';

type Access = Vmm & { pick: number; hva: number; write: number };

export const fault = outcome('fault');

/** The access is given up; the thread's handler goes on behind it. */
function raise({ signal, facts }: World, f: Frame<Access>, number: number, code: number): number {
  const pending = signal(f.thread);
  pending.number = number;
  pending.hva = f.hva + 1;
  pending.code = code;
  f.pick = 0;
  advance(facts, f);
  return ok;
}

export const steps = {
  /** The access itself, if the page-table entry allows it; a read compares with what the program expects (+ 1; 0: anything). */
  'vmm.hostAccess': (world, f, choose) => {
    const { facts } = world;
    const span = operand(facts, f.self, f.pc, 2);
    if (span > 1 && f.pick === 0) f.pick = 1 + choose(span);
    f.hva = operand(facts, f.self, f.pc, 1) + (span > 1 ? f.pick - 1 : 0);
    f.write = operand(facts, f.self, f.pc, 3);
    const { pfn, writable } = world.hpte(f.hva);
    if (pfn === 0 || (f.write !== 0 && writable === 0)) return fault;
    const content = world.page(pfn);
    const expected = operand(facts, f.self, f.pc, 5);
    let surprise = false;
    if (f.write !== 0) {
      const value = operand(facts, f.self, f.pc, 4);
      content.tag = TAG_HOST;
      content.writer = 0;
      content.value = value;
      content.secret_of = 0;
      specifyContent(world, pfn, TAG_HOST, 0, value);
    } else surprise = content.value !== expected - 1 && expected !== 0;
    f.pick = 0;
    advance(facts, f);
    return surprise ? unexpected : ok;
  },
  /** No mapping, or no memory for a page. */
  'vmm.raiseSegv': (world, f) => raise(world, f, SIGSEGV, 0),
  /** The page was lost to a memory failure. */
  'vmm.raiseSigbus': (world, f) => raise(world, f, SIGBUS, BUS_MCEERR_AR),
} satisfies { [name: string]: Step<Access> };
