// The schedule of a trace, who and what choice, on another kernel than its own: as far as it applies there.

import { blockedOn, isBlocked, outcomeName } from '../memory/outcome.ts';
import type { Violation } from '../check/violation.ts';
import type { Checker } from '../check/checker.ts';
import { checkInjectionRecord, checkRecord, malformedStep } from '../trace/check.ts';
import { NO_CHOICE, OUTSIDE_ACTOR, RECORD, type TraceBatch } from '../trace/batch.ts';
import type { TraceFooter } from '../trace/header.ts';
import type { TraceSource } from '../trace/source.ts';
import { Describer } from './describe.ts';
import { applyInjection, injectionProblem, type Injection } from './injection.ts';
import type { WriteLog } from './write-log.ts';
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

/** The actors and calls of the kernel that a trace was recorded on, as the trace numbers them. */
export interface RecordedWith {
  readonly actors: readonly { readonly name: string; readonly code: readonly number[] }[];
  readonly calls: readonly { readonly name: string }[];
}

/** Runs the schedule on `world`, whose set-up is over. */
export function runSchedule(
  source: TraceSource, world: RunWorld, log: WriteLog, recordedWith: RecordedWith, checker: Checker | undefined, until = Infinity,
): ScheduleResult {
  const numbers = new Map(world.topology.actors.map(({ name }, i) => [name, i + 1]));
  const describer = new Describer(world);
  let steps = 0;
  let alike: boolean | undefined;
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

  /** Instructions name actors and calls by number, so they mean the same only where those are the same. */
  function compiledAlike(): boolean {
    const { topology, kernel } = world;
    const sizes = ({ actors, calls }: RecordedWith): string => JSON.stringify([actors.map(({ name, code }) => [name, code.length]), calls.map(({ name }) => name)]);
    return sizes(recordedWith) === sizes({ actors: topology.actors, calls: kernel.calls });
  }

  /** Puts in what came in; answers why it cannot. */
  function inject(injection: Injection | undefined, records: Uint16Array, at: number): ScheduleResult | undefined {
    if (injection === undefined) throw malformedStep(source, steps + 1, 'it is an injection, and the trace does not have it');
    checkInjectionRecord(source, records, at, steps + 1, injection.actor);
    alike ??= compiledAlike();
    if (!alike) return stop(`what comes in was compiled for the actors and calls of another kernel than '${world.kernel.name}'`);
    const problem = injectionProblem(world, injection);
    if (problem !== undefined) throw malformedStep(source, steps + 1, problem);
    log.clear();
    const { name } = world.topology.actors[injection.actor - 1]!;
    if (!applyInjection(world, injection)) return stop(`something comes in for '${name}', which does not wait for it, in state '${world.leafOf(injection.actor).path}'`);
    steps++;
    const violation = checker?.afterStep(log.written, log.count);
    return violation === undefined ? undefined : result({ violation });
  }

  /** The steps of one batch; answers when they are the last. */
  function batchOf({ count, records, injections }: TraceBatch): ScheduleResult | undefined {
    let injection = 0;
    for (let at = 0; at < count * RECORD.WORDS; at += RECORD.WORDS) {
      if (steps >= until) return result({});
      if (records[at] === OUTSIDE_ACTOR) {
        const stopped = inject(injections?.[injection++], records, at);
        if (stopped !== undefined) return stopped;
        continue;
      }
      checkRecord(source, records, at, steps + 1);
      const name = recordedWith.actors[records[at]! - 1]?.name;
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
