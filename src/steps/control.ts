// The control instructions that guest programs and VMM programs share: loops, weighted choices, jumps. They cost no step of
// their own: an actor's next step runs over them.

import { GUEST, instruction } from '../memory/code.ts';
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
function branch(facts: Facts, actor: number, pc: number, choose: Choose): number {
  const { code } = facts;
  const at = instruction(facts, actor, pc);
  const last = at + 2 * code[at + 1]!;
  const total = code[last + 1]!;
  const chosen = total > 1 ? choose(total) : 0;
  let target = at + 2;
  while (target < last && chosen >= code[target + 1]!) target += 2;
  return code[target]!;
}

/** Goes to `pc`, and on over jumps and loop ends, so that a program counter always stands on an operation that does something, or on a MIX. */
function goTo(facts: Facts, f: Frame<Program>, pc: number): void {
  const { code } = facts;
  for (let to = pc; ;) {
    const at = instruction(facts, f.self, to);
    const operation = code[at]!;
    if (operation === JUMP) to = code[at + 1]!;
    else if (operation === LOOP) {
      const n = code[at + 2]!;
      const times = code[at + 3]!;
      if (times === 0) to = code[at + 1]!;
      else if (counter(f, n) + 1 < times) {
        setCounter(f, n, counter(f, n) + 1);
        to = code[at + 1]!;
      } else {
        setCounter(f, n, 0);
        to += 1;
      }
    } else {
      f.pc = to;
      return;
    }
  }
}

/** Steps over the instruction that is done, and over jumps behind it. */
export function advance(facts: Facts, f: Frame<Program>): void {
  goTo(facts, f, f.pc + 1);
}

/** At a MIX: takes a branch. The choice is the whole step. */
export function takeBranch(facts: Facts, f: Frame<Program>, choose: Choose): void {
  goTo(facts, f, branch(facts, f.self, f.pc, choose));
}
