// One measurement, in a process of its own so that none meets the type feedback of another; prints numbers, times as seconds of
// processor time. A search is measured as it comes, a walk when it is warm.

import { invariants } from '../../src/check/invariants/index.ts';
import { Checker } from '../../src/check/checker.ts';
import { preparedWorld } from '../../src/runtime/prepared.ts';
import { Simulation } from '../../src/runtime/simulate.ts';
import { WriteLog } from '../../src/runtime/write-log.ts';
import { builtinScenario } from '../../src/scenario/builtin/index.ts';
import { compile } from '../../src/scenario/compile.ts';
import { kernels } from '../../machines/kernels/index.ts';
import { SearchPool } from '../../src/explore/search-pool.ts';
import { protocol, type Variant } from './protocol.ts';
import { search } from './search.ts';
import { peers } from './world.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Invariant } from '../../src/check/invariant.ts';
import type { Topology } from '../../src/scenario/topology.ts';

const cpuSeconds = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
/** Steps between two looks at the clock. */
const SLICE = 100_000;
const WARM = 1.5;

interface Walk {
  /** Steps at most before the walk begins again. */
  readonly bound?: number;
  readonly by?: readonly Invariant[];
}

/** Steps and schedules a second of random walks, one after the other. */
function walk(kernel: Kernel, topology: Topology, { bound = Infinity, by = [] }: Walk): [steps: number, schedules: number] {
  const { world, observer: log } = preparedWorld(kernel, topology, (objects) => new WriteLog(objects));
  const start = world.words.slice();
  const checker = by.length === 0 ? undefined : new Checker(world, by);
  log.watchOnly(checker?.wanted() ?? new Uint8Array(world.plan.objects));
  let seed = 1;
  const simulation = new Simulation(world, log, seed);
  let schedules = 0;
  const slice = (): void => {
    for (let k = 0; k < SLICE; k++) {
      if (simulation.steps >= bound || !simulation.step()) {
        world.words.set(start);
        simulation.restart(++seed);
        schedules++;
        k--;
        continue;
      }
      const violation = checker?.afterStep(log.written, log.count);
      if (violation !== undefined) throw new Error(`${violation.id}: ${violation.sentence}`);
    }
  };
  for (const began = cpuSeconds(); cpuSeconds() - began < WARM;) slice();
  schedules = 0;
  let slices = 0;
  const began = cpuSeconds();
  while (cpuSeconds() - began < WARM) {
    slice();
    slices++;
  }
  const took = cpuSeconds() - began;
  return [(slices * SLICE) / took, schedules / took];
}

const measures: Readonly<Record<string, (...args: string[]) => readonly number[] | Promise<readonly number[]>>> = {
  /** Seconds, states and transitions of a search, whether it has found something, and seconds of the whole process. */
  search(vcpus, invalidators, variant, ...flags) {
    const began = cpuSeconds();
    const { states, transitions, deadlocks, violation } = search(Number(vcpus), Number(invalidators), JSON.parse(variant!) as Variant, { judged: flags.includes('judged'), symmetry: flags.includes('symmetry'), reduction: flags.includes('reduction') });
    return [cpuSeconds() - began, states, transitions, deadlocks > 0 || violation !== undefined ? 1 : 0, cpuSeconds()];
  },
  /** Seconds of all threads together, states, and whether all was searched; the threads are up when the time begins. */
  async jobs(vcpus, invalidators, jobs) {
    const pool = new SearchPool({ kernel: protocol(), topology: peers(Number(vcpus), Number(invalidators)), options: { stop: 'never' }, jobs: Number(jobs), entry: new URL('./thread.js', import.meta.url) });
    await pool.ready();
    const began = cpuSeconds();
    await pool.run();
    const took = cpuSeconds() - began;
    const { states, complete } = pool.result();
    await pool.close();
    return [took, states, complete ? 1 : 0];
  },
  /** The same of two searches by one thread each, at the same time: what the machine makes of it when nothing is shared. */
  async apart(vcpus, invalidators) {
    const pools = [1, 2].map(() => new SearchPool({ kernel: protocol(), topology: peers(Number(vcpus), Number(invalidators)), options: { stop: 'never' }, jobs: 1, entry: new URL('./thread.js', import.meta.url) }));
    await Promise.all(pools.map((pool) => pool.ready()));
    const began = cpuSeconds();
    await Promise.all(pools.map((pool) => pool.run()));
    const took = cpuSeconds() - began;
    const states = pools.reduce((sum, pool) => sum + pool.result().states, 0);
    await Promise.all(pools.map((pool) => pool.close()));
    return [took, states];
  },
  walk: (vcpus, invalidators) => walk(protocol(), peers(Number(vcpus), Number(invalidators)), {}),
  schedules: (vcpus, invalidators, bound) => walk(protocol(), peers(Number(vcpus), Number(invalidators)), { bound: Number(bound) }),
  checked(scenario) {
    const kernel = kernels.find(({ name }) => name === 'v6.8')!;
    return walk(kernel, compile(builtinScenario(scenario!)!, kernel), { by: invariants });
  },
};

const [measure, ...args] = process.argv.slice(2);
process.stdout.write(`${(await measures[measure!]!(...args)).join(' ')}\n`);
