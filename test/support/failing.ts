// Failing schedules to shrink: the first seed of a random scheduler that breaks something.

import { Player, type Played } from '../../src/explore/player.ts';
import type { Decision } from '../../src/explore/schedule.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { createGmem, forever, punch, read, scenario, setAttributes, slot } from '../../src/scenario/builder.ts';
import { compile } from '../../src/scenario/compile.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Broken } from '../../src/explore/broken.ts';
import type { Scenario } from '../../src/scenario/types.ts';
import type { Topology } from '../../src/scenario/topology.ts';

export interface Failing {
  readonly seed: number;
  readonly topology: Topology;
  readonly schedule: readonly Decision[];
  readonly broken: Broken;
}

/** What a random schedule does: all its decisions. */
export function randomSchedule(kernel: Kernel, topology: Topology, seed: number, most = 3000): Decision[] {
  const { world, observer } = preparedWorld(kernel, topology, (objects) => new WriteLog(objects));
  const simulation = new Simulation(world, observer, seed);
  const schedule: Decision[] = [];
  while (schedule.length < most && simulation.step()) schedule.push({ actor: world.last.actor, choice: world.last.choice });
  return schedule;
}

/** The first random schedules, from `from` on, that break something by an invariant or a deadlock, `count` of them. */
export function failing(kernel: Kernel, scenario: Scenario, { from = 1, count = 1, id }: { from?: number; count?: number; id?: string } = {}): Failing[] {
  const topology = compile(scenario, kernel);
  const player = new Player(kernel, topology);
  const found: Failing[] = [];
  for (let seed = from; found.length < count; seed++) {
    if (seed > from + 2000) throw new Error(`no schedule of ${scenario.name} fails on ${kernel.name}`);
    const played: Played = player.play(randomSchedule(kernel, topology, seed), { strict: true });
    if (played.broken !== undefined && (id === undefined || played.broken.id === id)) found.push({ seed, topology, schedule: played.steps, broken: played.broken });
  }
  return found;
}

/** A vCPU that reads for ever, behind a random run with a hole punched beside it: a loop without progress. */
export function spinningFailure(kernel: Kernel): { scenario: Scenario; topology: Topology; schedule: readonly Decision[]; loop: number; length: number } {
  const spinning = scenario({
    name: 'spinning', vms: [{ vcpus: [{ program: [forever([read(0)])] }] }],
    setup: [createGmem('A', 2), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
    threads: [{ name: 'main', program: [punch('A', 1, 1)] }],
  });
  const topology = compile(spinning, kernel);
  const player = new Player(kernel, topology);
  const vcpu = topology.actors.findIndex(({ name }) => name === 'vcpu0') + 1;
  const stem = randomSchedule(kernel, topology, 3, 200);
  const loop: Decision[] = [];
  player.play(stem, { strict: true });
  const begin = player.stateHash();
  // The vCPU alone, until it is where it was: it has the page in its TLB.
  do {
    loop.push({ actor: vcpu, choice: -1 });
    player.play([...stem, ...loop], { strict: true });
  } while (player.stateHash() !== begin && loop.length < 50);
  return { scenario: spinning, topology, schedule: [...stem, ...loop], loop: stem.length, length: loop.length };
}
