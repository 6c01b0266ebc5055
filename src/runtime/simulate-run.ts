// The runtime `simulate`: a seeded random scheduler in slices, between which the event loop has its turn, and what has come in from
// outside is put into the world.

import type { Injection } from '../memory/injection.ts';
import { Pending } from './pending.ts';
import { preparedWorld } from './prepared.ts';
import { BATCH, Recorder } from './recorder.ts';
import { Run, type RunOptions, type RunResult, type Runtime } from './run.ts';
import { Simulation } from './simulate.ts';
import { WriteLog } from './write-log.ts';
import { outsideCanHelp, waitingActors } from './standstill.ts';

/** Milliseconds after which timers, signals and other work get their turn. */
export const TURN_MS = 20;

/** Steps between two looks at the clock, or at those for whom something has come in. */
const PART_STEPS = 64;

/** Milliseconds of the longest timer there is. */
const LONGEST_MS = 2 ** 31 - 1;

/** Gives them their turn. */
export const turn = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 0); });

class SimulateRun extends Run {
  private readonly log: WriteLog;
  private readonly pending = new Pending();
  private stopped = false;

  constructor(options: RunOptions) {
    const { world, observer } = preparedWorld(options.kernel, options.topology, (objects) => new WriteLog(objects));
    super(options, world);
    this.log = observer;
  }

  override stop(): void {
    this.stopped = true;
    this.inputs.wake();
  }

  protected override inject(injection: Injection): void {
    this.pending.add(injection);
  }

  protected override async execute(): Promise<Omit<RunResult, 'hash' | 'tally'>> {
    const { world, log, inputs, pending } = this;
    const { seed, invariants = [], limits = {}, around } = this.options;
    const recorder = new Recorder(world, invariants, (batch) => this.stream.next(batch));
    log.watchOnly(recorder.wanted());
    const simulation = new Simulation(world, log, seed);
    const most = limits.steps ?? Infinity;
    const began = performance.now();
    const ends = began + (limits.seconds ?? Infinity) * 1000;
    let turned = began;
    let why: RunResult['why'] | undefined = recorder.violation === undefined ? undefined : 'violation';
    try {
      while (why === undefined) {
        if (inputs.failure !== undefined) throw inputs.failure;
        if (pending.size > 0) why = putIn(pending, simulation, recorder, log, most);
        const count = Math.min(pending.size > 0 ? PART_STEPS : BATCH, most - recorder.steps);
        why ??= around === undefined ? sliceOf(simulation, recorder, log, count) : around(() => partOf(simulation, recorder, log, count));
        if ((why === 'finished' || why === 'deadlock') && this.goesOn(simulation, recorder)) {
          // Who has subscribed may have an answer at once; if nobody has, time has to pass.
          if (pending.size === 0) await turn();
          if (!this.hasNews()) await this.changed(ends);
          turned = performance.now();
          why = undefined;
        }
        const now = performance.now();
        if (why !== undefined) break;
        if (this.stopped) why = 'interrupted';
        else if (recorder.steps >= most) why = 'steps';
        else if (now >= ends) why = 'seconds';
        else if (now - turned >= TURN_MS) {
          await turn();
          turned = performance.now();
        }
      }
      if (inputs.failure !== undefined) throw inputs.failure;
    } finally {
      // On the way out of an error too: the steps before it are what explains it.
      recorder.flush();
    }
    return {
      why,
      steps: recorder.steps,
      ...(recorder.violation ? { violation: recorder.violation } : {}),
      waiting: why === 'deadlock' ? waitingActors(world) : [],
      evaluated: recorder.evaluated,
      ...(pending.size > 0 ? { undelivered: pending.size } : {}),
    };
  }

  /** Nobody can go on: may that change? Whoever listens is told of everything before that is decided. */
  private goesOn(simulation: Simulation, recorder: Recorder): boolean {
    recorder.flush();
    const { inputs, pending, world } = this;
    if (inputs.failure !== undefined || pending.canBeTaken(world)) return true;
    return inputs.mayCome && outsideCanHelp(simulation.world);
  }

  /** Something has happened for which the run has to look again. */
  private hasNews(): boolean {
    const { inputs, pending, world } = this;
    return this.stopped || inputs.failure !== undefined || !inputs.mayCome || pending.canBeTaken(world);
  }

  /** Waits for something to come in, or the time to be up. The timer keeps the process alive meanwhile. */
  private async changed(ends: number): Promise<void> {
    const changed = this.inputs.changed();
    const timer = setTimeout(() => this.inputs.wake(), Math.max(0, Math.min(LONGEST_MS, ends - performance.now())));
    await changed;
    clearTimeout(timer);
  }
}

/** Puts in what can be put in now; says why the run can have no more steps. */
function putIn(pending: Pending, simulation: Simulation, recorder: Recorder, log: WriteLog, most: number): RunResult['why'] | undefined {
  let why: RunResult['why'] | undefined;
  pending.offer((injection) => {
    if (why !== undefined || recorder.steps >= most || !simulation.inject(injection)) return false;
    if (!recorder.recordInjection(injection, log.written, log.count)) why = 'violation';
    return true;
  });
  return why;
}

/** At most `count` steps; says why when there can be no more. */
export function sliceOf(simulation: Simulation, recorder: Recorder, log: WriteLog, count: number): RunResult['why'] | undefined {
  for (let k = 0; k < count; k++) {
    if (!simulation.step()) return simulation.standstill();
    if (!recorder.record(log.written, log.count)) return 'violation';
  }
  return undefined;
}

/** At most `count` steps, and no more once a turn's time is over: however slow its steps are, a part that lasts hangs in one of them. */
export function partOf(simulation: Simulation, recorder: Recorder, log: WriteLog, count: number): RunResult['why'] | undefined {
  const ends = performance.now() + TURN_MS;
  let why: RunResult['why'] | undefined;
  for (let left = count; why === undefined && left > 0 && performance.now() < ends; left -= PART_STEPS) {
    why = sliceOf(simulation, recorder, log, Math.min(PART_STEPS, left));
  }
  return why;
}

export const simulate: Runtime = { name: 'simulate', open: (options) => new SimulateRun(options) };
