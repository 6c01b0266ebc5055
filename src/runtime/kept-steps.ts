// Steps as objects: a run executes the same steps, with the same values, again and again, so those of just now are kept, and with each
// what an exporter has made of it.

import type { Access, StepEvent } from './events.ts';
import type { Message } from './messages.ts';
import { TOUCH, type ValueLog } from './values.ts';
import type { Executed } from './world.ts';

/** Steps that are kept; one takes the place of another whose numbers fall on the same place. */
const KEPT = 1 << 13;
/** Words that a kept step may have touched. */
const MOST = 24;
/** Words of a key: who, where, what came of it, the choice, how many words were touched, and these. */
const HEAD = 6, KEY = HEAD + MOST * TOUCH;

/** The event of all steps that differ in nothing but their number, and what was made of them, by who made it. */
class KeptStep implements StepEvent {
  step: number;
  readonly actor: string;
  readonly machine: string;
  readonly state: string;
  readonly name: string;
  readonly outcome: string;
  readonly to: string;
  readonly choice: number | undefined;
  readonly choices: number | undefined;
  readonly reads: readonly Access[];
  readonly writes: readonly Access[];
  messages: readonly Message[];
  readonly #makers: unknown[] = [];
  readonly #made: unknown[] = [];

  constructor({ step, actor, machine, state, name, outcome, to, choice, choices, reads, writes, messages }: StepEvent) {
    this.step = step;
    this.actor = actor;
    this.machine = machine;
    this.state = state;
    this.name = name;
    this.outcome = outcome;
    this.to = to;
    this.choice = choice;
    this.choices = choices;
    this.reads = reads;
    this.writes = writes;
    this.messages = messages;
  }

  /** It happens again. */
  again(step: number): this {
    this.step = step;
    if (this.messages.length > 0) this.messages = this.messages.map((message) => ({ ...message, step }));
    return this;
  }

  static is(event: StepEvent): boolean {
    return #made in event;
  }

  static madeOf<T>(event: StepEvent, make: (event: StepEvent) => T): T {
    if (!(#made in event)) return make(event);
    const makers = event.#makers;
    for (let k = 0; k < makers.length; k++) if (makers[k] === make) return event.#made[k] as T;
    const made = make(event);
    makers.push(make);
    event.#made.push(made);
    return made;
  }
}

/** Whether what is made of a step may be used again. */
export const isKept = (event: StepEvent): boolean => KeptStep.is(event);

/** What `make` makes of a step, which must not depend on its number; made once as long as the step is kept. `make` must be the same function each time. */
export const madeOfStep = <T>(event: StepEvent, make: (event: StepEvent) => T): T => KeptStep.madeOf(event, make);

/** Kept steps by their numbers. */
export class KeptSteps {
  private readonly keys = new Int32Array(KEPT * KEY);
  private readonly steps: (KeptStep | undefined)[] = Array<undefined>(KEPT).fill(undefined);
  /** What fell on a place last and was not there: it is kept when it comes again, since most of what comes once does not. */
  private readonly asked = new Int32Array(KEPT);
  private mixed = 0;

  /** The event of what was just executed, when the same was before: one object for all of them. Nobody else may have touched words in between. */
  find(step: number, last: Executed, log: ValueLog): StepEvent | undefined {
    if (log.count > MOST) return undefined;
    const { actor, leaf, outcome, choice, choices } = last;
    const { keys } = this;
    const { touches, count } = log;
    const words = count * TOUCH;
    let mixed = Math.imul(actor, 0x9e3779b1) ^ Math.imul(leaf, 0x85ebca6b) ^ Math.imul(outcome, 0xc2b2ae35) ^ Math.imul(choice, 0x27d4eb2f);
    for (let k = 0; k < words; k++) mixed = Math.imul(mixed ^ (mixed >>> 15) ^ touches[k]!, 0x85ebca6b);
    mixed ^= mixed >>> 13;
    this.mixed = mixed;
    const same = this.steps[mixed & (KEPT - 1)];
    if (same === undefined) return undefined;
    let at = (mixed & (KEPT - 1)) * KEY;
    if (keys[at] !== actor || keys[at + 1] !== leaf || keys[at + 2] !== outcome || keys[at + 3] !== choice || keys[at + 4] !== choices || keys[at + 5] !== count) return undefined;
    at += HEAD;
    for (let k = 0; k < words; k++) if (keys[at + k] !== touches[k]) return undefined;
    return same.again(step);
  }

  /** Keeps the event of what was just executed and not found, when it has come before. */
  offer(event: StepEvent, last: Executed, log: ValueLog): void {
    if (log.count > MOST) return;
    const { mixed } = this;
    const place = mixed & (KEPT - 1);
    if (this.asked[place] !== mixed) {
      this.asked[place] = mixed;
      return;
    }
    const at = place * KEY;
    this.keys.set([last.actor, last.leaf, last.outcome, last.choice, last.choices, log.count], at);
    this.keys.set(log.touches.subarray(0, log.count * TOUCH), at + HEAD);
    this.steps[place] = new KeptStep(event);
  }
}
