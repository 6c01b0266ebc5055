// How programs lie in the constants: instructions of a fixed number of words, so that a program counter is one register.
// The scenario compiler writes them, the steps of guests, VMM threads and injectors read them.

import type { Facts } from './world.ts';

/** Words of an instruction: operation, then operands. */
export const INSTRUCTION = 24;

/** Operations of a guest program. Operands in brackets; a page operand is (first gfn, span): span > 1 means any of them. */
export const GUEST = {
  END: 0,
  /** [gfn, span, intent] */
  READ: 1,
  /** [gfn, span, intent, value] */
  WRITE: 2,
  /** [gfn, npages, attributes]: KVM_HC_MAP_GPA_RANGE; with a fourth operand of 1, arguments as the guest puts them into its
   *  registers follow: gpa, npages, attributes as u64 (low word, high word), unaligned or wrapping as may be */
  MAP_GPA_RANGE: 3,
  /** [target, counter, times]: goes to target while the counter register is below times; times 0 means for ever */
  LOOP: 4,
  /** [n, target 1, weight 1, …]: a free choice by weight */
  MIX: 5,
  /** [target] */
  JUMP: 6,
  /** [event] */
  NOTIFY: 7,
  /** [event]: spins until it was notified */
  AWAIT: 8,
} as const;

/** Operations of a VMM thread's program. */
export const VMM = {
  END: 0,
  /** [call, expected errno + 1 or 0, actor of the operation, argument words…] */
  CALL: 1,
  /** [actor of the vCPU, vcpu, policy, actor of the VM operations, actor of the file operations] */
  RUN: 2,
  /** [hva, span, write, value, expected] */
  HOST_ACCESS: 3,
  LOOP: 4,
  MIX: 5,
  JUMP: 6,
  NOTIFY: 7,
  AWAIT: 8,
} as const;

/** What a VMM thread does with the exits of the vCPU that it runs. */
export const POLICY = {
  /** Ends the vCPU's run at the first exit that is not an interrupt. */
  STOP: 0,
  /** Enters again, whatever it was. */
  RETRY: 1,
  /** Converts what a hypercall or a memory fault asks for, attributes first, the old side's memory second; then enters again. */
  CONVERT: 2,
} as const;

/** Word `i` of the instruction at `pc` of an actor. */
export const operand = (facts: Facts, actor: number, pc: number, i: number): number =>
  facts.code[facts.programOf[actor]! + pc * INSTRUCTION + i] ?? 0;
