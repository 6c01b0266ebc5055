// Many short runs, one seed after the other, on one world that is put back to its start: says which seed to run for real. Nothing is
// recorded, since the run of a seed is the same every time.

import { preparedWorld } from './prepared.ts';
import { BATCH, Recorder } from './recorder.ts';
import type { RunOptions } from './run.ts';
import { partOf, sliceOf, turn, TURN_MS } from './simulate-run.ts';
import { Simulation } from './simulate.ts';
import { WriteLog } from './write-log.ts';
import type { RunWorld } from './world.ts';

/** Why a search is over: a round ended with a finding or an error, there were enough rounds, time is up, somebody wanted it to stop. */
export type SearchEnd = 'found' | 'rounds' | 'seconds' | 'interrupted';

export class SeedSearch {
  /** Rounds that were begun, the last one among them; steps of all rounds. */
  rounds = 0;
  readonly world: RunWorld;
  private before = 0;
  private stopped = false;
  private readonly options: RunOptions;
  private readonly most: number;
  private readonly log: WriteLog;
  private readonly recorder: Recorder;
  private readonly simulation: Simulation;
  private readonly start: Int32Array;

  /** `options` as for a run; its steps are those of each round, its seconds those of all. */
  constructor(options: RunOptions, rounds: number) {
    const { world, observer } = preparedWorld(options.kernel, options.topology, (objects) => new WriteLog(objects));
    this.options = options;
    this.most = rounds;
    this.world = world;
    this.log = observer;
    this.start = world.words.slice(0, world.plan.stateWords) as Int32Array;
    this.recorder = new Recorder(world, options.invariants ?? [], () => {}, { forward: false });
    this.log.watchOnly(this.recorder.wanted());
    this.simulation = new Simulation(world, this.log, options.seed);
  }

  /** Seed of the last round: each round has the next one, and behind the largest comes 0. */
  get seed(): number { return (this.options.seed + Math.max(0, this.rounds - 1)) % 2 ** 32; }
  /** Steps of the last round. */
  get steps(): number { return this.recorder.steps; }
  get allSteps(): number { return this.before + this.recorder.steps; }

  /** Ends the search soon. */
  stop(): void {
    this.stopped = true;
  }

  /** Runs seeds until one of them has a finding. */
  async search(): Promise<SearchEnd> {
    const { recorder, options: { limits = {} } } = this;
    const began = performance.now();
    let turned = began;
    if (recorder.violation !== undefined) {
      this.rounds = 1;
      return 'found';
    }
    while (this.rounds < this.most) {
      this.begin();
      for (let over = false; !over;) {
        try {
          const why = this.part(Math.min(BATCH, (limits.steps ?? Infinity) - recorder.steps));
          if (why === 'violation' || why === 'deadlock') return 'found';
          over = why !== undefined || recorder.steps >= (limits.steps ?? Infinity);
        } catch {
          // The run of this seed will meet the error again, and keep the steps before it.
          return 'found';
        }
        const now = performance.now();
        if (this.stopped) return 'interrupted';
        if (limits.seconds !== undefined && now - began >= limits.seconds * 1000) return 'seconds';
        if (now - turned < TURN_MS) continue;
        await turn();
        turned = performance.now();
      }
    }
    return 'rounds';
  }

  private begin(): void {
    this.rounds++;
    if (this.rounds === 1) return;
    this.before += this.recorder.steps;
    this.world.words.set(this.start);
    this.recorder.restart();
    this.simulation.restart(this.seed);
  }

  private part(count: number): ReturnType<typeof sliceOf> {
    const { simulation, recorder, log, options: { around } } = this;
    return around === undefined ? sliceOf(simulation, recorder, log, count) : around(() => partOf(simulation, recorder, log, count));
  }
}
