// Every exit that a vCPU of a loop can leave with: all interleavings of it and the host, and random ones of all vCPUs together.

import type { CheckedWorld } from '../../check/checked-world.ts';
import type { Invariant } from '../../check/invariant.ts';
import { Search } from '../../explore/search/search.ts';
import type { Kernel } from '../../kernel/define.ts';
import { preparedWorld } from '../../runtime/prepared.ts';
import { Simulation } from '../../runtime/simulate.ts';
import { WriteLog } from '../../runtime/write-log.ts';
import type { Machine } from '../config.ts';
import { exitFields } from '../exits.ts';
import type { Race, Result } from '../recording.ts';
import { loopWorld } from './loop.ts';
import { compareSets, type OutcomeSets } from './outcomes.ts';

export interface JudgedLoop {
  readonly kind: 'loop';
  readonly race: Race;
  readonly sets: readonly OutcomeSets[];
  /** States of all searches, and whether they were all of them. */
  readonly states: number;
  readonly complete: boolean;
}

/** States of one search at most. */
const MOST_STATES = 5_000_000;
/** Steps of the search at a time, and of the random interleavings of all vCPUs. */
const PART = 100_000, TOGETHER = 300_000;

/** Notes the exits of a vCPU; it never complains. */
function noting(of: Map<string, Result> | ((vcpu: number) => Map<string, Result>)): Invariant {
  const check = ({ last, frames, objects }: CheckedWorld): undefined => {
    const { thread, ret } = frames[last.actor]! as unknown as { readonly thread: number; readonly ret: number };
    const exit = exitFields(objects, thread, ret);
    const own = typeof of === 'function' ? of(thread) : of;
    const key = JSON.stringify(exit);
    if (!own.has(key)) own.set(key, exit);
  };
  return { id: 'exits', title: 'gathered', statement: 'nothing', after: { 'vmm.receiveExit': check } };
}

/** Judges a loop. The guests' own tables and code play no part in it: the recorder's own slot is left out. */
export function judgeLoop(race: Race, kernel: Kernel, machine: Machine, file: string): JudgedLoop {
  const own = { ...machine, hiddenSlot: false };
  /** Exits by the names of vCPUs. */
  const reached = new Map<string, Map<string, Result>>();
  const exitsOf = (name: string): Map<string, Result> => {
    const own = reached.get(name) ?? new Map<string, Result>();
    reached.set(name, own);
    return own;
  };
  let states = 0;
  let complete = true;
  race.loop!.accesses.forEach((_access, place) => {
    const { topology, vcpus } = loopWorld(race, kernel, own, file, [place]);
    const [name] = [...vcpus.keys()];
    const search = new Search(kernel, topology, { invariants: [noting(exitsOf(name!))], stop: 'never', endless: true, states: MOST_STATES });
    while (search.advance(PART));
    const result = search.result();
    states += result.states;
    complete &&= result.complete;
  });
  const { topology, vcpus } = loopWorld(race, kernel, own, file);
  const names = new Map([...vcpus].map(([name, vcpu]) => [vcpu, name]));
  together(kernel, topology, (vcpu) => exitsOf(names.get(vcpu)!));
  const seen = race.seen as unknown as Readonly<Record<string, readonly Result[]>>;
  return {
    kind: 'loop', race, states, complete,
    sets: [...vcpus.keys()].map((name) => compareSets(name, seen[name] ?? [], [...exitsOf(name).values()])),
  };
}

/** One long random interleaving of everybody. */
function together(kernel: Kernel, topology: Parameters<typeof preparedWorld>[1], of: (vcpu: number) => Map<string, Result>): void {
  const { world, observer } = preparedWorld(kernel, topology, (objects) => new WriteLog(objects));
  observer.watchOnly(new Uint8Array(world.plan.objects));
  const exits = Uint8Array.from(world.table.leaves, ({ step }) => (step === 'vmm.receiveExit' ? 1 : 0));
  const { after } = noting(of);
  const seen = { last: world.last, frames: world.frames, objects: world.objects } as unknown as CheckedWorld;
  const simulation = new Simulation(world, observer, 1);
  for (let k = 0; k < TOGETHER && simulation.step(); k++) if (exits[world.last.leaf] !== 0) after!['vmm.receiveExit']!(seen);
}
