// Steps on their way into a thread's log.

import type { Table } from '../../kernel/table.ts';
import { outcomesToTrace } from '../../trace/outcomes.ts';
import type { Executed } from '../world.ts';
import { RECORD_HEAD, type LogWriter } from './log.ts';
import type { Control } from './shared.ts';
import type { VersionTaker } from './versions.ts';

/** Records between two publications of the log; a power of two. */
const PUBLISH_EVERY = 64;
/** Records between two times that the shadow is woken: waking costs as much as some hundreds of steps. */
const RING_EVERY = 1 << 14;

export class StepRecorder {
  private readonly log: LogWriter;
  private readonly control: Control;
  /** Outcomes are numbered anew in every thread; logs number them as traces do. */
  private readonly outcomes: Int32Array;
  private records = 0;
  private readonly ringShadow = (): void => { this.control.ring(this.control.shadow); };

  constructor(log: LogWriter, control: Control, table: Table) {
    this.log = log;
    this.control = control;
    this.outcomes = outcomesToTrace(table);
  }

  /** Logs a step that has been executed and not committed yet. */
  record({ actor, outcome, choice }: Executed, taker: VersionTaker): void {
    const { log } = this;
    const { count } = taker;
    log.reserve(RECORD_HEAD + 2 * count, this.ringShadow);
    log.putStep(actor | ((choice + 1) << 16), this.outcomes[outcome]! | (count << 16), taker);
    this.records = (this.records + 1) | 0;
    if ((this.records & (PUBLISH_EVERY - 1)) !== 0) return;
    log.publish();
    if ((this.records & (RING_EVERY - 1)) === 0) this.ringShadow();
  }

  /** Logs what was put into the mailbox of `receiver` from outside, as words. */
  injection(receiver: number, words: readonly number[], taker: VersionTaker): void {
    const { log } = this;
    log.reserve(RECORD_HEAD + 2 * taker.count + 1 + words.length, this.ringShadow);
    log.putStep(0, receiver | (taker.count << 16), taker);
    log.put(words.length);
    for (const word of words) log.put(word);
    this.publish();
  }

  /** Lets the shadow see what was logged; whoever goes to sleep, ends or waits behind it rings. */
  publish(): void {
    this.log.publish();
  }
}
