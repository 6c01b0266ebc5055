// L-09: who waits for a lock exclusively is starved where those who share it may overtake. A row of a table decides what counts; M97 is found by the
// catalogue of mutants. Here: the loop that is told can be followed, and the call's actor could not go on anywhere in it.

import { expect, it } from 'vitest';
import { baseOf } from '../../../src/explore/mutants/bases.ts';
import { cutMutant } from '../../../src/explore/mutants/mutant.ts';
import { Player } from '../../../src/explore/player.ts';
import { exhaustive } from '../../../src/explore/search/exhaustive.ts';
import { compile } from '../../../src/scenario/compile.ts';
import { mutants } from '../../kernels/mutants/index.ts';

it('a hole waits for ever while a vCPU and a thread take turns', () => {
  const mutant = mutants.find(({ id }) => id === 'M97')!;
  const kernel = cutMutant(baseOf(mutant), mutant);
  const topology = compile(mutant.scenario, kernel);
  const { findings } = exhaustive(kernel, topology, { graph: true, stop: 'never', fair: ['L-09'] });
  expect(findings.map(({ id }) => id)).toEqual(['L-09']);
  const { schedule, loop } = findings[0]!;
  const round = schedule.slice(loop!);
  const actor = topology.actors.findIndex(({ name }) => name === 'main.gmem') + 1;
  const player = new Player(kernel, topology, { invariants: [] });
  const movers = new Set<string>();
  let step = 0;
  let couldGoOn = 0;
  player.play([...schedule, ...round, ...round], { strict: true, after: ({ actor: mover }) => {
    if (++step <= loop!) return;
    movers.add(topology.actors[mover - 1]!.name);
    // What it waits for: an object.
    if (player.peek(actor) < 0) couldGoOn++;
  } });
  expect(step).toBe(schedule.length + 2 * round.length);
  expect([couldGoOn, [...movers].toSorted()]).toEqual([0, ['cpu0', 'host', 'vcpu0']]);
});
