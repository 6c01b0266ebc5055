// How an action of a trace is held against the state of the model: what must be true for it to happen now, and what it leaves behind.

import { outcome } from '../../memory/outcome.ts';
import type { RunWorld } from '../../runtime/world.ts';
import { Actors, ANY_TIME, NO_TASK } from './actors.ts';
import type { Control, Controls } from './control.ts';
import { Covers } from './cover.ts';
import { EventMatcher } from './event-match.ts';
import { events } from './events.ts';
import type { Action } from './flow.ts';
import { functions, transparent } from './functions.ts';
import { plainName, rowOf } from './names.ts';
import { wrongReturn } from './returns.ts';
import { passable } from './skip.ts';
import type { TracedSystem } from './system.ts';
import { tasksOf, type Tasks } from './tasks.ts';
import { happens, passed, type Way, type Why } from './way.ts';

const spurious = outcome('spurious');
const MAP = ['mmu.fault:map'], SET = ['mmu.fault:unlock'], RUNNING = ['vcpu.call:run'];
const FAULT = rowOf('kvm_tdp_page_fault');

/** Its step happens with an event of its own; an event says before it that the actor has come here. */
const DOES = 1, AT = 2;

export class Matcher {
  readonly tasks: Tasks;
  readonly actors: Actors;
  /** The trace shows changes of leaves. */
  readonly showsLeaves: boolean;
  private readonly flow: readonly Action[];
  private readonly world: RunWorld;
  private readonly controls: Controls;
  private readonly covers: Covers;
  private readonly events: EventMatcher;
  /** Rows of the functions that were traced. */
  private readonly traced: ReadonlySet<number>;
  private readonly isPassable: Uint8Array;
  /** By leaf: DOES, AT, or 0. */
  private readonly shows: Uint8Array;

  constructor(world: RunWorld, system: TracedSystem, flow: readonly Action[], controls: Controls, traced: ReadonlySet<number>) {
    this.world = world;
    this.flow = flow;
    this.controls = controls;
    this.traced = traced;
    this.tasks = tasksOf(flow, system);
    this.actors = new Actors(world, system);
    const covers = new Covers(world.kernel, functions, traced);
    this.covers = covers;
    this.events = new EventMatcher(world, system, this.actors, controls, covers, (actor, control) => this.mayMove(actor, control));
    this.isPassable = passable(flow, (gfn) => this.actors.gfn(gfn) >= 0);
    this.showsLeaves = flow.some(({ kind }) => kind === 'event');
    this.shows = Uint8Array.from(world.kernel.table.leaves, ({ number }) => {
      const row = this.showsLeaves ? events.find((one) => one.how !== 'leaf' && covers.isAt(number, one.at)) : undefined;
      return row === undefined ? 0 : row.how === 'does' ? DOES : AT;
    });
  }

  /** The functions that are open, as far as the actor's machine is ever in them. */
  private openFor(actor: number, open: readonly number[]): readonly number[] {
    if (open.length === 0) return open;
    const rows = this.covers.rowsOf.get(this.world.topology.actors[actor - 1]!.machine);
    return rows === undefined ? [] : open.filter((row) => rows.has(row));
  }

  /** Does the leaf's step happen with the functions that are open? */
  private fits(actor: number, leaf: number, task: number, control: Control): boolean {
    if (task === ANY_TIME) return true;
    if (task === NO_TASK) return this.covers.around[leaf]!.every(({ optional }) => optional);
    return this.covers.fits(leaf, this.openFor(actor, control.tasks[task]!.open));
  }

  /** May an actor execute its next step without the trace showing it? */
  mayMove(actor: number, control: Control): boolean {
    const { leaf } = this.actors.frame(actor);
    const task = this.actors.taskOf(actor, control);
    const shows = task === ANY_TIME ? 0 : this.shows[leaf];
    if (shows === DOES || (shows === AT && !this.isAnnounced(leaf, task, control))) return false;
    return this.fits(actor, leaf, task, control);
  }

  /** May the step of a leaf be executed without the trace showing it, with the functions open that are open now? */
  mayHide(actor: number, leaf: number, control: Control): boolean {
    return this.shows[leaf] === 0 && this.fits(actor, leaf, this.actors.taskOf(actor, control), control);
  }

  /** The same for the same functions, as far as they concern an actor. */
  openKey(actor: number, control: Control): string {
    const task = this.actors.taskOf(actor, control);
    return task < 0 ? String(task) : this.openFor(actor, control.tasks[task]!.open).join();
  }

  /** Is it a vCPU in KVM_RUN, and not on its way back? */
  isRunning(actor: number): boolean {
    return this.covers.isAt(this.actors.frame(actor).leaf, RUNNING);
  }

  /** Has the trace said that the task has come to this leaf, or has it no reason to? */
  private isAnnounced(leaf: number, task: number, control: Control): boolean {
    if (task < 0) return false;
    const { shown, mapped } = control.tasks[task]!;
    // A leaf that was there already is not set.
    return shown === leaf || (mapped === spurious && this.covers.isAt(leaf, SET));
  }

  /** The ways in which action `i` can happen in the state as it is. `why` gathers why it cannot. */
  ways(i: number, control: Control, why?: Why): Way[] {
    const action = this.flow[i]!;
    const task = this.tasks.of[i]!;
    if (task < 0) return [passed(control, 'another task')];
    const { skipUntil, skipped } = control.tasks[task]!;
    if (i < skipUntil) return [passed(control, skipped)];
    if (action.kind === 'event') return this.events.ways(action, task, control, why);
    const row = rowOf(action.name);
    if (row < 0) return [passed(control, transparent[plainName(action.name)] ?? 'a function that the table has not')];
    if (!this.traced.has(row)) return [passed(control, 'a function that was not among the traced ones')];
    return action.kind === 'enter' ? this.enter(i, row, task, control, why) : this.leave(action, row, task, control, why);
  }

  /** A function is entered: somebody of the task stands in it, who stood outside. */
  private enter(i: number, row: number, task: number, control: Control, why: Why): Way[] {
    const { partner, name } = this.flow[i]!;
    const own = control.tasks[task]!;
    const skip = (skipped: string): Way => passed(this.controls.withTask(control, task, { skipUntil: partner < 0 ? this.flow.length : partner + 1, skipped }), skipped);
    if (own.foreignFault && row === FAULT) return [skip('a page that is none of the case')];
    const ways: Way[] = [];
    const open = [...own.open, row];
    for (const actor of this.actors.of(task, control)) {
      const concerns = this.openFor(actor, open);
      if (concerns.at(-1) !== row || !this.covers.within(this.actors.frame(actor).leaf, concerns)) continue;
      ways.push(happens(this.controls.withTask(control, task, { open, by: [...own.by, actor], ...(row === FAULT ? { mapped: -1 } : {}) })));
      break;
    }
    const { others } = functions[row]!;
    if (others !== undefined && this.isPassable[i] !== 0) ways.push({ ...skip(others), guess: true });
    if (ways.length === 0) why?.(`'${name}' is not what comes next: ${this.actors.standing(task, control)}`);
    return ways;
  }

  /** A function returns: nobody of the task stands in it any more, and its value is that of the model. */
  private leave({ partner, name, ret }: Action, row: number, task: number, control: Control, why: Why): Way[] {
    const own = control.tasks[task]!;
    const no = (reason: string): Way[] => {
      why?.(reason);
      return [];
    };
    if (partner < 0) return [passed(control, 'a function that was entered before the trace began')];
    if (own.open.at(-1) !== row) return no(`'${name}' is not the function that is open`);
    if (own.pending.length > 0) return no(`'${name}' returns, and a leaf that went in it was not shown: gfn ${this.actors.gfnText(own.pending[0]!)}`);
    for (const actor of this.actors.of(task, control)) {
      const concerns = this.openFor(actor, own.open);
      if (concerns.at(-1) === row && this.covers.within(this.actors.frame(actor).leaf, concerns)) return no(`'${name}' returns, but is not done: ${this.actors.describe(actor)}`);
    }
    const { returns } = functions[row]!;
    const problem = ret === undefined || returns === undefined ? undefined
      : wrongReturn(returns, BigInt.asIntN(32, ret), this.actors.frame(own.by.at(-1)!), this.covers, own);
    if (problem !== undefined) return no(`'${name}' returns ${ret}, in the model ${problem}`);
    return [happens(this.controls.withTask(control, task, { open: own.open.slice(0, -1), by: own.by.slice(0, -1) }))];
  }

  /** Notes what a step has done that return values and later events are held against. */
  afterStep(control: Control, actor: number, leaf: number, result: number): Control {
    const task = this.actors.taskOf(actor, control);
    if (task < 0) return control;
    const isMap = this.covers.isAt(leaf, MAP);
    if (!isMap && control.tasks[task]!.shown !== leaf) return control;
    return this.controls.withTask(control, task, { shown: -1, ...(isMap ? { mapped: result } : {}) });
  }

  /** What the trace may show next of a task, as the state is; empty where hidden steps come first. */
  next(task: number, control: Control): string[] {
    const result: string[] = [];
    for (const actor of this.actors.of(task, control)) {
      if (!this.actors.isWorking(actor)) continue;
      const { leaf } = this.actors.frame(actor);
      const concerns = this.openFor(actor, control.tasks[task]!.open);
      if (this.covers.fits(leaf, concerns)) {
        const event = this.shows[leaf] === 0 || this.isAnnounced(leaf, task, control) ? undefined : events.find((row) => row.how !== 'leaf' && this.covers.isAt(leaf, row.at));
        if (event !== undefined) result.push(`${event.name}: ${event.says}`);
      } else if (this.covers.within(leaf, concerns)) {
        const entered = this.covers.around[leaf]![concerns.length];
        if (entered !== undefined) result.push(`'${functions[entered.row]!.names[0]}' is entered: ${this.world.leafOf(actor).description}`);
      } else if (concerns.length > 0) result.push(`'${functions[concerns.at(-1)!]!.names[0]}' returns`);
    }
    return result;
  }

  /** Number of the vCPU to which an interrupt may come, so that action `i` takes it out of the guest; -1: none. */
  mayInterrupt(i: number, control: Control): number {
    const task = this.tasks.of[i]!;
    return task < 0 ? -1 : this.events.mayInterrupt(this.flow[i]!, task, control);
  }
}
