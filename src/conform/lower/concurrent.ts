// Two lists of calls at the same time: each is the program of a thread of its own.

import type { Step } from '../recording.ts';
import { inapplicable, result, type Outcome } from '../outcome.ts';
import { fillBeside } from './guest.ts';
import type { Context, Row } from '../context.ts';
import { MAIN, SECOND } from '../topology.ts';

/** The row of `concurrent`, by those of what it does. Its result is that of the first list's last call. */
export const atOnce = (rows: Readonly<Record<string, Row>>): Row => ({ a, b }, context) => {
  const { bench } = context;
  const lists = [[MAIN, a], [SECOND, b]] as const;
  const guest = guestOf(b as unknown as readonly Step[]);
  if (guest !== undefined) return besideGuest(rows, a as unknown as readonly Step[], guest, context);
  const programs: number[][][] = [];
  let last: ((words: readonly number[]) => Outcome) | undefined;
  for (const [thread, steps] of lists) {
    const program: number[][] = [];
    for (const step of steps as unknown as readonly Step[]) {
      const call = captured(rows, step, thread, context);
      if (call === undefined) return inapplicable(`operation '${step.op}' at the same time as others`);
      program.push(call.words);
      if (thread === MAIN) last = call.told;
    }
    programs.push(program);
  }
  lists.forEach(([thread], i) => bench.start(bench.actor(thread), programs[i]!));
  bench.settle(bench.actor(SECOND));
  bench.settle(bench.actor(MAIN));
  return last === undefined ? result({}) : last(bench.replyTo(bench.actor(MAIN)).words);
};

/** The one guest access that a list is. */
const guestOf = (steps: readonly Step[]): Step | undefined => (steps.length === 1 && steps[0]!.op === 'guest_access' ? steps[0] : undefined);

/** Calls while a guest fills pages. The result is that of the last call, with how the guest left beside it. */
function besideGuest(rows: Readonly<Record<string, Row>>, steps: readonly Step[], guest: Step, context: Context): Outcome {
  const { bench } = context;
  const calls = steps.map((step) => captured(rows, step, MAIN, context));
  if (calls.length === 0 || calls.includes(undefined)) return inapplicable('such operations at the same time as a guest');
  bench.start(bench.actor(MAIN), calls.map((call) => call!.words));
  const told = fillBeside(guest.args, context);
  bench.settle(bench.actor(MAIN));
  if (told === undefined) return inapplicable('such an access of a guest at the same time as others');
  const last = calls.at(-1)!.told(bench.replyTo(bench.actor(MAIN)).words);
  return last.kind === 'result' ? result({ ...last.result, vcpu: told }) : last;
}

/** The words of the one call that a step is, and how its answer is told; nothing when it is no single call. */
export function captured(rows: Readonly<Record<string, Row>>, step: Step, thread: string, context: Context): { words: number[]; told: (words: readonly number[]) => Outcome } | undefined {
  context.names.make(step);
  const calls: { words: number[]; told: (words: readonly number[]) => Outcome }[] = [];
  context.capture = (name, values, fields) => {
    calls.push({
      words: context.bench.callWords(name, thread, values),
      told: (words) => result(context.told(name, { errno: words[0]!, words }, fields)),
    });
  };
  try {
    rows[step.op]?.(step.args, context, step);
  } finally {
    context.capture = undefined;
  }
  return calls.length === 1 ? calls[0] : undefined;
}
