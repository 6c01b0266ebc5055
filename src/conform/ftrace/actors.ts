// The actors of the system as tasks of the trace: in whose name each moves, and where it stands.

import type { FrameView, RunWorld } from '../../runtime/world.ts';
import type { Control } from './control.ts';
import { MAIN } from './tasks.ts';
import type { TracedSystem } from './system.ts';

/** In place of a task: the trace shows nobody who would move the actor; the actor moves whenever it likes. */
export const NO_TASK = -1, ANY_TIME = -2;

export class Actors {
  private readonly world: RunWorld;
  private readonly vcpuIds: readonly number[];
  /** By actor: the vCPU whose task it moves in; MAIN_THREAD; or ANY_TIME. */
  private readonly belongs: readonly number[];
  private readonly isVcpu: readonly boolean[];

  constructor(world: RunWorld, { vcpuIds }: TracedSystem) {
    this.world = world;
    this.vcpuIds = vcpuIds;
    const { actors } = world.topology;
    // Interrupts are nobody's; what belongs to a vCPU moves in the task that runs it; all others in the main task.
    this.belongs = [0, ...actors.map(({ machine, vcpu, thread }) => {
      if (machine === 'hardware') return ANY_TIME;
      if (machine === 'vcpu') return vcpu;
      return actors.find((one) => one.machine === 'vcpu' && one.thread === thread && thread >= 0)?.vcpu ?? MAIN_THREAD;
    })];
    this.isVcpu = [false, ...actors.map(({ machine }) => machine === 'vcpu')];
  }

  frame(actor: number): FrameView {
    return this.world.frames[actor]!;
  }

  /** Number of the task that an actor moves in, or NO_TASK, or ANY_TIME. */
  taskOf(actor: number, { runs }: Control): number {
    const belongs = this.belongs[actor]!;
    return belongs === ANY_TIME ? ANY_TIME : belongs === MAIN_THREAD ? MAIN : runs[belongs]!;
  }

  /** Actors of a task. */
  *of(task: number, control: Control): Generator<number> {
    for (let actor = 1; actor < this.belongs.length; actor++) if (this.taskOf(actor, control) === task) yield actor;
  }

  /** The vCPU that a task runs now, of this number if one is given; 0: none. */
  vcpuIn(task: number, control: Control, number = -1): number {
    for (const actor of this.of(task, control)) {
      if (this.isVcpu[actor] && (number < 0 || this.vcpuIds[this.frame(actor).vcpu] === number)) return actor;
    }
    return 0;
  }

  /** Is it in the middle of something? Threads are not: they wait for those who are. */
  isWorking(actor: number): boolean {
    const { idle, final, step } = this.world.leafOf(actor);
    return !idle && !final && !step.startsWith('vmm.');
  }

  /** Where an actor stands, in words. */
  describe(actor: number): string {
    const { path, description } = this.world.leafOf(actor);
    return `${this.world.topology.actors[actor - 1]!.name} stands at '${path}' (${description})`;
  }

  /** Where those of a task stand who are in the middle of something. */
  standing(task: number, control: Control): string {
    const places = [...this.of(task, control)].filter((actor) => this.isWorking(actor)).map((actor) => this.describe(actor));
    return places.length === 0 ? 'no call is in progress' : places.join('; ');
  }

  /** Compact number of a page of the system; -1: it is none of its pages. The guest's own code and tables belong to the system only when the
   *  accesses of the case walk over them. */
  gfn(page: bigint): number {
    const { gfns } = this.world.facts;
    if (page > 0xffff_ffff_ffffn || (page < OWN_PAGES && gfns.find(TABLES) < 0)) return -1;
    return gfns.find(page);
  }

  /** A page of the system as the kernel writes it. */
  gfnText(gfn: number): string {
    return this.world.facts.gfns.real(gfn).toString(16);
  }
}

/** Pages below this one are the guest's own, and this is the first of its page tables among them. */
const OWN_PAGES = 0x200n, TABLES = 0x10n;
const MAIN_THREAD = -1;
