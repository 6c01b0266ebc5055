// --check after: the run has gone unchecked; its trace is replayed with all invariants, and cut behind the step that breaks one.

import { renameSync, rmSync } from 'node:fs';
import { Checker } from '../check/checker.ts';
import type { Invariant } from '../check/invariant.ts';
import { hashOf } from '../runtime/prepared.ts';
import { Replayer, ReplayError } from '../runtime/replay.ts';
import type { RunResult } from '../runtime/run.ts';
import { turn } from '../runtime/simulate-run.ts';
import { WriteLog } from '../runtime/write-log.ts';
import { Tally } from '../runtime/tally.ts';
import { LaboratoryError } from '../runtime/world.ts';
import type { Topology } from '../scenario/topology.ts';
import { OUTSIDE_ACTOR, RECORD, type TraceBatch } from '../trace/batch.ts';
import { openTraceFile } from '../trace/file-reader.ts';
import { TraceFileWriter } from '../trace/file-writer.ts';
import type { TraceSource } from '../trace/source.ts';
import { isSystemError, systemProblem, UsageError } from './errors.ts';
import type { Interruption } from './interruption.ts';
import type { NamedKernel } from './kernels.ts';
import { LastSteps } from './last-steps.ts';

/** What has come of it. */
export interface Checked {
  readonly result: RunResult;
  /** Steps behind which it was interrupted. */
  readonly until?: number;
  /** The end of the trace that was cut. */
  readonly lastSteps?: LastSteps;
}

/** Steps between two turns of the event loop. */
const TURN_STEPS = 1 << 16;

/** Checks the run that `file` has recorded. */
export async function checkAfter(file: string, { kernel }: NamedKernel, topology: Topology, invariants: readonly Invariant[], result: RunResult, interruption: Interruption): Promise<Checked> {
  const source = openTraceFile(file);
  const replayer = replayerOf(source, kernel, topology);
  const { world, observer } = replayer;
  const checker = new Checker(world, invariants);
  let violation = checker.wholeState();
  let interrupted = false;
  interruption.stops(() => { interrupted = true; });
  // Who has interrupted the run wants to know what is true of it so far.
  if (result.why === 'interrupted') interrupted = false;
  try {
    while (violation === undefined && !interrupted) {
      observer.clear();
      if (!replayer.next()) break;
      violation = checker.afterStep(observer.written, observer.count);
      if (replayer.step % TURN_STEPS === 0) await turn();
    }
  } catch (error) {
    throw error instanceof ReplayError && !error.ownKernel ? new LaboratoryError(`the replay of the run is not the run: ${error.message}`) : error;
  } finally {
    replayer.close();
  }
  const evaluated = [...checker.evaluated];
  if (violation === undefined) return interrupted ? { result: { ...result, why: 'interrupted', evaluated }, until: replayer.step } : { result: { ...result, evaluated } };
  const broken = { ...result, why: 'violation', steps: replayer.step, hash: hashOf(world), violation, waiting: [], evaluated, tally: new Tally(world) } as const;
  const lastSteps = new LastSteps(kernel.table);
  cut(source, broken, (batch) => {
    broken.tally.take(batch);
    lastSteps.take(batch);
  });
  return { result: broken, lastSteps };
}

function replayerOf(source: TraceSource, kernel: NamedKernel['kernel'], topology: Topology): Replayer<WriteLog> {
  return new Replayer(source, kernel, topology, (objects) => new WriteLog(objects));
}

/** The first `count` steps of a batch. */
function head({ first, records, injections = [] }: TraceBatch, count: number): TraceBatch {
  const kept = records.slice(0, count * RECORD.WORDS);
  let outside = 0;
  for (let k = 0; k < count; k++) if (kept[k * RECORD.WORDS] === OUTSIDE_ACTOR) outside++;
  return { first, count, records: kept, ...(outside > 0 ? { injections: injections.slice(0, outside) } : {}) };
}

/** Ends the file of a trace behind the last step of `result`; every batch that stays is shown. */
function cut(source: TraceSource, { why, steps, hash, violation }: RunResult, shown: (batch: TraceBatch) => void): void {
  const temporary = `${source.name}.${process.pid}.tmp`;
  try {
    const writer = new TraceFileWriter(temporary, source.header, true);
    for (const batch of source.batches()) {
      const count = Math.min(batch.count, steps - batch.first + 1);
      if (count <= 0) break;
      const kept = count === batch.count ? batch : head(batch, count);
      shown(kept);
      writer.batch(kept);
    }
    writer.finish({ why, steps, hash, ...(violation ? { violation } : {}) });
    renameSync(temporary, source.name);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw isSystemError(error) ? new UsageError(`cannot cut ${source.name} behind step ${steps}: ${systemProblem(error)}`) : error;
  }
}
