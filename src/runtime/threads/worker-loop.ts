// What a worker does: over and over, the next step of one of its own actors, the outcome to the XState actor, the record to the
// log. It sleeps on the doorbell when none of its actors can go on.

import { createActor, type AnyActorRef } from 'xstate';
import { isBlocked, outcomeName } from '../../memory/outcome.ts';
import { leavesBySnapshot, memoisedLogic } from '../../kernel/memoised.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Topology } from '../../scenario/topology.ts';
import { Random } from '../random.ts';
import { LaboratoryError, planFor, RunWorld } from '../world.ts';
import { CONTROL, END, LogWriter, type Shared } from './shared.ts';
import { CONFLICT, VersionTaker } from './versions.ts';

export interface WorkerTask {
  readonly shared: Shared;
  readonly worker: number;
  /** Numbers of the actors that this worker runs. */
  readonly actors: readonly number[];
  readonly seed: number;
  /** Steps of this worker at most. */
  readonly steps: number;
}

/** What a worker reports when the run is over. */
export interface WorkerResult { readonly steps: number; readonly conflicts: number; readonly sleeps: number }

/** Records between two publications of the log. */
const PUBLISH_EVERY = 64;
/** Milliseconds of a sleep before a worker looks whether the run is over. */
const SLEEP_MS = 20;

/** Runs a worker's actors to the end of the run. Call inside a worker thread: it sleeps. */
export function runWorker(kernel: Kernel, topology: Topology, task: WorkerTask): WorkerResult {
  const plan = planFor(kernel, topology);
  const words = new Int32Array(task.shared.memory);
  const control = new Int32Array(task.shared.control);
  const taker = new VersionTaker(plan, words, plan.byName.get('frame')!.count);
  const world = new RunWorld(kernel, topology, plan, words, taker);
  const log = new LogWriter(task.shared.logs[task.worker]!);
  const random = new Random(task.seed + task.worker);
  const leafOf = leavesBySnapshot(world.table);
  const over = (): boolean => Atomics.load(control, CONTROL.END) !== END.RUNNING;
  taker.rollBack();

  const live = task.actors.filter((actor) => !world.ended(actor));
  const xstate = new Map<number, AnyActorRef>(live.map((actor) => [
    actor, createActor(memoisedLogic(world.table, world.frames[actor]!.leaf), { systemId: topology.actors[actor - 1]!.name }).start(),
  ]));
  taker.rollBack();
  Atomics.add(control, CONTROL.READY, 1);
  Atomics.notify(control, CONTROL.READY);
  while (Atomics.load(control, CONTROL.GATE) === 0 && !over()) Atomics.wait(control, CONTROL.GATE, 0, SLEEP_MS);

  let steps = 0;
  let sleeps = 0;
  let unpublished = 0;
  const choose = (n: number): number => random.below(n);

  /** Tries the next step of an actor: true when it was executed. */
  const tryStep = (actor: number): boolean => {
    for (;;) {
      let result: number;
      try {
        result = world.step(actor, choose);
      } catch (error) {
        taker.rollBack();
        if (error !== CONFLICT) throw error;
        taker.conflicts++;
        continue;
      }
      if (isBlocked(result)) {
        taker.rollBack();
        return false;
      }
      const { last } = world;
      const ref = xstate.get(actor)!;
      ref.send({ type: outcomeName(result) });
      if (leafOf.get(ref.getSnapshot()) !== last.to) throw new LaboratoryError(`the XState actor of '${topology.actors[actor - 1]!.name}' is not in the state that the table says`);
      log.reserve(5 + 2 * taker.count, over);
      log.put(actor);
      log.put(last.leaf);
      log.put(result);
      log.put(last.choice);
      log.put(taker.count);
      for (let k = 0; k < taker.count; k++) {
        log.put(taker.objects[k]!);
        log.put(taker.tickets[k]!);
      }
      taker.commit();
      if (++unpublished >= PUBLISH_EVERY) { log.publish(); unpublished = 0; }
      if (Atomics.load(control, CONTROL.SLEEPERS) > 0) {
        Atomics.add(control, CONTROL.DOORBELL, 1);
        Atomics.notify(control, CONTROL.DOORBELL);
      }
      steps++;
      return true;
    }
  };

  /** One try of every live actor, beginning anywhere. */
  const round = (): boolean => {
    let moved = false;
    const from = random.below(live.length);
    for (let k = 0; k < live.length && steps < task.steps && !over(); k++) if (tryStep(live[(from + k) % live.length]!)) moved = true;
    for (let k = live.length - 1; k >= 0; k--) if (world.ended(live[k]!)) live.splice(k, 1);
    return moved;
  };

  while (!over() && steps < task.steps && live.length > 0) {
    if (round()) continue;
    log.publish();
    unpublished = 0;
    Atomics.add(control, CONTROL.SLEEPERS, 1);
    const bell = Atomics.load(control, CONTROL.DOORBELL);
    // Tried once more behind the counter: who commits from here on sees a sleeper and rings.
    if (live.length > 0 && !round() && !over()) {
      sleeps++;
      Atomics.wait(control, CONTROL.DOORBELL, bell, SLEEP_MS);
    }
    Atomics.sub(control, CONTROL.SLEEPERS, 1);
  }
  log.publish();
  if (steps >= task.steps) Atomics.compareExchange(control, CONTROL.END, END.RUNNING, END.LIMIT);
  return { steps, conflicts: taker.conflicts, sleeps };
}
