// A process that does calls one by one, and guests that execute what they are given: a world of bytes whose VMs and vCPUs are made by calls.

import { COMMAND_ROOM, INSTRUCTION, POLICY, VMM } from '../../src/memory/code.ts';
import { argumentWords, messageWords, resultOffset, resultsOf, type Call } from '../../src/memory/calls.ts';
import { isBlocked } from '../../src/memory/outcome.ts';
import { fromBig, pair, toBig } from '../../src/memory/u64.ts';
import { MESSAGE_COMMAND } from '../../src/steps/command.ts';
import { ERRNO_NAMES } from '../../src/steps/errno.ts';
import { compile } from '../../src/scenario/compile.ts';
import { EventMaker } from '../../src/runtime/events.ts';
import { ValueLog } from '../../src/runtime/values.ts';
import { planFor, privateWords, RunWorld } from '../../src/runtime/world.ts';
import { v6_8 } from '../../machines/kernels/v6.8.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { Message } from '../../src/runtime/events.ts';
import type { Topology } from '../../src/scenario/topology.ts';
import type { World } from '../../src/memory/world.ts';

/** VM 0 is of the default type, VM 1 and 2 are software-protected; vCPUs 0 and 1 are of VM 1. Eight guest pages from page 0 on, eight pages of files,
 *  and one region of memory. A page has 16 segments: its first seven bytes, the rest but for its last eight, and these. */
const MEMORY_PAGES = 4;
const PAGES = 8;
export const SEGMENTS = 16;
/** Segment of the n-th of the last eight bytes of a page. */
export const TAIL = 8;

function topologyFor(kernel: Kernel): Topology {
  const spare = { commands: true as const };
  const topology = compile({
    name: 'bench', files: 5, slots: 12, slotIds: 8, frames: 40, memory: [{ name: 'ram', pages: MEMORY_PAGES }],
    vms: [{ type: 'default' }, { vcpus: [spare, spare] }, {}], threads: [{ name: 'main', commands: true }],
    // The VMs are there by number, whether or not the kernel lets them be made.
  }, { ...kernel, config: { ...kernel.config, vmTypes: ['default', 'sw-protected'] } });
  const pages = [{ start: '0', end: String(PAGES) }];
  return {
    ...topology, gfns: pages, indexes: pages, bornLater: { vms: [0, 1, 2], vcpus: [0, 1] },
    sizes: { ...topology.sizes, gfn: PAGES, index: PAGES, fd: 8, segment: SEGMENTS, payload: Math.max(...kernel.calls.map(messageWords)) },
  };
}

export interface Exit {
  readonly errno: string;
  readonly reason: number;
  /** RAX. */
  readonly rax: bigint;
}

export class Bench {
  readonly world: RunWorld;
  readonly objects: World;
  private readonly stepped: () => void;
  private readonly clear: () => void;
  private readonly calls: ReadonlyMap<string, { call: Call; number: number }>;
  /** Words of the last answer of each thread, by actor. */
  private readonly answers = new Map<number, readonly number[]>();

  /** `told`: is given what actors send to each other. */
  constructor(kernel: Kernel = v6_8, told?: (message: Message) => void) {
    const topology = topologyFor(kernel);
    const plan = planFor(kernel, topology);
    const words = privateWords(plan);
    const log = told === undefined ? undefined : new ValueLog(words);
    this.world = new RunWorld(kernel, topology, plan, words, log);
    const maker = log === undefined ? undefined : new EventMaker(this.world, log);
    this.stepped = () => { for (const message of maker?.event(0).messages ?? []) told!(message); };
    this.clear = () => log?.clear();
    this.world.reset();
    this.objects = this.world.objects;
    this.calls = new Map(kernel.calls.map((call, number) => [call.name, { call, number }]));
  }

  /** Address of a page of the memory. */
  get memory(): bigint { return this.world.facts.hvas.real(0) * 4096n; }

  /** Does a call: the name of its errno, or its results by name, if it has some; `ok` else. */
  call(name: string, values: Readonly<Record<string, number | bigint>> = {}): string | Record<string, bigint> {
    const { call, number } = this.calls.get(name)!;
    for (const given of Object.keys(values)) if (!call.arguments.some((one) => one.name === given)) throw new Error(`${name} has no argument '${given}'`);
    const words = call.arguments.flatMap(({ name: argument, type, default: otherwise = 0 }) => {
      const value = values[argument] ?? otherwise;
      if (argumentWords(type) === 1) return [Number(BigInt.asIntN(32, BigInt(value)))];
      const { lo, hi } = fromBig(BigInt(value));
      return [lo, hi];
    });
    const main = this.actor('main');
    this.command(main, [[VMM.CALL, number, 0, this.actor(`main.${call.on}`), ...words]]);
    const answer = this.answers.get(main)!;
    if (answer[0] !== 0) return ERRNO_NAMES[answer[0]!] ?? `errno ${answer[0]}`;
    if (call.results === undefined) return 'ok';
    return Object.fromEntries(call.results.map((result) => {
      const at = 1 + resultOffset(call, result.name) - resultsOf(call).at;
      return [result.name, result.type === 'u64' ? toBig(pair(answer[at]!, answer[at + 1]!)) : BigInt(answer[at]!)];
    }));
  }

  /** KVM_RUN of a vCPU: with a program, its guest begins at the first instruction; without, it goes on. `answer`: of a hypercall; `signalled`:
   *  a signal comes after so many steps. */
  run(vcpu: number, program?: readonly (readonly number[])[], { answer = 0n, signalled = 0 }: { answer?: bigint; signalled?: number } = {}): Exit {
    const actor = this.actor(`vcpu${vcpu}`);
    if (program !== undefined) this.write(actor, program);
    const { lo, hi } = fromBig(answer);
    const thread = this.actor(`cpu${vcpu}`);
    this.command(thread, [[VMM.RUN, actor, vcpu, POLICY.RETURN, 0, 0, 0, program === undefined ? 0 : 1, 0, lo, hi]], (step) => {
      if (step !== signalled || signalled === 0) return;
      this.objects.signal(vcpu).number = 10;
      this.objects.interrupt(vcpu).pending = 1;
    });
    const { rax_lo, rax_hi } = this.objects.vcpu_regs(vcpu);
    return { errno: ERRNO_NAMES[this.answers.get(thread)![0]!]!, reason: this.objects.kvm_run(vcpu).exit_reason, rax: toBig(pair(rax_lo, rax_hi)) };
  }

  private actor(name: string): number {
    return this.world.topology.actors.findIndex((one) => one.name === name) + 1;
  }

  private write(actor: number, program: readonly (readonly number[])[]): void {
    const words = [...program, [0]].flatMap((one) => Array.from({ length: INSTRUCTION }, (_one, i) => one[i] ?? 0));
    if (words.length > (COMMAND_ROOM + 1) * INSTRUCTION) throw new Error('a program that is too long');
    this.world.facts.code.set(words, this.world.facts.programOf[actor]!);
  }

  /** Lets an actor execute instructions, and everybody come to rest. */
  private command(actor: number, program: readonly (readonly number[])[], before: (step: number) => void = () => {}): void {
    this.write(actor, program);
    this.objects.mailbox(actor).type = MESSAGE_COMMAND;
    const actors = this.world.topology.actors.map((_one, i) => i + 1);
    for (let steps = 0; steps < 100_000; steps++) {
      before(steps);
      if (!actors.some((one) => this.step(one))) return;
    }
    throw new Error('it has not ended after 100000 steps');
  }

  private step(actor: number): boolean {
    const { world } = this;
    if (world.ended(actor)) return false;
    const { step } = world.leafOf(actor);
    const box = this.objects.mailbox(actor);
    if ((step === 'vmm.receiveReply' || step === 'vmm.receiveExit') && box.type !== 0) {
      this.answers.set(actor, Array.from({ length: box.payload.length }, (_one, i) => box.payload.at(i)));
    }
    this.clear();
    if (isBlocked(world.step(actor, () => 0))) return false;
    this.stepped();
    return true;
  }
}
