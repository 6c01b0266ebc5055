// What the judging of a file comes to, in numbers and differences: what is printed, and what programs are given.

import type { Kernel } from '../kernel/define.ts';
import { Bench } from './bench.ts';
import type { Machine } from './config.ts';
import { Context } from './context.ts';
import { Follower, type Decision } from './decided.ts';
import { judgeCase, worldFor, type JudgedCase } from './judge.ts';
import type { Mismatch } from './compare.ts';
import type { Args, Result } from './recording.ts';

export interface Difference {
  readonly id: string;
  /** Counted from 0. */
  readonly step: number;
  readonly op: string;
  readonly args: Args;
  readonly fields: readonly Mismatch[];
  readonly got: Result;
  readonly decided?: Decision;
}

export interface Summary {
  readonly cases: number;
  readonly steps: number;
  readonly equal: number;
  readonly different: number;
  readonly inapplicable: number;
  /** How often each reason, most frequent first. */
  readonly reasons: readonly { readonly why: string; readonly count: number }[];
  readonly differences: readonly Difference[];
}

/** Counts verdicts. What decided is found out for the first `explained` differences. */
export function summaryOf(judged: readonly JudgedCase[], kernel: Kernel, machine: Machine, explained: number): Summary {
  const reasons = new Map<string, number>();
  const differences: Difference[] = [];
  let steps = 0;
  let equal = 0;
  for (const { recording, verdicts } of judged) {
    steps += verdicts.length;
    verdicts.forEach((verdict, index) => {
      if (verdict.kind === 'equal') equal++;
      else if (verdict.kind === 'inapplicable') reasons.set(verdict.why, (reasons.get(verdict.why) ?? 0) + 1);
      else {
        const { op, args } = recording.steps[index]!;
        const decided = differences.length < explained ? decisionOf({ recording, verdicts }, index, kernel, machine) : undefined;
        differences.push({ id: recording.id, step: index, op, args, fields: verdict.mismatches, got: verdict.got, ...(decided === undefined ? {} : { decided }) });
      }
    });
  }
  const inapplicable = [...reasons.values()].reduce((sum, count) => sum + count, 0);
  return {
    cases: judged.length, steps, equal, different: differences.length, inapplicable,
    reasons: [...reasons].map(([why, count]) => ({ why, count })).toSorted((a, b) => b.count - a.count), differences,
  };
}

/** Executes the case again, alone, and follows the transitions of the step. */
function decisionOf({ recording }: JudgedCase, index: number, kernel: Kernel, machine: Machine): Decision | undefined {
  const { needs, topology } = worldFor([recording], kernel, machine);
  const bench = new Bench(kernel, topology);
  const follower = new Follower(bench);
  bench.listener = follower;
  let decision: Decision | undefined;
  judgeCase(recording, new Context(bench, needs, machine), (reached) => {
    if (reached === index + 1) decision = follower.decision();
    follower.clear();
  });
  return index === recording.steps.length - 1 || decision === undefined ? decision ?? follower.decision() : decision;
}
