// A step with everything about it: who, in which state, what it read and wrote, what it sent. Made by executing it again.

import { outcomeName } from '../memory/outcome.ts';
import type { Kernel } from '../kernel/define.ts';
import type { Topology } from '../scenario/topology.ts';
import type { Injection } from '../memory/injection.ts';
import { NO_CHOICE, OUTSIDE_ACTOR, RECORD, type TraceBatch } from '../trace/batch.ts';
import { Accesses } from './accesses.ts';
import { Describer, type Place } from './describe.ts';
import { applyInjection, OUTSIDE } from './injection.ts';
import { messagesOf, type Message } from './messages.ts';
import { preparedWorld } from './prepared.ts';
import { ValueLog } from './values.ts';
import { LaboratoryError, type RunWorld } from './world.ts';

export type { Message } from './messages.ts';

/** A word that a step read or wrote. The same access, with the same values, may be the same object in many steps: it does not change. */
export interface Access extends Place {
  /** Written: what was there before. */
  readonly old?: number | undefined;
  /** Read, or left there. */
  readonly value: number;
  /** What the value means, where it is more than a number. */
  readonly text?: string | undefined;
}

export interface StepEvent {
  /** Counts from 1. */
  readonly step: number;
  /** Its name; `outside` for what came in from there, which is all that is so. */
  readonly actor: string;
  readonly machine: string;
  /** State in which the actor was. */
  readonly state: string;
  /** Name of the step. */
  readonly name: string;
  readonly outcome: string;
  /** State that it led to. */
  readonly to: string;
  /** The free choice, and of how many. */
  readonly choice?: number;
  readonly choices?: number;
  readonly reads: readonly Access[];
  readonly writes: readonly Access[];
  readonly messages: readonly Message[];
  /** What came in. */
  readonly injection?: Injection;
}

/** Describes the step that a world has just executed, from what its log has kept. */
export class EventMaker {
  private readonly world: RunWorld;
  private readonly log: ValueLog;
  private readonly accesses: Accesses;
  private readonly frames: number;

  constructor(world: RunWorld, log: ValueLog) {
    this.world = world;
    this.log = log;
    this.accesses = new Accesses(new Describer(world));
    this.frames = world.plan.byName.get('frame')!.fields.find((field) => field.name === 'leaf')!.offset;
  }

  /** `injection`: what came in, if that is the step. */
  event(step: number, injection?: Injection): StepEvent {
    const { last, table, topology } = this.world;
    const from = last.actor === OUTSIDE_ACTOR ? OUTSIDE : topology.actors[last.actor - 1]!.name;
    const { reads, writes } = this.touched();
    const messages = messagesOf(this.world, { step, from, reads, writes });
    if (last.actor === OUTSIDE_ACTOR) {
      return { step, actor: from, machine: OUTSIDE, state: OUTSIDE, name: 'inject', outcome: 'ok', to: OUTSIDE, reads, writes, messages, ...(injection ? { injection } : {}) };
    }
    const leaf = table.leaves[last.leaf]!;
    const { machine, path: state, step: name } = leaf;
    const outcome = outcomeName(last.outcome);
    const to = table.leaves[last.to]!.path;
    if (last.choices === 0) return { step, actor: from, machine, state, name, outcome, to, reads, writes, messages };
    return { step, actor: from, machine, state, name, outcome, to, choice: last.choice, choices: last.choices, reads, writes, messages };
  }

  /** What the step has read and written. */
  private touched(): { reads: Access[]; writes: Access[] } {
    const { last, frames } = this.world;
    // Where the actor is, is control: `state` and `to` say it. What comes in looks where its receiver is.
    const programCounter = (frames[last.actor]?.base ?? -1) + this.frames;
    const { log, accesses } = this;
    // Lists of the right length: what grows takes more room than most steps need.
    const reads: Access[] = log.reads === 0 ? [] : Array<Access>(log.reads);
    const writes: Access[] = log.writes === 0 ? [] : Array<Access>(log.writes);
    let [nextRead, nextWrite] = [0, 0];
    for (let place = 0; place < log.count; place++) {
      const id = log.idAt(place);
      const cell = log.cellAt(place);
      if (last.actor === OUTSIDE_ACTOR ? frames.some((frame) => frame?.id === id) : cell === programCounter) continue;
      if (log.isRead(place)) reads[nextRead++] = accesses.read(id, cell, log.beforeAt(place));
      if (log.isWritten(place)) writes[nextWrite++] = accesses.written(id, cell, log.beforeAt(place), log.afterAt(place));
    }
    reads.length = nextRead;
    writes.length = nextWrite;
    return { reads, writes };
  }
}

/** Executes the batches of a run again, on a memory of its own, right behind the run. */
export class Expander {
  private readonly world: RunWorld;
  private readonly log: ValueLog;
  private readonly maker: EventMaker;

  constructor(kernel: Kernel, topology: Topology) {
    const { world, observer } = preparedWorld(kernel, topology, (_objects, words) => new ValueLog(words));
    this.world = world;
    this.log = observer;
    this.maker = new EventMaker(world, observer);
  }

  *expand({ first, count, records, injections }: TraceBatch): Generator<StepEvent> {
    let next = 0;
    for (let k = 0; k < count; k++) {
      const at = k * RECORD.WORDS;
      const choice = records[at + RECORD.CHOICE]!;
      this.log.clear();
      const injection = records[at] === OUTSIDE_ACTOR ? injections![next++] : undefined;
      if (injection === undefined) this.world.step(records[at]!, () => (choice === NO_CHOICE ? 0 : choice));
      else if (!applyInjection(this.world, injection)) throw new LaboratoryError(`what came in by step ${first + k} does not come in when it is executed again`);
      yield this.maker.event(first + k, injection);
    }
  }
}
