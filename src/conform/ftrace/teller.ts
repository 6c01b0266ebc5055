// The thread of the steps: what it tells the threads of the system next, and when it may.

import type { Injection } from '../../memory/injection.ts';
import { applyInjection, canApply } from '../../runtime/injection.ts';
import type { RunWorld } from '../../runtime/world.ts';
import { commandRoom } from '../../scenario/command-room.ts';
import type { Control, Controls } from './control.ts';
import type { Told, TracedSystem } from './system.ts';
import { MAIN } from './tasks.ts';

/** Code that a message has overwritten: put back when the message is taken back. */
export interface Room { readonly at: number; readonly words: Int32Array }

export class Teller {
  private readonly world: RunWorld;
  private readonly told: readonly Told[];
  private readonly controls: Controls;

  constructor(world: RunWorld, { told }: TracedSystem, controls: Controls) {
    this.world = world;
    this.told = told;
    this.controls = controls;
  }

  /** The step that is under way. */
  private now({ step }: Control): Told | undefined {
    return this.told[step - 1];
  }

  /** The next message of the step that is under way, or what brings back the vCPU that it waits for. */
  private due(control: Control): Injection | undefined {
    const now = this.now(control);
    return now?.messages[control.message] ?? now?.interrupt?.[control.message - now.messages.length];
  }

  /** May something be told now: a message of the step that is under way, or the next step begin? */
  mayTell(control: Control): boolean {
    const now = this.now(control);
    if (now !== undefined && (control.message < now.messages.length || (now.spin === 'end' && !this.isBack(now.vcpu)))) {
      const due = this.due(control);
      return due !== undefined && canApply(this.world, due);
    }
    if (now !== undefined && now.spin !== 'start' && !now.messages.every(({ actor }) => this.isDone(actor))) return false;
    return control.step < this.told.length;
  }

  /** Who would get what is told next; 0: nobody. */
  receiver(control: Control): number {
    return (this.due(control) ?? this.told[control.step]?.messages[0])?.actor ?? 0;
  }

  /** Tells it. Answers the control behind it, and the code that the message has overwritten; nothing when its receiver does not wait. */
  tell(control: Control): { control: Control; room: Room | undefined } | undefined {
    const now = this.now(control);
    const goesOn = now !== undefined && (control.message < now.messages.length || (now.spin === 'end' && !this.isBack(now.vcpu)));
    const next = goesOn ? control : this.begun(control, now);
    const message = goesOn ? this.due(control) : this.told[control.step]!.messages[0];
    if (message === undefined || (!goesOn && !canApply(this.world, message))) return { control: next, room: undefined };
    const place = message.code === undefined ? undefined : commandRoom(this.world.topology, message.actor);
    const room = place === undefined ? undefined : { at: place.at, words: this.world.facts.code.slice(place.at, place.at + place.words) };
    if (!applyInjection(this.world, message)) return undefined;
    return { control: this.controls.of({ ...next, message: next.message + 1 }), room };
  }

  /** The next step begins. A vCPU that has come back runs in nobody's name, one that is run runs in that of its task. */
  private begun(control: Control, now: Told | undefined): Control {
    const begun = this.told[control.step]!;
    const runs = control.runs.map((task, vcpu) => {
      if (begun.vcpu === vcpu && begun.spin !== 'end') return this.taskFor(control.step);
      return now?.vcpu === vcpu && now.spin !== 'start' ? -1 : task;
    });
    return this.controls.of({ ...control, runs, step: control.step + 1, message: 0 });
  }

  /** Task that runs the vCPU of a step: one of its own, if it is left running. */
  private taskFor(step: number): number {
    if (this.told[step]!.spin !== 'start') return MAIN;
    return this.told.slice(0, step + 1).filter(({ spin }) => spin === 'start').length;
  }

  /** Does a receiver wait for a command again? */
  private isDone(actor: number): boolean {
    return this.world.leafOf(actor).outside === 'command' && this.world.objects.mailbox(actor).type === 0;
  }

  /** Does the thread that runs a vCPU wait for a command again? */
  private isBack(vcpu: number): boolean {
    return this.isDone(this.world.topology.actors.find((one) => one.machine === 'vcpu' && one.vcpu === vcpu)!.caller);
  }
}
