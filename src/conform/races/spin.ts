// A race of the form `spin`: a recording in which some steps end now so, now so. It is executed under many schedules, in which guests get
// ahead by different amounts beside the host's steps; what came together is held against what was seen together.

import type { Kernel } from '../../kernel/define.ts';
import { Random } from '../../runtime/random.ts';
import { Bench } from '../bench.ts';
import { mismatches } from '../compare.ts';
import type { Machine } from '../config.ts';
import { Context } from '../context.ts';
import { executed, worldFor } from '../judge.ts';
import type { Race, Result } from '../recording.ts';
import { compareSets, type OutcomeSets } from './outcomes.ts';

export interface JudgedSpin {
  readonly kind: 'spin';
  readonly race: Race;
  readonly sets: readonly OutcomeSets[];
  /** Schedules that were executed. */
  readonly schedules: number;
  /** Steps whose result does not vary, and did; by index. */
  readonly broken: readonly { readonly step: number; readonly expected: Result; readonly got: Result }[];
}

/** Schedules at most, and at least: what is beyond what was seen shows only in many. */
const MOST = 4000, LEAST = 60;

/** Judges it. */
export function judgeSpin(race: Race, kernel: Kernel, machine: Machine): JudgedSpin {
  const { needs, topology } = worldFor([race], kernel, { ...machine, hiddenSlot: false });
  const context = new Context(new Bench(kernel, topology), needs, machine);
  const { joint } = race;
  const varying = joint?.steps ?? race.steps.flatMap(({ any_of: anyOf }, i) => (anyOf === undefined ? [] : [i]));
  const seen = joint === undefined ? (race.steps[varying[0]!]?.any_of ?? []).map(({ res }) => ({ [varying[0]!]: res })) : joint.seen.map(({ res }) => together(varying, res));
  const reached = new Map<string, Result>();
  const broken: JudgedSpin['broken'][number][] = [];
  let schedules = 0;
  let sets = compareSets('', seen, []);
  while (schedules < MOST && broken.length === 0 && (schedules < LEAST || sets.missing.length > 0)) {
    schedules++;
    const results = execute(race, context, schedules);
    race.steps.forEach(({ res }, step) => {
      if (res !== undefined && mismatches(res, results[step]!).length > 0) broken.push({ step, expected: res, got: results[step]! });
    });
    const outcome = together(varying, varying.map((step) => results[step]!));
    const key = JSON.stringify(outcome);
    if (reached.has(key)) continue;
    reached.set(key, outcome);
    sets = compareSets(`steps ${varying.map((step) => step + 1).join(', ')}`, seen, [...reached.values()]);
  }
  return { kind: 'spin', race, sets: [sets], schedules, broken };
}

const together = (steps: readonly number[], results: readonly Result[]): Result => Object.fromEntries(steps.map((step, i) => [String(step), results[i]]));

/** Executes the steps under schedule number `seed`. */
function execute({ steps }: Race, context: Context, seed: number): Result[] {
  context.reset(seed);
  const random = new Random(seed);
  context.bench.pace = { first: random.below(600), sleep: random.below(400), afterwards: random.below(150) };
  return steps.map((step) => {
    const outcome = executed(step, context);
    return outcome.kind === 'result' ? outcome.result : { [outcome.kind]: outcome.why };
  });
}
