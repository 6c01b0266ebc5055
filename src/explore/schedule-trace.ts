// From schedules to traces and back, so that what an exploration found can be shown, replayed, exported and shrunk like any run.

import type { Invariant } from '../check/invariant.ts';
import { invariants as all } from '../check/invariants/index.ts';
import type { Kernel } from '../kernel/define.ts';
import { isBlocked } from '../memory/outcome.ts';
import { hashOf, preparedWorld } from '../runtime/prepared.ts';
import { Recorder } from '../runtime/recorder.ts';
import { WriteLog } from '../runtime/write-log.ts';
import { restOf } from '../runtime/standstill.ts';
import { compile } from '../scenario/compile.ts';
import type { Scenario } from '../scenario/types.ts';
import { NO_CHOICE, OUTSIDE_ACTOR, RECORD } from '../trace/batch.ts';
import { encodeBatch, encodeFooter, encodeHeader, joined } from '../trace/encode.ts';
import { TraceError } from '../trace/errors.ts';
import { fingerprintOf } from '../trace/fingerprint.ts';
import { PACKAGE_VERSION } from '../trace/fingerprints.gen.ts';
import { outcomeNames } from '../trace/outcomes.ts';
import type { TraceFooter } from '../trace/header.ts';
import type { TraceSource } from '../trace/source.ts';
import { ScheduleError } from './named-schedule.ts';
import type { Finding } from './finding.ts';
import type { Schedule } from './schedule.ts';

export interface ScheduleTraceOptions {
  readonly invariants?: readonly Invariant[];
  /** Of a person's own kernel: the file, and its text. */
  readonly kernelText?: { readonly file: string; readonly text: string } | undefined;
  /** What the header says; 0 when left out: a schedule has none. */
  readonly seed?: number;
  /** What it breaks, so that whoever replays it looks for the same. */
  readonly finding?: Omit<Finding, 'schedule'>;
}

/** Executes a schedule and gives the bytes of its trace file. It ends with what was violated, or with a deadlock, where that is so. */
export function traceOfSchedule(kernel: Kernel, scenario: Scenario, schedule: Schedule, { invariants = all, kernelText, seed = 0, finding }: ScheduleTraceOptions = {}): Uint8Array {
  const { world, observer } = preparedWorld(kernel, compile(scenario, kernel), (objects) => new WriteLog(objects));
  const parts: Uint8Array[] = [encodeHeader({
    faultline: PACKAGE_VERSION, runtime: 'simulate', kernel: kernel.name, ...(kernelText === undefined ? {} : { kernelText }),
    scenario: scenario as unknown as Record<string, unknown>, seed, fingerprint: fingerprintOf(kernel, kernelText?.text),
    leaves: kernel.table.leaves.length, outcomes: outcomeNames(kernel.table), start: hashOf(world),
  })];
  const recorder = new Recorder(world, invariants, (batch) => parts.push(encodeBatch(batch)));
  for (const { actor, choice } of schedule) {
    if (recorder.violation !== undefined) break;
    observer.clear();
    const number = recorder.steps + 1;
    if (world.topology.actors[actor - 1] === undefined) throw new ScheduleError(`step ${number} of the schedule is of actor ${actor}; the scenario has ${world.topology.actors.length}`);
    if (world.ended(actor) || isBlocked(world.step(actor, (n) => Math.max(0, Math.min(choice, n - 1))))) {
      throw new ScheduleError(`step ${number} of the schedule cannot be taken: ${world.topology.actors[actor - 1]!.name} ${world.ended(actor) ? 'has ended' : `is blocked in '${world.leafOf(actor).path}'`}`);
    }
    recorder.record(observer.written, observer.count);
  }
  recorder.flush();
  const { steps, violation } = recorder;
  const hash = hashOf(world);
  // What follows spoils the world.
  const rest = violation === undefined ? restOf(world) : undefined;
  const why: TraceFooter['why'] = violation !== undefined ? 'violation' : rest!.mover !== undefined ? 'steps' : rest!.why;
  parts.push(encodeFooter({
    why, steps, hash, ...(violation === undefined ? {} : { violation: { id: violation.id, sentence: violation.sentence } }),
    ...(finding === undefined ? {} : { finding: { kind: finding.kind, id: finding.id, key: finding.key, sentence: finding.sentence, ...(finding.loop === undefined ? {} : { loop: finding.loop }) } }),
  }));
  return joined(parts);
}

/** The schedule of a trace; throws a TraceError when something came in from outside: that is no decision of a schedule. */
export function scheduleOfTrace(source: TraceSource): Schedule {
  return readSchedule(source).schedule;
}

/** The same, with what the trace ends with. */
export function readSchedule(source: TraceSource): { schedule: Schedule; footer: TraceFooter } {
  const schedule: { actor: number; choice: number }[] = [];
  const batches = source.batches();
  for (;;) {
    const next = batches.next();
    if (next.done === true) return { schedule, footer: next.value };
    const { records, count, first } = next.value;
    for (let k = 0; k < count; k++) {
      const actor = records[k * RECORD.WORDS]!;
      const choice = records[k * RECORD.WORDS + RECORD.CHOICE]!;
      if (actor === OUTSIDE_ACTOR) throw new TraceError('malformed', `has something that came in from outside, at step ${first + k}: a run with injections can be replayed, its schedule alone cannot`).of(source.name);
      schedule.push({ actor, choice: choice === NO_CHOICE ? -1 : choice });
    }
  }
}
