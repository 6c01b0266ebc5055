// Which worker has which actor.

import { describe, expect, it } from 'vitest';
import { v6_8 } from '../../../machines/kernels/v6.8.ts';
import { placed, PLACEMENTS } from '../../../src/runtime/threads/placement.ts';
import { builtinScenario } from '../../../src/scenario/builtin/index.ts';
import { compile } from '../../../src/scenario/compile.ts';

const stress = builtinScenario('stress')!;
const topology = compile(stress, v6_8);
const names = (workers: readonly (readonly number[])[]): string[][] => workers.map((actors) => actors.map((actor) => topology.actors[actor - 1]!.name));

describe('actors are placed', () => {
  it('by thread: a thread of the VMM with its system calls, its vCPU and the interrupts of the CPU under it', () => {
    const [one, two] = names(placed(topology, 2, 'thread'));
    expect(one).toEqual(expect.arrayContaining(['cpu0', 'cpu0.vm', 'cpu0.gmem', 'cpu0.host', 'vcpu0', 'irq0', 'cpu2', 'vcpu2', 'irq2']));
    expect(two).toEqual(expect.arrayContaining(['cpu1', 'vcpu1', 'irq1', 'cpu3.vm', 'errors', 'errors.mf']));
  });

  it.each(PLACEMENTS)('%s: each of them once, on however many workers', (how) => {
    for (const workers of [1, 2, 3, 16]) {
      const all = placed(topology, workers, how);
      expect(all.length).toBe(workers);
      expect(all.flat().toSorted((a, b) => a - b)).toEqual(topology.actors.map((_actor, i) => i + 1));
    }
  });

  it('by VM, and by what they are', () => {
    const scale = compile(builtinScenario('scale')!, v6_8);
    placed(scale, 16, 'vm').forEach((actors, worker) => expect(new Set(actors.map((actor) => scale.actors[actor - 1]!.vm))).toEqual(new Set([worker])));
    for (const actors of placed(topology, 32, 'kind')) expect(new Set(actors.map((actor) => topology.actors[actor - 1]!.machine)).size).toBeLessThanOrEqual(1);
  });

  it('where the scenario says, modulo the number of workers', () => {
    const placement = { vcpu0: 1, 'puncher.gmem': 5 };
    const [zero, one] = placed(compile({ ...stress, placement }, v6_8), 2, 'kind').map((actors) => actors.map((actor) => topology.actors[actor - 1]!.name));
    expect(one).toEqual(expect.arrayContaining(['vcpu0', 'puncher.gmem']));
    expect(zero).not.toContain('vcpu0');
  });
});
