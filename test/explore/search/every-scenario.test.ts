// Every built-in scenario that fits, on 6.8, and on its fixed kernel where that is another search: leaving interleavings out and counting
// interchangeable states once must not change what a search comes to. Verdicts, findings and the states in which nobody can go on are compared with
// those of the search that does neither.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { v6_8_fixed } from '../../../machines/kernels/v6.8-fixed.ts';
import { invariants } from '../../../src/check/invariants/index.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { symmetryOf } from '../../../src/explore/search/interchangeable.ts';
import { Tracker } from '../../../src/explore/search/tracker.ts';
import { TrialWorld } from '../../../src/explore/search/trial-world.ts';
import { runSetup } from '../../../src/runtime/setup.ts';
import { planFor, privateWords, RunWorld } from '../../../src/runtime/world.ts';
import { scenariosOf } from '../../../src/runtime/fits.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';
import type { Kernel } from '../../../src/kernel/define.ts';
import type { SearchOptions, SearchResult } from '../../../src/explore/search/options.ts';
import type { Scenario } from '../../../src/scenario/types.ts';
import type { Topology } from '../../../src/scenario/topology.ts';

/** Scenarios with more states are left out. */
const FITS = 100_000;
/** Those that are left out, and why. */
const leftOut: Readonly<Record<string, string>> = {
  SC08: 'some 128,000 states', SC28: 'more than 100,000 states', SC65: 'more than 100,000 states',
  'stress-small': 'made to be sampled', 'stress-all': 'made to be sampled', stress: 'made to be sampled', scale: 'made to be sampled, with 1,778 actors',
};
const kernels: readonly Kernel[] = [v6_8, v6_8_fixed];
/** On the fixed kernel those in which a bug stopped the search of 6.8 early, or could have. */
const differs = ({ name }: Scenario): boolean => v6_8.bugs.some((bug) => bug.scenario === name || bug.alsoIn?.includes(name));
const compared = scenariosOf(v6_8).filter(({ name }) => !(name in leftOut)).flatMap((scenario) => kernels.filter((kernel) => kernel === v6_8 || differs(scenario)).map((kernel) => ({ scenario, kernel, what: `${scenario.name} on ${kernel.name}` })));

const search = (kernel: Kernel, topology: Topology, options: SearchOptions): SearchResult => exhaustive(kernel, topology, { invariants, stop: 'never', states: FITS, ...options });
const told = ({ complete, deadlocks, findings }: SearchResult): object => ({ complete, deadlock: deadlocks > 0, findings: findings.map(({ kind, key }) => `${kind}: ${key}`).toSorted() });

/** The states in which nobody can go on, found by a walk of its own through all states; each as the least that renaming makes of it. */
function endsOf(kernel: Kernel, topology: Topology): Set<string> {
  const plan = planFor(kernel, topology);
  const words = privateWords(plan);
  const tracker = new Tracker(plan, words);
  const world = new RunWorld(kernel, topology, plan, words, tracker);
  runSetup(world);
  const start = words.slice();
  const { symmetry } = symmetryOf(new TrialWorld(world, tracker), false);
  words.set(start);
  tracker.start();
  const seen = new Set<string>();
  const ends = new Set<string>();
  const visit = (): void => {
    const key = tracker.lanes.join();
    if (seen.has(key)) return;
    seen.add(key);
    const mark = tracker.mark();
    let stuck = true;
    for (let actor = 1; actor <= topology.actors.length; actor++) {
      if (world.ended(actor)) continue;
      for (let choice = 0, choices = 1; choice < choices; choice++) {
        if (world.step(actor, () => choice) < 0) break;
        choices = Math.max(1, world.last.choices);
        stuck = false;
        visit();
        tracker.unwind(mark);
      }
    }
    if (!stuck) return;
    const row = Int32Array.from({ length: plan.stateWords }, (_one, cell) => tracker.monotone.value(cell));
    ends.add((symmetry?.renamer.least(row) ?? row).join());
  };
  visit();
  return ends;
}

describe('a search comes to the same with reduction, with symmetry, and with both', () => {
  it.each(compared)('on $what', ({ scenario, kernel }) => {
    const topology = compile(scenario, kernel);
    const whole = search(kernel, topology, {});
    expect(whole.complete).toBe(true);
    const reduced = search(kernel, topology, { reduction: true });
    const folded = search(kernel, topology, { symmetry: true });
    const both = search(kernel, topology, { symmetry: true, reduction: true });
    for (const one of [reduced, folded, both]) expect(told(one)).toEqual(told(whole));
    // Reduction keeps each of these states, with symmetry or without.
    expect([reduced.deadlocks, reduced.terminals]).toEqual([whole.deadlocks, whole.terminals]);
    expect([both.deadlocks, both.terminals]).toEqual([folded.deadlocks, folded.terminals]);
    if (folded.notes.length === 2) expect([folded.states, folded.terminals.count]).toEqual([whole.states, whole.terminals.count]);
    expect(folded.terminals.count).toBeLessThanOrEqual(whole.terminals.count);
    expect(reduced.states).toBeLessThanOrEqual(whole.states);
    expect(folded.states).toBeLessThanOrEqual(whole.states);
  });

  it.each(['SC02', 'SC04', 'SC11', 'SC22', 'SC27', 'SC33', 'SC34'].flatMap((name) => kernels.map((kernel) => ({ name, kernel, what: `${name} on ${kernel.name}` }))))(
    'and its ends are those of a plain walk through $what', ({ name, kernel }) => {
      const topology = compile(builtinScenario(name)!, kernel);
      // Checks end paths; without them all ends are reached.
      const folded = search(kernel, topology, { symmetry: true, invariants: [] });
      expect(folded.terminals.count).toBe(endsOf(kernel, topology).size);
    });

  it('and what is left out is large', () => {
    for (const name of Object.keys(leftOut)) {
      expect(builtinScenario(name), name).toBeDefined();
      if (name === 'scale') continue;
      expect(search(v6_8, compile(builtinScenario(name)!, v6_8), { invariants: [] }), name).toMatchObject({ complete: false, cut: 'states' });
    }
  });
});
