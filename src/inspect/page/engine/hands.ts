// Two more actors for a run that somebody takes over: a thread of the VMM and a hardware program that do what they are told, so that a hole
// can be punched or a page be struck at any point. The run until then is the same, decision by decision.

import type { Kernel } from '../../../kernel/define.ts';
import { memoryError, punch } from '../../../scenario/builder.ts';
import type { Topology } from '../../../scenario/topology.ts';
import type { Scenario } from '../../../scenario/types.ts';
import { NO_CHOICE, OUTSIDE_ACTOR } from '../../../trace/batch.ts';
import { InspectError } from './errors.ts';
import { topologyOf, type Opened } from './open.ts';
import { Records } from './records.ts';

/** Their names. */
export const HANDS = { THREAD: 'hand', HARDWARE: 'strike' } as const;

/** Are they there? */
export const hasHands = (topology: Topology): boolean => topology.actors.some(({ name }) => name === HANDS.HARDWARE);

/** The scenario with them. */
export const handedScenario = (scenario: Scenario): Scenario => ({
  ...scenario,
  threads: [...scenario.threads ?? [], { name: HANDS.THREAD, commands: true }],
  hardware: [...scenario.hardware ?? [], { name: HANDS.HARDWARE, commands: true }],
});

/** The topology with them; an InspectError where that cannot be. */
export function handedTopology(scenario: Scenario, kernel: Kernel): Topology {
  try {
    return topologyOf(handedScenario(scenario), kernel);
  } catch (error) {
    throw new InspectError(`nothing can be put into this run: ${(error as Error).message}`);
  }
}

/** The first steps of a run, for the actors of another topology, by their names. */
export function carriedOver(records: Records, steps: number, from: Topology, to: Topology): Records {
  const numbers = new Map(to.actors.map(({ name }, i) => [name, i + 1]));
  const carried = new Records();
  for (let step = 1; step <= steps; step++) {
    const actor = records.actor(step);
    if (actor === OUTSIDE_ACTOR) throw new InspectError('something has come into this run from outside, so that it cannot be carried over to one with more actors');
    const choice = records.choice(step);
    carried.push(numbers.get(from.actors[actor - 1]!.name)!, records.leaf(step), records.outcome(step), choice === NO_CHOICE ? -1 : choice);
  }
  return carried;
}

/** The run up to a step, with them. */
export function withHands(opened: Opened, steps: number): Opened {
  const topology = handedTopology(opened.scenario, opened.kernel);
  return {
    ...opened, topology, scenario: handedScenario(opened.scenario), records: carriedOver(opened.records, steps, opened.topology, topology), footer: undefined, damage: undefined,
    seeded: opened.fromSeed ? Math.min(steps, opened.seeded) : 0,
  };
}

/** Something that can be put in: what it is called, who is told, which operations. */
export interface Stroke { readonly label: string; readonly to: string; readonly do: readonly object[] }

/** Pages that are offered: of all files together about so many, of each file these at least and at most. */
const MOST_OFFERED = 256, LEAST_PAGES = 4, MOST_PAGES = 64;

/** What can be put into a run: a hole in, or a memory error of, each page of each gmem file that the scenario names. */
export function strokes(topology: Topology, kernel: Kernel, called: readonly string[]): Stroke[] {
  const files = called.filter((fd) => topology.names.fds.includes(fd));
  const most = Math.max(LEAST_PAGES, Math.min(MOST_PAGES, Math.floor(MOST_OFFERED / Math.max(1, files.length))));
  const pages = topology.indexes.flatMap(({ start, end }) => {
    const result: number[] = [];
    for (let page = BigInt(start); page < BigInt(end) && result.length < most; page++) if (page <= BigInt(Number.MAX_SAFE_INTEGER)) result.push(Number(page));
    return result;
  });
  const punches = kernel.calls.some(({ name }) => name === 'fallocate' || name === 'punch');
  return files.flatMap((fd) => pages.flatMap((page): Stroke[] => [
    ...(punches ? [{ label: `punch a hole at page ${page} of ${fd}`, to: HANDS.THREAD, do: [punch(fd, page, 1)] }] : []),
    { label: `memory error in page ${page} of ${fd}`, to: HANDS.HARDWARE, do: [memoryError({ fd, page })] },
  ]));
}

/** Descriptors of gmem files that a scenario makes. */
export function gmemFiles(scenario: unknown): string[] {
  const found = new Set<string>();
  const walk = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 40) return;
    const op = value as { op?: unknown; fd?: unknown };
    if (op.op === 'create_gmem' && typeof op.fd === 'string') found.add(op.fd);
    for (const one of Object.values(value)) walk(one, depth + 1);
  };
  walk(scenario, 0);
  return [...found];
}
