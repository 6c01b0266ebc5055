// A run that has come to a halt although nobody has ended it: who does what, and who waits for whom.

import type { Topology } from '../../scenario/topology.ts';
import { Describer } from '../describe.ts';
import { WaitFor } from '../wait-for.ts';
import { UndoLog, waitsFor } from '../peek.ts';
import { privateWords, RunWorld } from '../world.ts';
import { CONTROL, Control, OWN, type Shared } from './shared.ts';

/** State and step of the actor whose step a worker executes or has executed last, as a phrase; what it does when it has not begun. */
export function lastStepOf(world: RunWorld, control: Control, worker: number): string {
  const actor = control.words[control.at(worker, OWN.ACTOR)]!;
  if (actor === 0) return 'before its first step';
  const leaf = world.leafOf(actor);
  return `at '${leaf.step}' of '${world.topology.actors[actor - 1]!.name}' (state ${leaf.path})`;
}

/** A world over a copy of physical memory as it is now, for looking at. */
export function copyOfMemory(world: RunWorld, { memory }: Shared): { world: RunWorld; log: UndoLog } {
  const words = privateWords(world.plan);
  const log = new UndoLog(words);
  const copy = new RunWorld(world.kernel, world.topology, world.plan, words, log);
  words.set(new Int32Array(memory));
  log.clear();
  return { world: copy, log };
}

/** One line for each actor that waits: for which object, and who holds that. Finding out means trying its step: those of `busy`, in
 *  which somebody is, are left alone, since they may have no end. */
export function waitForGraph(world: RunWorld, log: UndoLog, busy: ReadonlySet<string> = new Set()): string[] {
  const describer = new Describer(world);
  const graph = new WaitFor(world);
  return world.topology.actors.flatMap(({ name }, i) => {
    if (busy.has(world.leafOf(i + 1).step)) return [];
    let object: number;
    try {
      object = world.ended(i + 1) ? -1 : waitsFor(world, log, i + 1);
    } catch {
      // Memory was copied in the middle of a step.
      return [];
    }
    if (object < 0) return [];
    const holders: string[] = [];
    if (graph.isLock(object)) graph.holders(i + 1, object, (holder) => { if (holder !== i + 1) holders.push(world.topology.actors[holder - 1]!.name); });
    else holders.push(...describer.actorsIn(object).filter((holder) => holder !== name));
    return [`'${name}' waits in ${world.leafOf(i + 1).path} for ${describer.name(object)}${holders.length === 0 ? '' : `, which has ${holders.join(', ')}`}`];
  });
}

/** Everything that is known of a run that does not go on, in a few lines. */
export function hangReport(world: RunWorld, shared: Shared, topology: Topology): string {
  const control = new Control(shared);
  const copy = copyOfMemory(world, shared);
  const busy = new Set<string>();
  const workers = Array.from({ length: shared.workers }, (_one, worker) => {
    const sleeps = Atomics.load(control.words, control.at(worker, OWN.SLEEPING)) !== 0;
    const actor = control.words[control.at(worker, OWN.ACTOR)]!;
    if (!sleeps && actor !== 0) busy.add(copy.world.leafOf(actor).step);
    return `worker ${worker} ${sleeps ? 'sleeps' : 'is busy'} ${lastStepOf(copy.world, control, worker)}`;
  });
  const graph = waitForGraph(copy.world, copy.log, busy);
  const unordered = Atomics.load(control.words, CONTROL.UNORDERED) !== 0 ? ['the shadow cannot order what the workers have logged: a ticket is missing'] : [];
  return [...unordered, ...workers, ...(graph.length === 0 ? [`none of the ${topology.actors.length} actors waits for an object`] : graph)].join('; ');
}
