// From operations of the scenario language to a message for an actor that takes commands. Everything that they name must be there
// already: memory is laid out when a run begins.

import { INSTRUCTION, POLICY, VMM } from '../memory/code.ts';
import type { Injection } from '../memory/injection.ts';
import type { PageSpace } from '../memory/pages.ts';
import { MESSAGE_COMMAND, MESSAGE_DECISION } from '../steps/command.ts';
import type { ReadCall } from './call-arguments.ts';
import { castOf, type Cast } from './cast.ts';
import { commandedActors, commandRoom, type CommandRoom } from './command-room.ts';
import { fileSizes } from './compile.ts';
import { at, ScenarioError, shown, unknownName } from './errors.ts';
import { guestLeaf } from './guest-program.ts';
import { hardwareLeaf } from './hardware-program.ts';
import { LIMITS } from './limits.ts';
import { assemble, Budget, readProgram, type Emit, type Link } from './program.ts';
import { DECISIONS } from './schema.ts';
import { spaceOf, Spaces, WHAT, type SpaceName } from './spaces.ts';
import { touchPages } from './touch.ts';
import { validateCommand, validateScenario } from './validate.ts';
import { vmmLeaf, type VmmContext } from './vmm-program.ts';
import type { Call } from '../memory/calls.ts';
import type { ForKernel } from './for-kernel.ts';
import type { Topology } from './topology.ts';
import type { Decision } from './types.ts';
import type { AnyOp } from './walk.ts';

/** Pages that a run has: naming others is a mistake. */
class KnownPages extends Spaces {
  private readonly known: Readonly<Record<SpaceName, PageSpace>>;

  constructor(known: Readonly<Record<SpaceName, PageSpace>>) {
    super();
    this.known = known;
  }

  override add(space: SpaceName, start: bigint, pages: bigint, path: string): void {
    for (let page = start; page < start + pages; page++) {
      if (this.known[space].find(page) >= 0) continue;
      throw new ScenarioError(path, `pages that are not there: ${page} is none of the ${WHAT[space]} of the scenario; a command can touch those that its programs and slots name`);
    }
  }
}

/** Makes commands and decisions for the runs of one scenario on one kernel. */
export class CommandCompiler {
  private readonly kernel: ForKernel;
  private readonly topology: Topology;
  private readonly cast: Cast;
  private readonly pages: KnownPages;
  private readonly link: Link;
  private readonly largestFile: (descriptor: bigint) => bigint;
  private readonly calls: ReadonlyMap<string, Call>;

  /** `topology` is what `compile` makes of the two others. */
  constructor(scenario: unknown, kernel: ForKernel, topology: Topology) {
    this.kernel = kernel;
    this.topology = topology;
    this.calls = new Map(kernel.calls.map((call) => [call.name, call]));
    this.cast = castOf(validateScenario(scenario, kernel.calls), this.calls);
    this.largestFile = fileSizes(this.cast, this.calls);
    const known = { gfns: spaceOf(topology.gfns), indexes: spaceOf(topology.indexes), hvas: spaceOf(topology.hvas) };
    this.pages = new KnownPages(known);
    this.link = {
      gfn: (page) => known.gfns.find(page), index: (page) => known.indexes.find(page), hva: (page) => known.hvas.find(page),
      actor: (name) => topology.actors.findIndex((actor) => actor.name === name) + 1,
    };
  }

  /** The message that makes an actor execute `ops`. */
  command(to: string, ops: unknown): Injection {
    const commanded = commandedActors(this.topology);
    const actor = commanded.get(to);
    if (actor === undefined) {
      if (!this.topology.actors.some(({ name }) => name === to)) throw unknownName('to', 'actor', to, commanded.keys());
      throw new ScenarioError('to', `${shown(to)} takes no commands; ${commanded.size === 0 ? "nobody here does: 'commands' of a thread, of hardware or of a vCPU makes it" : `these do: ${[...commanded.keys()].join(', ')}`}`);
    }
    const room = commandRoom(this.topology, actor)!;
    const program = validateCommand(ops, this.kernel.calls, room.language);
    const pieces = readProgram(program, 'do', { budget: new Budget(), events: this.cast.events, leaf: this.leafOf(room, actor) });
    const words = assemble(pieces, this.link);
    if (words.length > room.words) throw new ScenarioError('do', `has ${words.length / INSTRUCTION - 1} instructions; the limit 'command' is ${LIMITS.command}`);
    return { actor, type: MESSAGE_COMMAND, payload: [0], code: { at: room.at, words } };
  }

  /** What somebody answers a thread that asks what to do with an exit; it goes by its own name and by its vCPU's. */
  decision(to: string, decision: Decision): Injection {
    if (!(DECISIONS as readonly string[]).includes(decision)) throw unknownName('decision', 'decision', String(decision), DECISIONS);
    const { actors } = this.topology;
    const asks = (number: number): boolean => {
      const code = actors[number - 1]?.code ?? [];
      for (let k = 0; k < code.length; k += INSTRUCTION) if (code[k] === VMM.RUN && code[k + 3] === POLICY.ASK) return true;
      return false;
    };
    const names = actors.flatMap(({ name, machine, caller }, i) => {
      const actor = machine === 'vcpu' ? caller : machine.startsWith('vmm') ? i + 1 : 0;
      return asks(actor) ? [[name, actor] as const] : [];
    });
    const actor = names.find(([name]) => name === to)?.[1];
    if (actor === undefined) {
      if (!actors.some(({ name }) => name === to)) throw unknownName('to', 'actor', to, names.map(([name]) => name));
      throw new ScenarioError('to', `${shown(to)} never asks; ${names.length === 0 ? "nobody here does: the policy 'ask' of a vCPU makes its thread ask" : `these do: ${names.map(([name]) => name).join(', ')}`}`);
    }
    return { actor, type: MESSAGE_DECISION, payload: [POLICY[decision.toUpperCase() as 'STOP' | 'RETRY' | 'CONVERT']] };
  }

  /** What makes instructions of an operation, in the language of the room. */
  private leafOf({ language }: CommandRoom, actor: number): (op: AnyOp, path: string) => Emit[] {
    const { cast, pages, largestFile, topology } = this;
    const { name, thread } = topology.actors[actor - 1]!;
    if (language === 'guest') return guestLeaf(pages);
    if (language === 'hardware') return hardwareLeaf(cast, pages, name, largestFile);
    const context: VmmContext = {
      cast, spaces: pages, kernel: this.kernel.name, calls: this.calls, callNumbers: new Map(this.kernel.calls.map((call, i) => [call.name, i])),
      onCall: (read, path) => {
        this.checkNames(read, path);
        touchPages(read, path, pages, largestFile);
      },
    };
    return vmmLeaf(context, cast.threads[thread]!, new Set());
  }

  /** Descriptors and slots that a call makes have their places in memory from the start. */
  private checkNames({ call, values }: ReadCall, path: string): void {
    const { sizes, names } = this.topology;
    for (const { name, type } of call.arguments) {
      if (type === 'newFd' && values.get(name)! < 0n) throw new ScenarioError(at(path, name), `the scenario has no descriptor of this name; ${names.fds.length === 0 ? 'it has none' : `it has ${names.fds.join(', ')}`}`);
    }
    if (call.name !== 'set_region') return;
    const id = Number(BigInt.asUintN(32, values.get('slot')!)) & 0xffff;
    if (id < sizes.slotId || id >= this.kernel.config.userMemSlots) return;
    throw new ScenarioError(at(path, 'slot'), `the scenario has no slot ${id}; it has room for ids up to ${sizes.slotId - 1}, and 'slotIds' makes more`);
  }
}

/** The message that makes actor `to` of a run execute operations, written as in a program of its language. Throws ScenarioError. */
export const compileCommand = (scenario: unknown, kernel: ForKernel, topology: Topology, to: string, ops: unknown): Injection =>
  new CommandCompiler(scenario, kernel, topology).command(to, ops);
