// What comes into a run on real threads from outside: the main thread puts it into physical memory as one more step, with versions
// and a log of its own, so that it has its place in the order of everything that has happened.

import type { Kernel } from '../../kernel/define.ts';
import type { Topology } from '../../scenario/topology.ts';
import { applyInjection, type Injection } from '../injection.ts';
import { planFor, RunWorld } from '../world.ts';
import { LogWriter } from './log.ts';
import { Control, wakeWaiters, type Shared } from './shared.ts';
import { StepRecorder } from './step-recorder.ts';
import { CONFLICT, VersionTaker } from './versions.ts';

/** An injection as words of a log, but for its receiver. */
function wordsOf({ type, payload, code }: Injection): number[] {
  return [type, payload.length, ...payload, ...(code === undefined ? [] : [code.at, ...code.words])];
}

/** The injection that these words stand for. */
export function injectionOf(actor: number, [type, length, ...rest]: readonly number[]): Injection {
  const payload = rest.slice(0, length!);
  const [at, ...words] = rest.slice(length!);
  return { actor, type: type!, payload, ...(at === undefined ? {} : { code: { at, words } }) };
}

export class Outside {
  private readonly control: Control;
  private readonly taker: VersionTaker;
  private readonly world: RunWorld;
  private readonly steps: StepRecorder;
  private readonly waiters: Int32Array<SharedArrayBuffer>;

  constructor(kernel: Kernel, topology: Topology, shared: Shared) {
    const plan = planFor(kernel, topology);
    const words = new Int32Array(shared.memory);
    this.control = new Control(shared);
    this.taker = new VersionTaker(plan, words, plan.byName.get('frame')!.count);
    this.world = new RunWorld(kernel, topology, plan, words, this.taker);
    this.steps = new StepRecorder(new LogWriter(shared.logs[shared.workers]!), this.control, this.world.table);
    this.waiters = new Int32Array(shared.waiters);
  }

  /** Puts an injection in; false when its receiver does not wait for it now, or another thread is at its mailbox: try again later. */
  put(injection: Injection): boolean {
    const { taker, world, control } = this;
    taker.begin();
    let applied = false;
    try {
      applied = applyInjection(world, injection);
    } catch (error) {
      if (error !== CONFLICT) {
        taker.rollBack();
        throw error;
      }
    }
    if (!applied) {
      taker.rollBack();
      return false;
    }
    this.steps.injection(injection.actor, wordsOf(injection), taker);
    taker.commit();
    for (let k = 0; k < taker.count; k++) if (taker.wrote[k] !== 0) wakeWaiters(this.waiters, control, taker.objects[k]!);
    control.ring(control.shadow);
    return true;
  }
}
