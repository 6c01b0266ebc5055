// The schedule of a trace, who and what choice, on another kernel than its own: as far as it applies there.

import { blockedOn, isBlocked, outcomeName } from '../memory/outcome.ts';
import type { Violation } from '../check/violation.ts';
import type { Checker } from '../check/checker.ts';
import { checkRecord } from '../trace/check.ts';
import { NO_CHOICE, RECORD, type TraceBatch } from '../trace/batch.ts';
import type { TraceFooter } from '../trace/header.ts';
import type { TraceSource } from '../trace/source.ts';
import { Describer } from './describe.ts';
import type { WriteLog } from './simulate.ts';
import type { RunWorld } from './world.ts';

export interface ScheduleResult {
  /** Steps that were executed. */
  readonly steps: number;
  /** The step of the trace that does not apply, and why; nothing when all of them did. */
  readonly stopped?: { readonly step: number; readonly reason: string };
  /** The first step that had another outcome than in the trace. */
  readonly differs?: { readonly step: number; readonly sentence: string };
  readonly violation?: Violation;
  /** The trace's own end; there when every step of it was executed. */
  readonly footer?: TraceFooter;
}

/** Runs the schedule on `world`, whose set-up is over. `actorNames`: the actors as the trace numbers them. */
export function runSchedule(
  source: TraceSource, world: RunWorld, log: WriteLog, actorNames: readonly string[], checker: Checker | undefined, until = Infinity,
): ScheduleResult {
  const numbers = new Map(world.topology.actors.map(({ name }, i) => [name, i + 1]));
  const describer = new Describer(world);
  let steps = 0;
  let differs: ScheduleResult['differs'];
  const result = (more: Partial<ScheduleResult>): ScheduleResult => ({ steps, ...(differs ? { differs } : {}), ...more });
  const stop = (reason: string): ScheduleResult => result({ stopped: { step: steps + 1, reason } });

  const batches = source.batches();
  try {
    for (;;) {
      const more = batches.next();
      if (more.done === true) return result({ footer: more.value });
      const stopped = batchOf(more.value);
      if (stopped !== undefined) return stopped;
    }
  } finally {
    batches.return(undefined as never);
  }

  /** The steps of one batch; answers when they are the last. */
  function batchOf({ count, records }: TraceBatch): ScheduleResult | undefined {
    for (let at = 0; at < count * RECORD.WORDS; at += RECORD.WORDS) {
      if (steps >= until) return result({});
      checkRecord(source, records, at, steps + 1);
      const name = actorNames[records[at]! - 1];
      const actor = numbers.get(name ?? '');
      if (name === undefined || actor === undefined) return stop(`there is no actor ${name === undefined ? records[at] : `'${name}'`} on kernel '${world.kernel.name}'`);
      const leaf = world.leafOf(actor);
      if (leaf.final) return stop(`'${name}' has ended`);
      const choice = records[at + RECORD.CHOICE]!;
      let impossible: string | undefined;
      log.clear();
      const answer = world.step(actor, (n) => {
        if (choice !== NO_CHOICE && choice < n) return choice;
        impossible = choice === NO_CHOICE ? `'${leaf.step}' of '${name}' has a choice of ${n} that the trace does not make` : `'${leaf.step}' of '${name}' has ${n} choices, the trace makes choice ${choice}`;
        return 0;
      });
      if (impossible !== undefined) return stop(impossible);
      if (isBlocked(answer)) return stop(`'${leaf.step}' of '${name}' is blocked on ${describer.name(blockedOn(answer))}`);
      steps++;
      const there = source.header.outcomes[records[at + RECORD.OUTCOME]!];
      if (differs === undefined && outcomeName(answer) !== there) {
        differs = { step: steps, sentence: `'${leaf.step}' of '${name}' answers '${outcomeName(answer)}' here, '${there}' in the trace` };
      }
      const violation = checker?.afterStep(log.written, log.count);
      if (violation !== undefined) return result({ violation });
    }
    return undefined;
  }
}
