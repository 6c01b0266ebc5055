// Judges recorded cases: executes their steps in the model, in order, and says for each whether it came to the same.

import type { Topology } from '../scenario/topology.ts';
import type { Kernel } from '../kernel/define.ts';
import { Bench, StuckError } from './bench.ts';
import { mismatches, type Mismatch } from './compare.ts';
import type { Machine } from './config.ts';
import { Context } from './context.ts';
import { grouped } from './groups.ts';
import { rows } from './lower/index.ts';
import { touchesOwnMemory } from './lower/guest.ts';
import { addHidden, addNeeds, needsOf, noNeeds, type Needs } from './needs.ts';
import type { Outcome } from './outcome.ts';
import type { Recording, Result, Step } from './recording.ts';
import { topologyFor } from './topology.ts';

/** How one step compares. */
export type Verdict =
  | { readonly kind: 'equal' }
  | { readonly kind: 'different'; readonly mismatches: readonly Mismatch[]; readonly got: Result }
  /** Left out of the model, or behind a step that is. */
  | { readonly kind: 'inapplicable'; readonly why: string };

/** A case with the verdicts of its steps. */
export interface JudgedCase { readonly recording: Recording; readonly verdicts: readonly Verdict[] }

/** Why steps behind one that does not apply are not judged. */
export const BEHIND = 'a step before it in its case is not applicable, and what it changes is not known';

/** What a world for all of these cases needs, and the world. */
export function worldFor(recordings: readonly Pick<Recording, 'steps'>[], kernel: Kernel, machine: Machine): { needs: Needs; topology: Topology } {
  const needs = noNeeds();
  for (const { steps } of recordings) addNeeds(needs, needsOf(steps));
  if (machine.hiddenSlot) addHidden(needs);
  return { needs, topology: topologyFor(needs, kernel, machine.config) };
}

/** Judges all cases on one kernel. Cases are executed in worlds that they share; the answer has them in their order. */
export function judge(recordings: readonly Recording[], kernel: Kernel, machine: Machine): JudgedCase[] {
  const judged = new Map<Recording, JudgedCase>();
  for (const members of grouped(recordings)) {
    const { needs, topology } = worldFor(members, kernel, machine);
    const context = new Context(new Bench(kernel, topology), needs, machine);
    for (const recording of members) judged.set(recording, { recording, verdicts: judgeCase(recording, context) });
  }
  return recordings.map((recording) => judged.get(recording)!);
}

/** How a step of the model ends its sentence. */
const LEFT_OUT = 'is not modelled';

const EQUAL: Verdict = { kind: 'equal' };

/** Judges one case in a world that has room for it. `reached` is told of each step before it is executed. */
export function judgeCase(recording: Recording, context: Context, reached?: (index: number) => void): Verdict[] {
  context.reset();
  context.walks = context.needs.hidden >= 0 && recording.steps.some(touchesOwnMemory);
  let lost = false;
  return recording.steps.map((step, index): Verdict => {
    if (lost) return { kind: 'inapplicable', why: BEHIND };
    reached?.(index);
    const outcome = executed(step, context);
    switch (outcome.kind) {
      case 'inapplicable':
        lost = !outcome.harmless;
        return { kind: 'inapplicable', why: outcome.why };
      case 'skipped': return compared(step, { skipped: outcome.why });
      case 'stuck':
        lost = true;
        return { kind: 'different', mismatches: [{ field: 'ret', expected: step.res?.['ret'], got: outcome.why }], got: {} };
      case 'result': return compared(step, outcome.result);
    }
  });
}

function compared({ res = {} }: Step, got: Result): Verdict {
  const found = mismatches(res, got);
  return found.length === 0 ? EQUAL : { kind: 'different', mismatches: found, got };
}

/** Carries out one step. */
export function executed(step: Step, context: Context): Outcome {
  const row = rows[step.op];
  context.names.make(step);
  if (row === undefined) return { kind: 'inapplicable', why: `operation '${step.op}' is left out`, harmless: false };
  try {
    return row(step.args, context, step);
  } catch (error) {
    if (error instanceof StuckError) return { kind: 'stuck', why: error.message };
    // A step that has come to what the model leaves out says so.
    if (error instanceof RangeError && error.message.endsWith(LEFT_OUT)) return { kind: 'inapplicable', why: error.message, harmless: false };
    throw error;
  }
}
