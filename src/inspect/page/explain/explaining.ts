// Explains what a run breaks, in the page: what is the racing pair, the same run in another order that passes, from which step on it could not be
// avoided. A long run is made small before. All of it in slices, between which the page goes on.

import type { Explanation } from '../../../check/explanation.ts';
import { invariants } from '../../../check/invariants/index.ts';
import type { Broken } from '../../../explore/broken.ts';
import { explain } from '../../../explore/explain.ts';
import { DEADLOCK } from '../../../explore/keys.ts';
import { identify, ShrinkError, type Failure } from '../../../explore/reproduce.ts';
import type { Schedule } from '../../../explore/schedule.ts';
import { Search } from '../../../explore/search/search.ts';
import { shrinking, type Shrunk } from '../../../explore/shrink.ts';
import type { Topology } from '../../../scenario/topology.ts';
import type { Scenario } from '../../../scenario/types.ts';
import { NO_CHOICE } from '../../../trace/batch.ts';
import type { Session } from '../model.ts';

/** A run of more steps is made small before it is explained; an explanation tries many orders of its steps. */
export const LONGEST = 300;
/** Bounds of what is tried: steps of an explanation, states of the search for the point of no return, milliseconds of shrinking. */
const BUDGET = 200_000, STATES = 400_000, SHRINK = 8000;
/** Steps of a search at a time. */
const SLICE = 4000;

/** What was found out. */
export interface Explained {
  readonly broken: Broken;
  /** The run that is explained: the one that is shown, or a smaller one that breaks the same. */
  readonly own: boolean;
  readonly topology: Topology;
  readonly scenario: Scenario | undefined;
  readonly schedule: Schedule;
  readonly explanation: Explanation;
  /** What shrinking has come to. */
  readonly shrunk: Shrunk | undefined;
  /** Step, from 1, behind which it could not be avoided any more; 0: it never could; nothing when nobody knows. */
  readonly noReturn: number | undefined;
  /** Why nobody knows. */
  readonly unknown: string;
}

/** What the session's run breaks, as far as it can be played as a schedule; else a sentence that says why there is nothing to explain. */
export function failureOf(session: Session): Failure | string {
  const { records, opened: { footer }, forkedAt } = session;
  const violation = session.verdicts().find(({ state }) => state === 'violated');
  const ending = session.ending();
  const broken = violation !== undefined || ending?.why === 'deadlock' || (forkedAt === undefined && footer?.finding !== undefined);
  if (broken && records.hasInjections) return 'Something came in from outside in this run, which is no decision of a schedule: it cannot be played in another order.';
  const schedule = (to: number): Schedule => Array.from({ length: to }, (_one, k) => ({ actor: records.actor(k + 1), choice: records.choice(k + 1) === NO_CHOICE ? -1 : records.choice(k + 1) }));
  if (forkedAt === undefined && footer?.finding !== undefined) return { ...footer.finding, schedule: schedule(footer.steps) } as Failure;
  if (violation !== undefined) return { kind: 'safety', id: violation.invariant.id, sentence: violation.sentence ?? '', schedule: schedule(violation.step!) };
  if (ending?.why === 'deadlock') return { kind: 'deadlock', id: DEADLOCK, sentence: ending.sentence ?? 'nobody can go on', schedule: schedule(ending.step) };
  return 'Nothing is broken in this run, so there is nothing to explain.';
}

/** One explanation on its way. */
export class Explaining {
  /** What it does now, for whoever waits. */
  doing = '';
  result: Explained | undefined;
  /** Why there is none. */
  problem: string | undefined;
  private stopped = false;
  private readonly session: Session;
  private readonly changed: () => void;

  constructor(session: Session, changed: () => void) {
    this.session = session;
    this.changed = changed;
  }

  /** Ends it; what is found until then stays. */
  stop(): void {
    this.stopped = true;
  }

  /** Explains; `smallest`: the smallest run that breaks the same, and not the one that is shown. */
  async run(smallest: boolean): Promise<void> {
    const { kernel, topology, scenario } = this.session.opened;
    const failure = failureOf(this.session);
    if (typeof failure === 'string') {
      this.problem = failure;
      this.changed();
      return;
    }
    try {
      const own = !smallest && failure.schedule.length <= LONGEST;
      const shrunk = own ? undefined : await this.shrink(failure);
      if (this.stopped) return;
      await this.say('looks for an order of the steps that passes');
      const subject = shrunk ?? { broken: identify(kernel, topology, failure, invariants).broken, topology, schedule: failure.schedule };
      const explanation = explain(kernel, subject, { budget: BUDGET });
      this.result = {
        broken: subject.broken, own, topology: subject.topology, scenario: shrunk === undefined ? scenario : shrunk.scenario, schedule: subject.schedule, explanation, shrunk, noReturn: undefined,
        unknown: 'every order of the scenario is being looked at',
      };
      this.result = { ...this.result, ...await this.noReturn(this.result) };
    } catch (error) {
      if (!(error instanceof ShrinkError) && !(error instanceof RangeError)) throw error;
      this.problem = `It cannot be explained: ${error.message}.`;
    }
    this.doing = '';
    this.changed();
  }

  private async shrink(failure: Failure): Promise<Shrunk> {
    const { kernel, topology, scenario } = this.session.opened;
    const parts = shrinking(kernel, topology, failure, { scenario, invariants });
    const until = performance.now() + SHRINK;
    for (;;) {
      const { done, value } = parts.next();
      if (done === true) return value;
      if (this.stopped || performance.now() > until) return value.best;
      await this.say(`makes it small: ${value.best.after.steps} steps so far`);
    }
  }

  private async noReturn({ broken, topology, schedule }: Explained): Promise<Pick<Explained, 'noReturn' | 'unknown'>> {
    if (broken.kind !== 'safety' && broken.kind !== 'deadlock') return { noReturn: undefined, unknown: 'it is of a whole run, and of no one state' };
    const search = new Search(this.session.opened.kernel, topology, { graph: true, stop: 'never', invariants, states: STATES });
    while (search.advance(SLICE)) {
      if (this.stopped) return { noReturn: undefined, unknown: 'the search was ended' };
      await this.say(`looks at every order of the scenario: ${search.progress().states.toLocaleString('en')} states so far`);
    }
    const point = search.pointOfNoReturn({ ...broken, schedule });
    return point === undefined ? { noReturn: undefined, unknown: `the scenario has more than ${STATES.toLocaleString('en')} states, or loops without end` } : { noReturn: point.step + 1, unknown: '' };
  }

  private async say(what: string): Promise<void> {
    this.doing = what;
    this.changed();
    await new Promise((resolve) => { setTimeout(resolve, 0); });
  }
}
