// How an event of a trace is held against the state of the model.

import { EXIT_HLT, EXIT_HYPERCALL, EXIT_INTR, EXIT_MEMORY_FAULT, EXIT_MMIO } from '../../memory/layouts/vcpu.ts';
import type { RunWorld } from '../../runtime/world.ts';
import type { Actors } from './actors.ts';
import type { Control, Controls, TaskControl } from './control.ts';
import type { Covers } from './cover.ts';
import { unmappedEvents, type EventRow } from './events.ts';
import { attributesOf, exitKind, gfnOf, levelOf, pfnOf, userspaceExit } from './fields.ts';
import type { Action } from './flow.ts';
import { eventRow } from './names.ts';
import { noteFrame } from './page-frames.ts';
import type { TracedSystem } from './system.ts';
import { vcpuOf } from './tasks.ts';
import { happens, passed, type Way, type Why } from './way.ts';

/** Number of an exit in the kernel's interface, by the model's. */
const EXITS: Readonly<Record<number, number>> = { [EXIT_HYPERCALL]: 3, [EXIT_HLT]: 5, [EXIT_MMIO]: 6, [EXIT_INTR]: 10, [EXIT_MEMORY_FAULT]: 39 };

const FOREIGN = 'a page that is none of the case';
const ABOVE = 'page tables above the leaves are not modelled';
const GUEST = ['vcpu.run:guest'], FAULTED = ['vcpu.run:tlbMiss'], INTERRUPTED = ['vcpu.run:interrupted'];

/** An event, in its task, in a state. */
interface Moment {
  readonly action: Action;
  readonly row: EventRow;
  readonly task: number;
  readonly own: TaskControl;
  readonly control: Control;
  /** Page that it is about: of the system, or -1. `foreign`: it is about another one. */
  readonly gfn: number;
  readonly foreign: boolean;
  /** vCPU that the task runs, the one that the event names if it names one; 0: none. */
  readonly vcpu: number;
  readonly why: Why;
}

export class EventMatcher {
  private readonly world: RunWorld;
  private readonly system: TracedSystem;
  private readonly actors: Actors;
  private readonly controls: Controls;
  private readonly covers: Covers;
  private readonly mayMove: (actor: number, control: Control) => boolean;

  /** `mayMove`: whether an actor may execute a step that no event of its own shows. */
  constructor(world: RunWorld, system: TracedSystem, actors: Actors, controls: Controls, covers: Covers, mayMove: (actor: number, control: Control) => boolean) {
    this.world = world;
    this.system = system;
    this.actors = actors;
    this.controls = controls;
    this.covers = covers;
    this.mayMove = mayMove;
  }

  ways(action: Action, task: number, control: Control, why: Why): Way[] {
    const { name, fields } = action;
    const row = eventRow(name);
    if (row === undefined) return [passed(control, unmappedEvents[name] ?? 'an event that the table has not')];
    const page = gfnOf(name, fields);
    const gfn = page === undefined ? -1 : this.actors.gfn(page);
    const vcpu = this.actors.vcpuIn(task, control, name === 'kvm_entry' || name === 'kvm_exit' || name === 'kvm_page_fault' ? vcpuOf(fields) : -1);
    const moment: Moment = { action, row, task, own: control.tasks[task]!, control, gfn, foreign: page !== undefined && gfn < 0, vcpu, why };
    switch (name) {
      case 'kvm_entry': return this.isHere(vcpu, moment) ? this.yes(moment, { foreignFault: false }, vcpu) : this.notHere(moment, 'does not enter the guest now');
      case 'kvm_exit': return this.exit(moment);
      case 'kvm_page_fault': return this.pageFault(moment);
      case 'kvm_tdp_mmu_spte_changed': return this.leafChanges(moment);
      case 'kvm_mmu_spte_requested': case 'kvm_mmu_set_spte': return this.install(moment);
      case 'kvm_vm_set_mem_attributes': return this.attributes(moment);
      case 'kvm_userspace_exit': return this.userspace(moment);
      default: throw new Error(`the event '${name}' has a row and nothing that judges it`);
    }
  }

  /** Does the actor stand where the event says? What was said of a place is said once. */
  private isHere(actor: number, { row, own }: Moment): boolean {
    if (actor === 0) return false;
    const { leaf } = this.actors.frame(actor);
    return this.covers.isAt(leaf, row.at) && own.shown !== leaf;
  }

  private yes({ control, task }: Moment, change: Partial<TaskControl>, actor = 0): Way[] {
    return [happens(Object.keys(change).length === 0 ? control : this.controls.withTask(control, task, change), actor)];
  }

  private no({ why }: Moment, reason: string): Way[] {
    why?.(reason);
    return [];
  }

  private notHere(moment: Moment, problem: string): Way[] {
    return this.no(moment, moment.vcpu === 0 ? 'the task runs no vCPU now' : `the vCPU ${problem}: ${this.actors.describe(moment.vcpu)}`);
  }

  private exit(moment: Moment): Way[] {
    const { vcpu, action, gfn, foreign } = moment;
    if (!this.isHere(vcpu, moment)) return this.notHere(moment, 'does not leave the guest now');
    const kind = foreign ? 'other' : exitKind(action.fields);
    const actual = this.exitOf(vcpu);
    if (kind !== actual) return this.no(moment, `the vCPU leaves the guest for another reason: ${actual === 'other' ? 'an interrupt' : actual}`);
    if (kind === 'fault' && this.actors.frame(vcpu)['gfn'] !== gfn) return this.no(moment, 'the vCPU leaves the guest by a fault of another page');
    return this.yes(moment, {}, vcpu);
  }

  /** By what the vCPU, which is about to leave guest mode, leaves it. */
  private exitOf(actor: number): ReturnType<typeof exitKind> {
    const { leaf, vcpu } = this.actors.frame(actor);
    const run = this.world.objects.kvm_run(vcpu);
    if (this.covers.isAt(leaf, FAULTED)) return 'fault';
    if (this.covers.isAt(leaf, INTERRUPTED)) return run.hypercall_ret !== 0 ? 'hypercall' : 'other';
    return run.exit_reason === EXIT_HYPERCALL ? 'hypercall' : 'halt';
  }

  private pageFault(moment: Moment): Way[] {
    const { foreign, control, task, vcpu, gfn } = moment;
    if (foreign) return [passed(this.controls.withTask(control, task, { foreignFault: true }), FOREIGN)];
    if (!this.isHere(vcpu, moment) || this.actors.frame(vcpu)['gfn'] !== gfn) return this.notHere(moment, 'has no fault of this page now');
    return this.yes(moment, { shown: this.actors.frame(vcpu).leaf });
  }

  private leafChanges(moment: Moment): Way[] {
    const { action, foreign, own, gfn, control, task } = moment;
    if (levelOf(action.fields) !== 1) return [passed(control, ABOVE)];
    if (foreign) return [passed(control, FOREIGN)];
    if (own.pending.includes(gfn)) return this.yes(moment, { pending: own.pending.filter((one) => one !== gfn) });
    const ways: Way[] = [];
    for (const actor of this.actors.of(task, control)) {
      if (!this.world.leafOf(actor).idle && this.mayMove(actor, control)) ways.push(happens(control, actor, gfn));
    }
    return ways.length > 0 ? ways : this.no(moment, `nobody changes a leaf of this page now: ${this.actors.standing(task, control)}`);
  }

  private install(moment: Moment): Way[] {
    const { action, foreign, gfn, control, task } = moment;
    if (foreign) return [passed(control, FOREIGN)];
    if (levelOf(action.fields) !== 1) return [passed(control, ABOVE)];
    for (const actor of this.actors.of(task, control)) {
      const frame = this.actors.frame(actor);
      if (!this.isHere(actor, moment) || frame['gfn'] !== gfn) continue;
      const [way] = this.yes(moment, { shown: frame.leaf });
      const pfn = frame['pfn'] ?? 0;
      const shown = pfnOf(action.fields);
      if (shown === undefined || pfn === 0) return [way!];
      const noted = noteFrame(this.controls, way!.control, pfn, shown, this.world.objects.folio(pfn).mapping !== 0);
      return typeof noted === 'string' ? this.no(moment, noted) : [happens(noted)];
    }
    return this.notHere(moment, 'does not install this leaf now');
  }

  private attributes(moment: Moment): Way[] {
    const { action, control, task } = moment;
    const asked = this.system.told[control.step - 1]?.attributes;
    const range = attributesOf(action.fields);
    if (asked === undefined || range === undefined || asked.start !== range.start || asked.end !== range.end || asked.value !== range.value) {
      return this.no(moment, 'the step of the case that is under way sets no such attributes');
    }
    for (const actor of this.actors.of(task, control)) if (this.isHere(actor, moment)) return this.yes(moment, { shown: this.actors.frame(actor).leaf });
    return this.no(moment, `nobody is about to set attributes: ${this.actors.standing(task, control)}`);
  }

  private userspace(moment: Moment): Way[] {
    const { vcpu, action } = moment;
    if (!this.isHere(vcpu, moment)) return this.notHere(moment, 'does not return to userspace now');
    const frame = this.actors.frame(vcpu);
    const said = userspaceExit(action.fields);
    const errno = frame['errno']!;
    const exit = EXITS[this.world.objects.kvm_run(frame.vcpu).exit_reason];
    if (said !== undefined && 'errno' in said && said.errno !== errno) return this.no(moment, `KVM_RUN returns errno ${errno}`);
    if (said !== undefined && 'exit' in said && (errno !== 0 || (exit ?? said.exit) !== said.exit)) {
      return this.no(moment, `KVM_RUN returns for another reason (${errno === 0 ? `exit ${exit}` : `errno ${errno}`})`);
    }
    return this.yes(moment, { foreignFault: false, shown: frame.leaf });
  }

  /** Number of the vCPU to which an interrupt may come, so that this event takes it out of the guest; -1: none. */
  mayInterrupt({ kind, name, fields }: Action, task: number, control: Control): number {
    if (kind !== 'event' || name !== 'kvm_exit') return -1;
    const page = gfnOf(name, fields);
    if (exitKind(fields) !== 'other' && !(page !== undefined && this.actors.gfn(page) < 0)) return -1;
    const actor = this.actors.vcpuIn(task, control, vcpuOf(fields));
    if (actor === 0) return -1;
    const { leaf, vcpu } = this.actors.frame(actor);
    return this.covers.isAt(leaf, GUEST) && this.world.objects.interrupt(vcpu).pending === 0 ? vcpu : -1;
  }
}
