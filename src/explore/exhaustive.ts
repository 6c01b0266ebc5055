// Every interleaving: depth-first search with a set of seen states and undo, no reduction. Small scenarios only.

import { isBlocked } from '../memory/outcome.ts';
import type { Violation } from '../check/violation.ts';
import { privateWords, RunWorld, planFor } from '../runtime/world.ts';
import { runSetup } from '../runtime/setup.ts';
import type { Decision } from './schedule.ts';
import { StateSet } from './state-set.ts';
import { Tracker } from './tracker.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Checker } from '../check/checker.ts';
import type { Topology } from '../scenario/topology.ts';

export interface Exhaustive {
  readonly states: number;
  readonly transitions: number;
  readonly deadlocks: number;
  /** True when the search was cut by its limit. */
  readonly cut: boolean;
  /** The first violation found of each property, with the schedule that leads to it; only the first of all unless `all`. */
  readonly violations: readonly Found[];
}

/** A violation, and how it comes about. */
export interface Found { readonly violation: Violation; readonly schedule: readonly Decision[] }

export interface ExhaustiveOptions {
  /** Checks to apply after each step. */
  readonly checker?: (world: RunWorld) => Checker;
  /** States at most. */
  readonly limit?: number;
  /** End with the first deadlock. */
  readonly untilDeadlock?: boolean;
  /** Go on after the first violation; what follows a violation is not searched. */
  readonly all?: boolean;
}

interface Level { mark: number; actor: number; choice: number; choices: number; enabled: boolean; decision: Decision }

/** Searches all states of a scenario on a kernel. */
export function exhaustive(kernel: Kernel, topology: Topology, options: ExhaustiveOptions = {}): Exhaustive {
  const plan = planFor(kernel, topology);
  const words = privateWords(plan);
  const tracker = new Tracker(plan, words);
  const world = new RunWorld(kernel, topology, plan, words, tracker);
  runSetup(world);
  tracker.start();
  const checker = options.checker?.(world);
  const seen = new StateSet();
  seen.add(tracker.hash[0]!, tracker.hash[1]!);
  const actors = topology.actors.length;
  const limit = options.limit ?? Infinity;
  let transitions = 0;
  let deadlocks = 0;
  let cut = false;
  const found: Found[] = [];

  const level = (decision: Decision): Level => ({ mark: tracker.mark(), actor: 1, choice: 0, choices: 0, enabled: false, decision });
  const stack: Level[] = [level({ actor: 0, choice: -1 })];
  const schedule = (): Decision[] => stack.slice(1).map((one) => one.decision);
  while (stack.length > 0 && (options.all || found.length === 0) && !cut && !(options.untilDeadlock && deadlocks > 0)) {
    const top = stack.at(-1)!;
    tracker.back(top.mark);
    if (top.actor > actors) {
      if (!top.enabled && isDeadlock(world)) deadlocks++;
      stack.pop();
      continue;
    }
    const { actor, choice } = top;
    if (world.ended(actor)) { top.actor++; continue; }
    tracker.written.length = 0;
    const result = world.step(actor, () => choice);
    const more = world.last.choices > choice + 1;
    if (more) top.choice++;
    else { top.actor++; top.choice = 0; }
    if (isBlocked(result)) continue;
    top.enabled = true;
    transitions++;
    const decision = { actor, choice: world.last.choice };
    const violation = checker?.afterStep(tracker.written, tracker.written.length);
    if (violation !== undefined) {
      if (!found.some((one) => one.violation.id === violation.id)) found.push({ violation, schedule: [...schedule(), decision] });
      continue;
    }
    if (!seen.add(tracker.hash[0]!, tracker.hash[1]!)) continue;
    if (seen.size >= limit) cut = true;
    stack.push(level(decision));
  }
  return { states: seen.size, transitions, deadlocks, cut, violations: found };
}

/** Nobody can go on, and somebody is not at rest. */
function isDeadlock(world: RunWorld): boolean {
  return world.topology.actors.some((_actor, i) => !world.leafOf(i + 1).idle);
}
