// The path of a search as one list of whole numbers: for checkpoints, and for another search that goes on with it. A level that somebody
// else sees to is no more than the decision that leads to it.

import { GIVEN, REDUCED, REST, WHOLE, type Levels } from './levels.ts';
import { Numbers } from './growing.ts';

/** Words of a level besides its rows; of one that is given away. */
const LEVEL = 8, DECISION = 3;
/** Bits of the first word, above the phase. */
const ENABLED = 4, OPEN = 8, BROKEN = 16;

/** The first `depth` levels. Lanes and undo marks are left out: they follow from the decisions. */
export function packStack(levels: Levels, depth: number): Int32Array {
  const stack = new Numbers(new Int32Array(0));
  stack.push(depth);
  for (let k = 0; k < depth; k++) packLevel(levels, k, stack);
  return stack.view().slice();
}

function packLevel(levels: Levels, k: number, stack: Numbers): void {
  const phase = levels.phase[k]!;
  stack.push(phase | (levels.enabled[k]! === 0 ? 0 : ENABLED) | (levels.open[k]! === 0 ? 0 : OPEN) | (levels.broken[k]! === 0 ? 0 : BROKEN));
  stack.push(levels.decidedActor[k]!);
  stack.push(levels.decidedChoice[k]!);
  if (phase === GIVEN) return;
  stack.push(levels.number[k]!);
  stack.push(levels.actor[k]!);
  stack.push(levels.choice[k]!);
  stack.push(levels.print[k * 2]!);
  stack.push(levels.print[k * 2 + 1]!);
  const row = k * levels.width;
  for (let actor = 1; actor < levels.width; actor++) stack.push(levels.blocked[row + actor]!);
  if (phase === REDUCED || phase === REST) for (let actor = 1; actor < levels.width; actor++) stack.push(levels.set[row + actor]!);
}

/** Puts the levels of a stack in place: how many. */
export function unpackStack(levels: Levels, stack: Int32Array): number {
  const depth = stack[0]!;
  while (levels.capacity <= depth) levels.grow();
  let at = 1;
  for (let k = 0; k < depth; k++) {
    const flags = stack[at]!;
    const phase = flags & 3;
    levels.phase[k] = phase;
    levels.enabled[k] = flags & ENABLED ? 1 : 0;
    levels.open[k] = flags & OPEN ? 1 : 0;
    levels.broken[k] = flags & BROKEN ? 1 : 0;
    levels.decidedActor[k] = stack[at + 1]!;
    levels.decidedChoice[k] = stack[at + 2]!;
    at += DECISION;
    if (phase === GIVEN) {
      levels.give(k);
      continue;
    }
    levels.number[k] = stack[at]!;
    levels.actor[k] = stack[at + 1]!;
    levels.choice[k] = stack[at + 2]!;
    levels.print[k * 2] = stack[at + 3]!;
    levels.print[k * 2 + 1] = stack[at + 4]!;
    at += LEVEL - DECISION;
    const row = k * levels.width;
    for (let actor = 1; actor < levels.width; actor++) levels.blocked[row + actor] = stack[at++]!;
    if (phase === REDUCED || phase === REST) for (let actor = 1; actor < levels.width; actor++) levels.set[row + actor] = stack[at++]!;
  }
  return depth;
}

/** Gives the shallow half of what is left to try away, as a stack of at most so many words; nothing when there is nothing to spare. The
 *  deepest level stays: whoever is in it goes on from there. */
export function splitStack(levels: Levels, depth: number, most: number): Int32Array | undefined {
  const spare = (k: number): boolean => levels.phase[k] === WHOLE && levels.actor[k]! < levels.width;
  let left = 0;
  for (let k = 0; k < depth - 1; k++) if (spare(k)) left++;
  let wanted = (left + 1) >> 1;
  let words = 1;
  let last = -1;
  for (let k = 0; k < depth - 1 && wanted > 0; k++) {
    words += spare(k) ? LEVEL + levels.width - 1 : DECISION;
    if (words > most) break;
    if (!spare(k)) continue;
    last = k;
    wanted--;
  }
  if (last < 0) return undefined;
  const stack = new Numbers(new Int32Array(0));
  stack.push(last + 1);
  for (let k = 0; k <= last; k++) {
    // What has nothing left to try is looked at by whoever has it, since it may be a deadlock.
    if (spare(k)) packLevel(levels, k, stack);
    else for (const word of [GIVEN, levels.decidedActor[k]!, levels.decidedChoice[k]!]) stack.push(word);
    if (spare(k)) levels.give(k);
  }
  return stack.view().slice();
}
