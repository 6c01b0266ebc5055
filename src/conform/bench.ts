// A world that does what it is told, one command after the other: each runs until it is done and everybody rests. What calls have
// answered, what signals came and what vCPUs said when they left is taken down on the way.

import { COMMAND_ROOM, INSTRUCTION, VMM } from '../memory/code.ts';
import type { Call } from '../memory/calls.ts';
import { argumentOffset, resultOffset, resultsOf } from '../memory/calls.ts';
import type { Injection } from '../memory/injection.ts';
import { MESSAGE_COMMAND } from '../steps/command.ts';
import type { Kernel } from '../kernel/define.ts';
import { commandRoom, type CommandRoom } from '../scenario/command-room.ts';
import type { Topology } from '../scenario/topology.ts';
import { Simulation, type SavedSimulation } from '../runtime/simulate.ts';
import { planFor, privateWords, RunWorld } from '../runtime/world.ts';
import { WriteLog } from '../runtime/write-log.ts';
import { wordOf, wordsOf, type Numeric } from './values.ts';

/** What a call has answered. */
export interface Reply {
  readonly errno: number;
  /** The answer's words: errno, then results. */
  readonly words: readonly number[];
}

/** A signal that a thread has got. */
export interface Signal { readonly number: number; readonly code: number; /** Host page, + 1. */ readonly hva: number }

/** Who is told of everything that happens in the world. */
export interface Listener {
  injected(injection: Injection): void;
  stepped(): void;
}

/** A command did not come to its end. */
export class StuckError extends Error {
  override name = 'StuckError';
}

/** Steps that one command may take. */
const MOST_STEPS = 4_000_000;
/** Steps that guests beside get: when they begin, in a sleep, when a command is done. */
export interface Pace { readonly first: number; readonly sleep: number; readonly afterwards: number }
const PACE: Pace = { first: 600, sleep: 400, afterwards: 100 };
/** The schedule of steps of one thing after another does not matter: always the same. */
const SEED = 1;

/** How the arguments of a call are written into its message. */
interface Form { readonly number: number; readonly call: Call; readonly target: string; readonly args: readonly { readonly name: string; readonly wide: boolean; readonly at: number; readonly usual: number }[] }

/** All that a bench is at one place between commands. */
export interface SavedBench {
  readonly words: Int32Array;
  readonly simulation: SavedSimulation;
  readonly signals: readonly (Signal | undefined)[];
  readonly replies: readonly (readonly number[] | undefined)[];
  readonly beside: number;
  readonly pace: Pace;
}

export class Bench {
  readonly world: RunWorld;
  readonly kernel: Kernel;
  readonly topology: Topology;
  /** vCPUs whose guests go on by themselves beside the commands. */
  beside = 0;
  pace = PACE;
  /** Told of all that happens, if anybody is. */
  listener: Listener | undefined = undefined;
  /** Signals that threads have got since somebody asked, by thread. */
  readonly signals: (Signal | undefined)[];
  private readonly simulation: Simulation;
  private readonly forms = new Map<string, Form>();
  private readonly actorNumbers: ReadonlyMap<string, number>;
  private readonly rooms: (CommandRoom | undefined)[];
  /** What each thread's last call, or KVM_RUN, has answered, by actor. */
  private readonly replies: (readonly number[] | undefined)[] = [];
  /** 1: a step of this leaf sends an answer to the actor's caller. */
  private readonly answers: Uint8Array;
  private readonly idle: Uint8Array;
  private readonly threadOf: Int32Array;
  private readonly signalWords: Int32Array;

  constructor(kernel: Kernel, topology: Topology) {
    this.kernel = kernel;
    this.topology = topology;
    const plan = planFor(kernel, topology);
    const log = new WriteLog(plan.objects);
    // Nobody looks at what steps write but those who wait.
    log.watchOnly(new Uint8Array(plan.objects));
    this.world = new RunWorld(kernel, topology, plan, privateWords(plan), log);
    this.world.reset();
    this.simulation = new Simulation(this.world, log, SEED);
    this.actorNumbers = new Map(topology.actors.map(({ name }, i) => [name, i + 1]));
    this.rooms = topology.actors.map((_actor, i) => commandRoom(topology, i + 1));
    kernel.calls.forEach((call, number) => this.forms.set(call.name, formOf(call, number)));
    const { leaves } = kernel.table;
    this.answers = Uint8Array.from(leaves, ({ step }) => (step === 'op.reply' || step === 'vcpu.reply' || step === 'vcpu.refuse' || step === 'vcpu.refuseForeign' || step === 'mf.reply' ? 1 : 0));
    this.idle = Uint8Array.from(leaves, ({ idle }) => (idle === true ? 1 : 0));
    this.threadOf = Int32Array.from([-1, ...topology.actors.map(({ thread }) => thread)]);
    this.signals = topology.names.threads.map(() => undefined);
    this.signalWords = Int32Array.from(topology.names.threads, (_name, thread) => this.world.objects.signal(thread).base);
  }

  /** Number of an actor by its name. */
  actor(name: string): number {
    return this.actorNumbers.get(name) ?? 0;
  }

  /** A call of the kernel, by its name; nothing when it has none. */
  callNamed(name: string): Call | undefined {
    return this.forms.get(name)?.call;
  }

  /** The beginning again: nothing has been made. */
  reset(seed = SEED): void {
    this.world.reset();
    this.simulation.restart(seed);
    this.signals.fill(undefined);
    this.beside = 0;
    this.pace = PACE;
    this.replies.length = 0;
  }

  /** Where it stands now, to begin from there again. */
  save(): SavedBench {
    const { world: { words }, simulation, signals, replies, beside, pace } = this;
    return { words: words.slice(), simulation: simulation.save(), signals: [...signals], replies: [...replies], beside, pace };
  }

  /** There again: what follows is what would have followed then. */
  restore({ words, simulation, signals, replies, beside, pace }: SavedBench): void {
    this.world.words.set(words);
    this.simulation.restore(simulation);
    this.signals.splice(0, this.signals.length, ...signals);
    this.replies.splice(0, this.replies.length, ...replies);
    this.beside = beside;
    this.pace = pace;
  }

  /** The words of a call as an instruction of thread `name`. Arguments that are left out are what they usually are. */
  callWords(name: string, thread: string, values: Readonly<Record<string, Numeric | bigint>>): number[] {
    const form = this.forms.get(name);
    if (form === undefined) throw new Error(`kernel '${this.kernel.name}' has no call '${name}'`);
    const words = [VMM.CALL, form.number, 0, this.actor(`${thread}.${form.target === 'vcpu' ? `vcpu${String(values['vcpu'])}` : form.target}`)];
    for (const { name: argument, wide, usual } of form.args) {
      const value = values[argument] ?? usual;
      if (wide) words.push(...wordsOf(value));
      else words.push(typeof value === 'bigint' ? wordsOf(value)[0] : wordOf(value));
    }
    return words;
  }

  /** Makes thread `thread` do a call, and waits for its end. */
  call(name: string, thread: string, values: Readonly<Record<string, Numeric | bigint>>): Reply {
    const actor = this.actor(thread);
    this.run(actor, [this.callWords(name, thread, values)]);
    return this.replyTo(actor);
  }

  /** Has the last call of a thread, or its last KVM_RUN, been answered? */
  isAnswered(actor: number): boolean {
    return this.replies[actor] !== undefined;
  }

  /** What the last call of a thread, or its last KVM_RUN, has answered. */
  replyTo(actor: number): Reply {
    const words = this.replies[actor];
    if (words === undefined) throw new StuckError('it has not been answered');
    return { errno: words[0]!, words };
  }

  /** Gives `actor` a command of these instructions, and runs until it is done and everybody rests. */
  run(actor: number, instructions: readonly (readonly number[])[], from = 0): void {
    this.start(actor, instructions, from);
    this.settle(actor);
  }

  /** Gives `actor` a command, beginning at instruction `from`. */
  start(actor: number, instructions: readonly (readonly number[])[], from = 0): void {
    const room = this.rooms[actor - 1];
    if (room === undefined || instructions.length > COMMAND_ROOM) throw new Error(`actor ${actor} has no room for ${instructions.length} instructions`);
    const words = Array<number>(Math.max(instructions.length + 1, from + 1) * INSTRUCTION).fill(0);
    instructions.forEach((one, i) => { for (let k = 0; k < one.length; k++) words[i * INSTRUCTION + k] = one[k]!; });
    const injection: Injection = { actor, type: MESSAGE_COMMAND, payload: [from], code: { at: room.at, words } };
    this.replies[actor] = undefined;
    if (!this.simulation.inject(injection)) throw new StuckError(`'${this.topology.actors[actor - 1]!.name}' takes no command: it is in ${this.world.leafOf(actor).path}`);
    this.listener?.injected(injection);
  }

  /** Has the actor done what it was told? */
  isIdle(actor: number): boolean {
    return this.idle[this.world.frames[actor]!.leaf] !== 0 && this.world.objects.mailbox(actor).type === 0;
  }

  /** Runs until nobody can go on; `actor` must be done then. */
  settle(actor: number): void {
    if (this.beside > 0) {
      this.runBeside(actor, this.pace.afterwards);
      return;
    }
    for (let left = MOST_STEPS; left > 0; left--) {
      if (this.step()) continue;
      if (this.isIdle(actor)) return;
      throw new StuckError(`it waits for ever in ${this.world.leafOf(actor).path}`);
    }
    throw new StuckError(`it has not ended after ${MOST_STEPS} steps`);
  }

  /** Runs until `actor` is done, whatever others do beside, and `more` steps beyond. */
  runBeside(actor: number, more: number): void {
    let left = MOST_STEPS;
    while (!this.isIdle(actor)) {
      if (!this.step()) throw new StuckError(`it waits for ever in ${this.world.leafOf(actor).path}`);
      if (--left === 0) throw new StuckError(`it has not ended after ${MOST_STEPS} steps`);
    }
    this.runSome(more);
  }

  /** At most so many steps of whoever can go on. */
  runSome(steps: number): void {
    for (let k = 0; k < steps && this.step(); k++);
  }

  /** One step of somebody; false when nobody can go on. */
  private step(): boolean {
    if (!this.simulation.step()) return false;
    const { world } = this;
    const { actor, leaf } = world.last;
    if (this.answers[leaf] !== 0) {
      const { caller } = world.frames[actor]!;
      const { payload } = world.objects.mailbox(caller);
      const words: number[] = [];
      for (let i = 0; i < payload.length; i++) words.push(payload.at(i));
      this.replies[caller] = words;
    }
    const thread = this.threadOf[actor]!;
    if (thread >= 0 && world.words[this.signalWords[thread]!] !== 0) {
      const { number, code, hva } = world.objects.signal(thread);
      this.signals[thread] ??= { number, code, hva };
    }
    this.listener?.stepped();
    return true;
  }

  /** A result of a call by its name: a word, or two of a wide one. */
  result(name: string, { words }: Reply, result: string): { low: number; high: number; wide: boolean } | undefined {
    const { call } = this.forms.get(name)!;
    const found = call.results?.find((one) => one.name === result);
    if (found === undefined) return undefined;
    const at = 1 + resultOffset(call, result) - resultsOf(call).at;
    return { low: words[at]!, high: found.type === 'u64' ? words[at + 1]! : 0, wide: found.type === 'u64' };
  }

  /** Takes the signal that a thread has got. */
  takeSignal(thread: number): Signal | undefined {
    const signal = this.signals[thread];
    this.signals[thread] = undefined;
    return signal;
  }
}

const formOf = (call: Call, number: number): Form => ({
  number, call, target: call.on,
  args: call.arguments.map((one) => ({ name: one.name, wide: one.type === 'u64', at: argumentOffset(call, one.name), usual: one.default ?? 0 })),
});
