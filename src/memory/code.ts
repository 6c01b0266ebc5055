// How programs lie in the constants: instructions of a fixed number of words, so that a program counter is one register.
// The scenario compiler writes them, the steps of guests, VMM threads and injectors read them.

import type { Facts } from './world.ts';

/** Words of an instruction: operation, then operands. */
export const INSTRUCTION = 24;

/** Instructions that a command may have: an actor that takes commands has room for these and an END. */
export const COMMAND_ROOM = 64;

/** Operations of a guest program. Operands in brackets; a page operand is (first gfn, span): span > 1 means any of them. */
export const GUEST = {
  END: 0,
  /** [gfn, span, intent, value + 1 that it must read, or 0 for any]; in a world of bytes span is 1, and there follow: segments [from, to), and of
   *  an access over a page border the second gfn + 1 and its segments; value, low and high word; flags; first byte within the page, bytes. Read
   *  bytes go to RAX. `OFFSET` and the others name these operands. */
  READ: 1,
  /** [gfn, span, intent, value]; in a world of bytes more operands, as READ has them */
  WRITE: 2,
  /** [gfn, npages, attributes]: KVM_HC_MAP_GPA_RANGE; with a fourth operand of 1, arguments as the guest puts them into its
   *  registers follow: gpa, npages, attributes as u64 (low word, high word), unaligned or wrapping as may be */
  MAP_GPA_RANGE: 3,
  /** [target, counter, times]: goes to target while the counter register is below times; times 0 means for ever */
  LOOP: 4,
  /** [n, target 1, sum of the weights up to 1, …]: a free choice by weight */
  MIX: 5,
  /** [target] */
  JUMP: 6,
  /** [event] */
  NOTIFY: 7,
  /** [event]: spins until it was notified */
  AWAIT: 8,
  /** [gfn, span]: the CPU loads a TLB entry that nobody asked for, if a present SPTE allows it */
  SPECULATE: 9,
  /** [gfn, span]: the CPU drops a TLB entry for want of room */
  EVICT: 10,
  /** []: leaves with HLT; the next KVM_RUN goes on behind it */
  HALT: 11,
  /** as READ: jumps to a byte, which must be a halt instruction */
  EXEC: 12,
  /** [number, then three arguments as u64, low word and high word]: vmcall; RAX gets the result */
  HYPERCALL: 13,
  /** as WRITE: writes what RAX holds */
  WRITE_BACK: 14,
} as const;

/** Operands of a guest's access in a world of bytes. */
export const BYTES = { FROM: 5, TO: 6, SECOND: 7, SECOND_FROM: 8, SECOND_TO: 9, LOW: 10, HIGH: 11, FLAGS: 12, OFFSET: 13, LENGTH: 14 } as const;
/** Flag of an access: all its bytes have one value, the lowest of the operand; else they are one number, little-endian. */
export const ACCESS_FILL = 1;

/** Operations of a VMM thread's program. */
export const VMM = {
  END: 0,
  /** [call, `answerWord`, actor of the operation, argument words…] */
  CALL: 1,
  /** [actor of the vCPU, vcpu, policy, actor of the VM operations, of the file operations, of the host's; 0: it has none; 1: the guest
   *  begins at its first instruction, a word that is 0, result of a hypercall that userspace has carried out: low and high word] */
  RUN: 2,
  /** [hva, span, write, value, value + 1 that it must read, or 0 for any, first segment of the page, behind the last one, 1: each segment is a
   *  byte of the value, the lowest first, upper word of the value, 1: a child that is forked for it does it and exits]; without segments
   *  it is the whole page, and in a world by bytes each byte of it */
  HOST_ACCESS: 3,
  LOOP: 4,
  MIX: 5,
  JUMP: 6,
  NOTIFY: 7,
  AWAIT: 8,
} as const;

/** Operations of a hardware program. LOOP to AWAIT are as in the other programs. A page is (where, fd, page, span): `where` one of
 *  PAGE_OF, `page` a file index or a host page, any of `span` from there by free choice. */
export const HARDWARE = {
  END: 0,
  /** [actor of memory failure, expected errno + 1 or 0, where, fd, page, span, thread that consumes the error + 1 or 0, early kill] */
  MEMORY_ERROR: 1,
  /** [vcpu]: an interrupt towards its CPU */
  INTERRUPT: 2,
  /** [thread, signal number] */
  SIGNAL: 3,
  LOOP: 4,
  MIX: 5,
  JUMP: 6,
  NOTIFY: 7,
  AWAIT: 8,
  /** [where, fd, page, span]: a device takes a reference on the page that is there now, and … */
  PIN: 9,
  /** … [where, fd, page, span]: drops it */
  UNPIN: 10,
  /** [n]: the n-th allocation of a page from now on fails */
  FAIL_ALLOCATION: 11,
  /** [n]: the n-th preparation of the arch part of a memslot from now on fails */
  FAIL_ARCH_PREPARE: 12,
  /** []: lru_add_drain_all */
  LRU_DRAIN: 13,
} as const;

/** What the page of a hardware instruction is a page of. */
export const PAGE_OF = { FILE: 0, MEMORY: 1 } as const;

/** What a VMM thread does with the exits of the vCPU that it runs. */
export const POLICY = {
  /** Ends the vCPU's run at the first exit that is not an interrupt. */
  STOP: 0,
  /** Enters again, whatever it was. */
  RETRY: 1,
  /** Converts what a hypercall or a memory fault asks for, attributes first, the old side's memory second; then enters again. */
  CONVERT: 2,
  /** Asks the outside, and waits for a decision: any of the three above. */
  ASK: 3,
  /** Ends the vCPU's run at whatever KVM_RUN returns with, a signal too. */
  RETURN: 4,
} as const;

/** What a CALL says of its answer, in one word: errno + 1 that is expected, 0 for any; errno upon which the call is made again, 0 for none. */
export const answerWord = (expected: number, again: number): number => expected | (again << 16);
/** The errno + 1 that a CALL with this word expects; 0: any. */
export const expectedOf = (word: number): number => word & 0xffff;
/** The errno upon which a CALL with this word is made again; 0: none. */
export const againOf = (word: number): number => word >>> 16;

/** First word in `facts.code` of the instruction at `pc` of an actor. */
export const instruction = (facts: Facts, actor: number, pc: number): number => facts.programOf[actor]! + pc * INSTRUCTION;
/** Word `i` of the instruction at `pc` of an actor. */
export const operand = (facts: Facts, actor: number, pc: number, i: number): number => facts.code[instruction(facts, actor, pc) + i] ?? 0;

/** Operations that only say where to go on, in every language. */
const { LOOP, MIX, JUMP } = GUEST;
/** Registers that count the rounds of loops. */
const COUNTERS = 3;
/** The highest operation of any language. */
const LAST_OPERATION = GUEST.WRITE_BACK;

/** Can these words be executed: whole instructions that exist, jumps that stay among them and never go round without doing anything? */
export function codeIsSound(words: readonly number[]): boolean {
  const count = words.length / INSTRUCTION;
  if (!Number.isInteger(count) || count === 0) return false;
  const word = (n: number, i: number): number => words[n * INSTRUCTION + i]!;
  const inside = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < count;
  /** Where an instruction leads that does nothing itself. */
  const leads = (n: number): number[] => (word(n, 0) === JUMP ? [word(n, 1)] : word(n, 0) === LOOP ? [word(n, 1), n + 1] : []);
  for (let n = 0; n < count; n++) {
    if (word(n, 0) < 0 || word(n, 0) > LAST_OPERATION || !leads(n).every(inside)) return false;
    if (word(n, 0) === LOOP && (word(n, 2) < 0 || word(n, 2) >= COUNTERS)) return false;
    if (word(n, 0) !== MIX) continue;
    const branches = word(n, 1);
    if (branches < 1 || 3 + 2 * (branches - 1) >= INSTRUCTION) return false;
    for (let k = 0; k < branches; k++) {
      if (!inside(word(n, 2 + 2 * k)) || word(n, 3 + 2 * k) <= (k === 0 ? 0 : word(n, 1 + 2 * k))) return false;
    }
  }
  // The last instruction is the end; so whoever goes on stays among them.
  if (word(count - 1, 0) !== GUEST.END) return false;
  /** 1: on the way from here; 2: every way from here comes to something that is done. */
  const seen = new Uint8Array(count);
  const goesRound = (n: number): boolean => {
    if (seen[n] !== 0) return seen[n] === 1;
    seen[n] = 1;
    const round = leads(n).some(goesRound);
    seen[n] = 2;
    return round;
  };
  for (let n = 0; n < count; n++) if (goesRound(n)) return false;
  return true;
}
