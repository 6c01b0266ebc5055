// The runtime `simulate`: a seeded random scheduler in slices, between which the event loop has its turn.

import { preparedWorld } from './prepared.ts';
import { BATCH, Recorder } from './recorder.ts';
import { Run, type RunOptions, type RunResult, type Runtime } from './run.ts';
import { Simulation, WriteLog } from './simulate.ts';
import { waitingActors } from './standstill.ts';

/** Milliseconds after which timers, signals and other work get their turn. */
export const TURN_MS = 20;

/** Steps between two looks at the clock. */
const PART_STEPS = 64;

/** Gives them their turn. */
export const turn = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 0); });

class SimulateRun extends Run {
  private readonly log: WriteLog;
  private stopped = false;

  constructor(options: RunOptions) {
    const { world, observer } = preparedWorld(options.kernel, options.topology, (objects) => new WriteLog(objects));
    super(options, world);
    this.log = observer;
  }

  override stop(): void {
    this.stopped = true;
  }

  protected override async execute(): Promise<Omit<RunResult, 'hash' | 'tally'>> {
    const { world, log } = this;
    const { seed, invariants = [], limits = {}, around } = this.options;
    const recorder = new Recorder(world, invariants, (batch) => this.stream.next(batch));
    log.watchOnly(recorder.wanted());
    const simulation = new Simulation(world, log, seed);
    const most = limits.steps ?? Infinity;
    const began = performance.now();
    let turned = began;
    let why: RunResult['why'] | undefined = recorder.violation === undefined ? undefined : 'violation';
    try {
      while (why === undefined) {
        const count = Math.min(BATCH, most - recorder.steps);
        why = around === undefined ? sliceOf(simulation, recorder, log, count) : around(() => partOf(simulation, recorder, log, count));
        const now = performance.now();
        if (why !== undefined) break;
        if (this.stopped) why = 'interrupted';
        else if (recorder.steps >= most) why = 'steps';
        else if (limits.seconds !== undefined && now - began >= limits.seconds * 1000) why = 'seconds';
        else if (now - turned >= TURN_MS) {
          await turn();
          turned = performance.now();
        }
      }
    } finally {
      // On the way out of an error too: the steps before it are what explains it.
      if (recorder.steps % BATCH !== 0) recorder.flush();
    }
    return {
      why,
      steps: recorder.steps,
      ...(recorder.violation ? { violation: recorder.violation } : {}),
      waiting: why === 'deadlock' ? waitingActors(world) : [],
      evaluated: recorder.evaluated,
    };
  }
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
