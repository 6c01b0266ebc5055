// How an action of a trace is held against the state of the model: what must be true for it to happen now, and what it leaves behind.

import { outcome } from '../../memory/outcome.ts';
import type { FrameView, RunWorld } from '../../runtime/world.ts';
import type { Control, Controls, TaskControl } from './control.ts';
import { Covers } from './cover.ts';
import { events, unmappedEvents } from './events.ts';
import { attributesOf, exitKind, gfnOf, levelOf, pfnOf, userspaceExit } from './fields.ts';
import type { Action } from './flow.ts';
import { functions, transparent, type Returns } from './functions.ts';
import { eventRow, plainName, rowOf } from './names.ts';
import { passable } from './skip.ts';
import type { TracedSystem } from './system.ts';
import { MAIN, vcpuOf, type Tasks } from './tasks.ts';

/** One way in which an action can be taken. */
export interface Way {
  readonly control: Control;
  /** Actor whose step happens with it; 0: none does. */
  readonly actor: number;
  /** gfn whose leaf that step must change; -1: none. */
  readonly leaf: number;
  /** Empty: it stands for something in the model. Else why it is passed over. */
  readonly passedOver: string;
  /** It may as well be that the model has to do something first. */
  readonly guess?: true;
}

const fixed = outcome('fixed');
const spurious = outcome('spurious');
const stale = outcome('stale');

/** RET_PF_RETRY, RET_PF_FIXED, RET_PF_SPURIOUS of the kernel. */
const PF = { RETRY: 1n, FIXED: 5n, SPURIOUS: 6n } as const;
/** KVM_EXIT_HYPERCALL, HLT, MMIO, MEMORY_FAULT, INTR of the kernel's interface, by the model's number. */
const EXITS: Readonly<Record<number, number>> = { 1: 39, 2: 3, 3: 6, 4: 5, 5: 10 };

const DOES = 1, AT = 2;

/** Who stands where, and who may move. */
export class Matcher {
  readonly covers: Covers;
  readonly flow: readonly Action[];
  readonly tasks: Tasks;
  private readonly world: RunWorld;
  private readonly system: TracedSystem;
  private readonly controls: Controls;
  private readonly traced: ReadonlySet<number>;
  private readonly isPassable: Uint8Array;
  /** By leaf: DOES, its step happens with an event of its own; AT, an event says before it that the actor has come here; or 0. */
  private readonly shows: Uint8Array;
  readonly showsLeaves: boolean;
  /** By actor: 'main', 'vcpu', or 'free' for what no task of the trace does. */
  private readonly belongs: readonly number[];
  private readonly isVcpu: readonly boolean[];

  constructor(world: RunWorld, system: TracedSystem, flow: readonly Action[], tasks: Tasks, controls: Controls, traced: ReadonlySet<number>) {
    this.world = world;
    this.system = system;
    this.flow = flow;
    this.tasks = tasks;
    this.controls = controls;
    this.traced = traced;
    this.covers = new Covers(world.kernel, functions, traced);
    this.isPassable = passable(flow, (gfn) => this.gfn(gfn) >= 0);
    const hasEvents = flow.some(({ kind }) => kind === 'event');
    this.showsLeaves = hasEvents;
    this.shows = Uint8Array.from(world.kernel.table.leaves, ({ number }) => {
      const row = hasEvents ? events.find((one) => one.how !== 'leaf' && this.isAt(number, one.at)) : undefined;
      return row === undefined ? 0 : row.how === 'does' ? DOES : AT;
    });
    // Interrupts are nobody's; what belongs to a vCPU moves in the task that runs it; all others in the main task.
    this.belongs = [0, ...world.topology.actors.map(({ machine, vcpu, thread }) => {
      if (machine === 'hardware') return -2;
      if (machine === 'vcpu') return vcpu;
      const own = world.topology.actors.find((one) => one.machine === 'vcpu' && one.thread === thread && thread >= 0);
      return own === undefined ? -1 : own.vcpu;
    })];
    this.isVcpu = [false, ...world.topology.actors.map(({ machine }) => machine === 'vcpu')];
  }

  /** Compact number of a page of the system; -1: it is none of its pages. */
  gfn(page: bigint): number {
    return page > 0xffff_ffff_ffffn ? -1 : this.world.facts.gfns.find(page);
  }

  /** A page of the system as the kernel writes it. */
  gfnText(gfn: number): string {
    return this.world.facts.gfns.real(gfn).toString(16);
  }

  /** Number of the task that an actor moves in; -1: in none that the trace shows; -2: whenever it likes. */
  taskOf(actor: number, { runs }: Control): number {
    const belongs = this.belongs[actor]!;
    return belongs === -2 ? -2 : belongs === -1 ? MAIN : runs[belongs]!;
  }

  private isAt(leaf: number, places: readonly string[]): boolean {
    return places.some((text) => {
      const [fragment, states] = text.split(':') as [string, string];
      return states.split(',').some((state) => this.covers.places[leaf]!.includes(`${fragment}:${state}`));
    });
  }

  /** The functions that are open, as far as they concern a machine. */
  private openFor(actor: number, open: readonly number[]): readonly number[] {
    if (open.length === 0) return open;
    const rows = this.covers.rowsOf.get(this.world.topology.actors[actor - 1]!.machine);
    return rows === undefined ? [] : open.filter((row) => rows.has(row));
  }

  /** May an actor execute its next step without the trace showing it? */
  mayMove(actor: number, control: Control): boolean {
    const leaf = this.world.frames[actor]!.leaf;
    const task = this.taskOf(actor, control);
    if (task === -2) return true;
    if (this.shows[leaf] === DOES || (this.shows[leaf] === AT && !this.isAnnounced(leaf, task, control))) return false;
    if (task === -1) return this.covers.around[leaf]!.every(({ optional }) => optional);
    return this.covers.fits(leaf, this.openFor(actor, control.tasks[task]!.open));
  }

  /** May the step of a leaf be executed without the trace showing it, with the functions open that are open now? */
  mayHide(actor: number, leaf: number, control: Control): boolean {
    if (this.shows[leaf] !== 0) return false;
    const task = this.taskOf(actor, control);
    if (task < 0) return task === -2 || this.covers.around[leaf]!.every(({ optional }) => optional);
    return this.covers.fits(leaf, this.openFor(actor, control.tasks[task]!.open));
  }

  /** The same for the same functions, as far as they concern an actor. */
  openKey(actor: number, control: Control): string {
    const task = this.taskOf(actor, control);
    return task < 0 ? String(task) : this.openFor(actor, control.tasks[task]!.open).join();
  }

  /** Is a vCPU in KVM_RUN, and not on its way back? */
  isRunning(actor: number): boolean {
    return !this.isVcpu[actor] || this.covers.places[this.frame(actor).leaf]!.includes('vcpu.call:run');
  }

  /** Has the trace said that the task has come to this leaf, or has it no reason to? */
  private isAnnounced(leaf: number, task: number, control: Control): boolean {
    if (task < 0) return false;
    const { shown, mapped } = control.tasks[task]!;
    // A leaf that was there already is not set.
    return shown === leaf || (mapped === spurious && this.isAt(leaf, ['mmu.fault:unlock']));
  }

  /** Actors of a task. */
  *actorsOf(task: number, control: Control): Generator<number> {
    for (let actor = 1; actor < this.belongs.length; actor++) if (this.taskOf(actor, control) === task) yield actor;
  }

  private frame(actor: number): FrameView {
    return this.world.frames[actor]!;
  }

  /** The vCPU that a task runs now; 0: none. */
  private vcpuIn(task: number, control: Control, number = -1): number {
    for (const actor of this.actorsOf(task, control)) {
      if (this.isVcpu[actor] && (number < 0 || this.system.vcpuIds[this.frame(actor).vcpu] === number)) return actor;
    }
    return 0;
  }

  /** The ways in which action `i` can happen in the state as it is. `why` gathers why it cannot. */
  ways(i: number, control: Control, why?: (reason: string) => void): Way[] {
    const action = this.flow[i]!;
    const task = this.tasks.of[i]!;
    const passed = (passedOver: string, next = control): Way => ({ control: next, actor: 0, leaf: -1, passedOver });
    if (task < 0) return [passed('another task')];
    const own = control.tasks[task]!;
    if (i < own.skipUntil) return [passed(own.skipped)];
    if (action.kind === 'event') return this.event(action, task, own, control, passed, why);
    const name = plainName(action.name);
    const row = rowOf(name);
    if (row < 0) return [passed(transparent[name] === undefined ? 'a function that the table has not' : transparent[name])];
    if (!this.traced.has(row)) return [passed('a function that was not among the traced ones')];
    return action.kind === 'enter' ? this.enter(i, row, task, own, control, passed, why) : this.leave(action, row, task, own, control, passed, why);
  }

  private enter(i: number, row: number, task: number, own: TaskControl, control: Control, passed: (why: string, next?: Control) => Way, why?: (reason: string) => void): Way[] {
    const { partner, name } = this.flow[i]!;
    const skip = (reason: string): Way => passed(reason, this.controls.withTask(control, task, { skipUntil: partner < 0 ? this.flow.length : partner + 1, skipped: reason }));
    if (own.foreignFault && functions[row]!.names.includes('kvm_tdp_page_fault')) return [skip('a page that is none of the case')];
    const open = [...own.open, row];
    const ways: Way[] = [];
    for (const actor of this.actorsOf(task, control)) {
      const concerns = this.openFor(actor, open);
      if (concerns.at(-1) !== row || !this.covers.within(this.frame(actor).leaf, concerns)) continue;
      ways.push({ control: this.controls.withTask(control, task, { open, by: [...own.by, actor], ...(name === 'kvm_tdp_page_fault' ? { mapped: -1 } : {}) }), actor: 0, leaf: -1, passedOver: '' });
      break;
    }
    const { others } = functions[row]!;
    if (others !== undefined && this.isPassable[i] !== 0) ways.push({ ...skip(others), guess: true });
    if (ways.length === 0) why?.(`'${name}' is not what comes next${this.standing(task, control)}`);
    return ways;
  }

  private leave({ partner, name, ret }: Action, row: number, task: number, own: TaskControl, control: Control, passed: (why: string) => Way, why?: (reason: string) => void): Way[] {
    if (partner < 0) return [passed('a function that was entered before the trace began')];
    if (own.open.at(-1) !== row) return [];
    if (own.pending.length > 0) {
      why?.(`leaves that '${name}' has changed were not shown`);
      return [];
    }
    for (const actor of this.actorsOf(task, control)) {
      const concerns = this.openFor(actor, own.open);
      if (concerns.at(-1) !== row) continue;
      const { leaf } = this.frame(actor);
      if (this.covers.within(leaf, concerns)) {
        why?.(`'${name}' returns, but is not done: ${this.describe(actor)}`);
        return [];
      }
    }
    const { returns } = functions[row]!;
    if (ret !== undefined && returns !== undefined) {
      const problem = this.wrongReturn(returns, BigInt.asIntN(32, ret), own.by.at(-1)!, own);
      if (problem !== undefined) {
        why?.(`'${name}' returns ${ret}, in the model ${problem}`);
        return [];
      }
    }
    return [{ control: this.controls.withTask(control, task, { open: own.open.slice(0, -1), by: own.by.slice(0, -1) }), actor: 0, leaf: -1, passedOver: '' }];
  }

  /** What the model says about a return value that is none of the model's; nothing when it agrees. */
  private wrongReturn(returns: Returns, ret: bigint, actor: number, { mapped }: TaskControl): string | undefined {
    const frame = this.frame(actor);
    const errno = BigInt(frame['errno'] ?? 0);
    const { leaf } = frame;
    const inFault = this.covers.places[leaf]!.some((place) => place.startsWith('mmu.fault:'));
    const failing = inFault && this.isAt(leaf, ['mmu.fault:memoryFault']);
    const failed = ret < 0n ? -ret : 0n;
    const says = (what: string | undefined): string | undefined => what;
    switch (returns) {
      case 'errno':
        if (inFault) return says((ret < 0n) === failing ? undefined : failing ? 'it fails' : 'it succeeds');
        return says(failed === errno ? undefined : errno === 0n ? 'it succeeds' : `it fails with errno ${errno}`);
      case 'flush': return undefined;
      case 'stale': {
        const isStale = this.isAt(leaf, ['mmu.fault:unlockStale']);
        return says((ret !== 0n) === isStale ? undefined : isStale ? 'the fault is stale' : 'the fault is not stale');
      }
      case 'faultin':
        if (ret === 0n) return says(inFault && !failing ? undefined : errno === 0n ? 'the fault is given up and tried again' : `the fault fails with errno ${errno}`);
        if (inFault && !failing) return 'the fault goes on with the page';
        return says(ret < 0n ? (failed === errno ? undefined : `the errno is ${errno}`) : errno === 0n ? undefined : `the fault fails with errno ${errno}`);
      case 'fault': {
        if (ret < 0n || errno !== 0n) return says(failed === errno ? undefined : `the errno is ${errno}`);
        const is = mapped === fixed ? PF.FIXED : mapped === spurious ? PF.SPURIOUS : mapped === stale ? PF.RETRY : PF.RETRY;
        return says(ret === is ? undefined : `it is ${is}: the leaf is ${mapped === fixed ? 'new' : mapped === spurious ? 'there already' : 'not installed'}`);
      }
    }
  }

  private event({ name, fields }: Action, task: number, own: TaskControl, control: Control, passed: (why: string, next?: Control) => Way, why?: (reason: string) => void): Way[] {
    const row = eventRow(name);
    if (row === undefined) return [passed(unmappedEvents[name] ?? 'an event that the table has not')];
    const page = gfnOf(name, fields);
    const gfn = page === undefined ? -1 : this.gfn(page);
    const foreign = page !== undefined && gfn < 0;
    const yes = (change: Partial<TaskControl> = {}, actor = 0, leaf = -1): Way[] =>
      [{ control: Object.keys(change).length === 0 ? control : this.controls.withTask(control, task, change), actor, leaf, passedOver: '' }];
    const no = (reason: string): Way[] => {
      why?.(reason);
      return [];
    };
    const vcpu = this.vcpuIn(task, control, name === 'kvm_entry' || name === 'kvm_exit' || name === 'kvm_page_fault' ? vcpuOf(fields) : -1);
    // What was said of a place is said once.
    const at = (actor: number): boolean => actor > 0 && this.isAt(this.frame(actor).leaf, row.at) && own.shown !== this.frame(actor).leaf;
    switch (name) {
      case 'kvm_entry':
        return at(vcpu) ? yes({ foreignFault: false }, vcpu) : no(this.where(vcpu, 'does not enter the guest now'));
      case 'kvm_exit': {
        if (!at(vcpu)) return no(this.where(vcpu, 'does not leave the guest now'));
        const kind = foreign ? 'other' : exitKind(fields);
        const actual = this.exitOf(vcpu);
        if (kind !== actual) return no(`the vCPU leaves the guest for another reason: ${actual}`);
        if (kind === 'fault' && this.frame(vcpu)['gfn'] !== gfn) return no('the vCPU leaves the guest by a fault of another page');
        return yes({}, vcpu);
      }
      case 'kvm_page_fault':
        if (foreign) return [passed('a page that is none of the case', this.controls.withTask(control, task, { foreignFault: true }))];
        return at(vcpu) && this.frame(vcpu)['gfn'] === gfn ? yes({ shown: this.frame(vcpu).leaf }) : no(this.where(vcpu, 'has no fault of this page now'));
      case 'kvm_tdp_mmu_spte_changed': {
        if (levelOf(fields) !== 1) return [passed('page tables above the leaves are not modelled')];
        if (foreign) return [passed('a page that is none of the case')];
        if (own.pending.includes(gfn)) return yes({ pending: own.pending.filter((one) => one !== gfn) });
        const ways: Way[] = [];
        for (const actor of this.actorsOf(task, control)) {
          if (!this.world.leafOf(actor).idle && this.mayMove(actor, control)) ways.push(...yes({}, actor, gfn));
        }
        if (ways.length === 0) why?.('nobody changes a leaf of this page now');
        return ways;
      }
      case 'kvm_mmu_spte_requested': case 'kvm_mmu_set_spte':
        if (foreign) return [passed('a page that is none of the case')];
        if (levelOf(fields) !== 1) return [passed('page tables above the leaves are not modelled')];
        for (const actor of this.actorsOf(task, control)) {
          if (!at(actor) || this.frame(actor)['gfn'] !== gfn) continue;
          return this.sameFrame(control, this.frame(actor)['pfn']!, pfnOf(fields), yes({ shown: this.frame(actor).leaf })[0]!, no);
        }
        return no(this.where(vcpu, 'does not install this leaf now'));
      case 'kvm_vm_set_mem_attributes': {
        const asked = this.system.told[control.step - 1]?.attributes;
        const range = attributesOf(fields);
        if (asked === undefined || range === undefined || asked.start !== range.start || asked.end !== range.end || asked.value !== range.value) return no('the step of the case that is under way sets no such attributes');
        for (const actor of this.actorsOf(task, control)) if (at(actor)) return yes({ shown: this.frame(actor).leaf });
        return no('nobody is about to set attributes');
      }
      case 'kvm_userspace_exit': {
        if (!at(vcpu)) return no(this.where(vcpu, 'does not return to userspace now'));
        const exit = userspaceExit(fields);
        const errno = this.frame(vcpu)['errno']!;
        const reason = this.world.objects.kvm_run(this.frame(vcpu).vcpu).exit_reason;
        if (exit !== undefined && 'errno' in exit && exit.errno !== errno) return no(`KVM_RUN returns errno ${errno}`);
        if (exit !== undefined && 'exit' in exit && (errno !== 0 || (EXITS[reason] ?? exit.exit) !== exit.exit)) return no(`KVM_RUN returns for another reason (${errno === 0 ? `exit ${EXITS[reason] ?? 'unknown'}` : `errno ${errno}`})`);
        return yes({ foreignFault: false, shown: this.frame(vcpu).leaf });
      }
      default: return [passed('an event that the table has not')];
    }
  }

  /** The page frame that the trace shows must be that of the model, by whatever number, as long as the page lives. */
  private sameFrame(control: Control, pfn: number, shown: string | undefined, way: Way, no: (reason: string) => Way[]): Way[] {
    if (shown === undefined || pfn === 0) return [way];
    const isFile = this.world.objects.folio(pfn).mapping !== 0 ? 1 : 0;
    const known = control.frames.find(([one]) => one === pfn);
    if (known?.[1] === shown) return [way];
    if (known !== undefined && isFile !== 0) return no(`the page is another one: in the model it is still the one that was pfn ${known[1]}`);
    // A page of anonymous memory may have been the zero page before.
    if (control.frames.some(([one, text, file]) => one !== pfn && text === shown && (file !== 0 || isFile !== 0))) {
      return no(`the page is another one: pfn ${shown} was ${isFile !== 0 ? 'not this page of the file' : 'a page of a file'}, and is still in use`);
    }
    const frames = [...control.frames.filter(([one]) => one !== pfn), [pfn, shown, isFile] as const].toSorted((a, b) => a[0] - b[0]);
    return [{ ...way, control: this.controls.of({ ...way.control, frames }) }];
  }

  /** By what the vCPU, which is about to leave guest mode, leaves it. */
  private exitOf(actor: number): 'fault' | 'halt' | 'hypercall' | 'other' {
    const places = this.covers.places[this.frame(actor).leaf]!;
    if (places.includes('vcpu.run:tlbMiss')) return 'fault';
    if (places.includes('vcpu.run:interrupted')) return this.world.objects.kvm_run(this.frame(actor).vcpu).hypercall_ret !== 0 ? 'hypercall' : 'other';
    return this.world.objects.kvm_run(this.frame(actor).vcpu).exit_reason === 2 ? 'hypercall' : 'halt';
  }

  private where(actor: number, problem: string): string {
    return actor === 0 ? 'the task runs no vCPU now' : `the vCPU ${problem}: ${this.describe(actor)}`;
  }

  /** Where those of a task stand who are in the middle of something. */
  private standing(task: number, control: Control): string {
    const places: string[] = [];
    for (const actor of this.actorsOf(task, control)) {
      const { idle, final, step } = this.world.leafOf(actor);
      if (!idle && !final && !step.startsWith('vmm.')) places.push(this.describe(actor));
    }
    return places.length === 0 ? ': no call is in progress' : `: ${places.join('; ')}`;
  }

  /** Where an actor stands, in words. */
  describe(actor: number): string {
    const { path, description } = this.world.leafOf(actor);
    return `${this.world.topology.actors[actor - 1]!.name} stands at '${path}' (${description})`;
  }

  /** Notes what a step has done that return values and later events are held against. */
  afterStep(control: Control, actor: number, leaf: number, result: number): Control {
    const task = this.taskOf(actor, control);
    if (task < 0) return control;
    const isMap = this.isAt(leaf, ['mmu.fault:map']);
    if (!isMap && control.tasks[task]!.shown !== leaf) return control;
    return this.controls.withTask(control, task, { shown: -1, ...(isMap ? { mapped: result } : {}) });
  }

  /** What the trace may show next of a task, as the state is; empty where hidden steps come first. */
  next(task: number, control: Control): string[] {
    const { open } = control.tasks[task]!;
    const result: string[] = [];
    for (const actor of this.actorsOf(task, control)) {
      const info = this.world.leafOf(actor);
      if (info.idle || info.final || info.step.startsWith('vmm.')) continue;
      const concerns = this.openFor(actor, open);
      const { leaf } = this.frame(actor);
      const event = this.shows[leaf] === 0 ? undefined : events.find((row) => row.how !== 'leaf' && this.isAt(leaf, row.at));
      if (this.covers.fits(leaf, concerns)) {
        if (event !== undefined && !this.isAnnounced(leaf, task, control)) result.push(`${event.name}: ${event.says}`);
      } else if (this.covers.within(leaf, concerns)) {
        const entered = this.covers.around[leaf]![concerns.length];
        if (entered !== undefined) result.push(`'${functions[entered.row]!.names[0]}' is entered: ${info.description}`);
      } else if (concerns.length > 0) result.push(`'${functions[concerns.at(-1)!]!.names[0]}' returns`);
    }
    return result;
  }

  /** An interrupt may come to the vCPU that the next action takes out of the guest. Answers its number; -1: none may. */
  mayInterrupt(i: number, control: Control): number {
    const { kind, name, fields } = this.flow[i]!;
    const task = this.tasks.of[i]!;
    if (kind !== 'event' || name !== 'kvm_exit' || task < 0) return -1;
    const page = gfnOf(name, fields);
    if (exitKind(fields) !== 'other' && !(page !== undefined && this.gfn(page) < 0)) return -1;
    const actor = this.vcpuIn(task, control, vcpuOf(fields));
    if (actor === 0 || !this.isAt(this.frame(actor).leaf, ['vcpu.run:guest'])) return -1;
    const { vcpu } = this.frame(actor);
    return this.world.objects.interrupt(vcpu).pending === 0 ? vcpu : -1;
  }
}
