// The control instructions that guest programs and VMM programs share: loops, weighted choices, jumps. They cost no step of
// their own: an actor's next step runs over them.

import { GUEST, INSTRUCTION, operand } from '../memory/code.ts';
import type { Choose, Facts, Frame } from '../memory/world.ts';

/** Program counter and up to three nested loop counters: live as long as the actor. */
export type Program = { pc: number; loop0: number; loop1: number; loop2: number };

const { LOOP, JUMP } = GUEST;

function counter(f: Frame<Program>, n: number): number {
  return n === 0 ? f.loop0 : n === 1 ? f.loop1 : f.loop2;
}
function setCounter(f: Frame<Program>, n: number, value: number): void {
  if (n === 0) f.loop0 = value;
  else if (n === 1) f.loop1 = value;
  else f.loop2 = value;
}

/** Begins a program at an instruction, as if nothing of it had been executed. */
export function restartAt(f: Frame<Program & { pick: number }>, pc: number): void {
  f.pc = pc;
  f.loop0 = 0;
  f.loop1 = 0;
  f.loop2 = 0;
  f.pick = 0;
}

/** Target of a weighted choice among the branches of the MIX at `pc`. */
function branch({ code, programOf }: Facts, actor: number, pc: number, choose: Choose): number {
  const at = programOf[actor]! + pc * INSTRUCTION;
  const last = at + 2 * code[at + 1]!;
  const total = code[last + 1]!;
  const chosen = total > 1 ? choose(total) : 0;
  let target = at + 2;
  while (target < last && chosen >= code[target + 1]!) target += 2;
  return code[target]!;
}

/** Runs over jumps and loop ends; the operation at the program counter is then one that does something, or a MIX. */
export function skipJumps(facts: Facts, f: Frame<Program>): number {
  for (;;) {
    const operation = operand(facts, f.self, f.pc, 0);
    if (operation === JUMP) f.pc = operand(facts, f.self, f.pc, 1);
    else if (operation === LOOP) {
      const n = operand(facts, f.self, f.pc, 2);
      const times = operand(facts, f.self, f.pc, 3);
      if (times === 0) f.pc = operand(facts, f.self, f.pc, 1);
      else if (counter(f, n) + 1 < times) {
        setCounter(f, n, counter(f, n) + 1);
        f.pc = operand(facts, f.self, f.pc, 1);
      } else {
        setCounter(f, n, 0);
        f.pc += 1;
      }
    } else return operation;
  }
}

/** Steps over the instruction that is done, and over jumps behind it, so that a program counter always stands on a real one. */
export function advance(facts: Facts, f: Frame<Program>): void {
  f.pc += 1;
  skipJumps(facts, f);
}

/** At a MIX: takes a branch. The choice is the whole step. */
export function takeBranch(facts: Facts, f: Frame<Program>, choose: Choose): void {
  f.pc = branch(facts, f.self, f.pc, choose);
  skipJumps(facts, f);
}
