// The VMM's process under test: a thread that takes commands carries out calls and accesses one after the other, while everybody else goes on
// until all rest, and says what came of each. Content is by bytes; each access of a test is a segment of its page, or the whole page.

import { compile } from '../../src/scenario/compile.ts';
import { HARDWARE, INSTRUCTION, PAGE_OF, VMM } from '../../src/memory/code.ts';
import { argumentWords, type Call } from '../../src/memory/calls.ts';
import { isBlocked } from '../../src/memory/outcome.ts';
import { fromBig } from '../../src/memory/u64.ts';
import { ERRNO_NAMES } from '../../src/steps/errno.ts';
import { MESSAGE_COMMAND } from '../../src/steps/command.ts';
import { applyInjection } from '../../src/runtime/injection.ts';
import { commandRoom } from '../../src/scenario/command-room.ts';
import { runSetup } from '../../src/runtime/setup.ts';
import { planFor, privateWords, RunWorld } from '../../src/runtime/world.ts';
import type { Kernel } from '../../src/kernel/define.ts';
import type { World } from '../../src/memory/world.ts';
import type { Scenario } from '../../src/scenario/types.ts';

const LIMIT = 50_000;
const SIGNALS: { readonly [number: number]: string } = { 7: 'SIGBUS', 11: 'SIGSEGV' };
const CODES: { readonly [signal: string]: string } = { '7.2': 'BUS_ADRERR', '7.4': 'BUS_MCEERR_AR', '7.5': 'BUS_MCEERR_AO', '11.1': 'SEGV_MAPERR', '11.2': 'SEGV_ACCERR' };

/** A page of a region: `m0+2` is the third one of m0. */
export type Place = string;

export interface Answer { readonly errno: string; readonly [result: string]: string | bigint }

/** What a process may use: regions by name with their pages (mapped by a call, unless `mapped`), descriptors `fd0` and on, one VM. */
export interface Room {
  readonly regions?: { readonly [name: string]: number };
  readonly mapped?: { readonly [name: string]: number };
  readonly files?: number;
  readonly guest?: boolean;
  readonly vmType?: 'default' | 'sw-protected';
}

export class Process {
  readonly world: RunWorld;
  readonly objects: World;
  private readonly kernel: Kernel;
  private readonly regions: readonly string[];

  constructor(kernel: Kernel, { regions = {}, mapped = {}, files = 2, guest = false, vmType = 'default' }: Room) {
    const scenario: Scenario = {
      name: 'process', files, frames: 64,
      memory: [...Object.entries(mapped).map(([name, pages]) => ({ name, pages })), ...Object.entries(regions).map(([name, pages]) => ({ name, pages, mapped: false }))],
      vms: [guest ? { type: vmType, vcpus: [{ commands: true }] } : { type: vmType }],
      // One thread only names the descriptors and the pages of files and guests: it waits for ever before it does anything.
      threads: [{ name: 'main', commands: true }, { name: 'names', program: [
        { op: 'await', event: 'never' }, { op: 'notify', event: 'never' },
        ...Array.from({ length: files }, (_, n) => ({ op: 'create_gmem', fd: `fd${n}`, size: 16 * 4096 })),
        ...Array.from({ length: files }, (_, n) => ({ op: 'fallocate', fd: `fd${n}`, mode: 1, offset: 0, length: 16 * 4096 })),
        { op: 'set_region', slot: 0, flags: 0, gpa: 0, size: 16 * 4096 }, { op: 'set_region', slot: 1, flags: 0, gpa: 0, size: 4096 },
      ] }],
      hardware: [{ name: 'hw', commands: true }],
    };
    const topology = compile(scenario, kernel);
    const sizes = { ...topology.sizes, segment: 4, payload: 24 };
    const plan = planFor(kernel, { ...topology, sizes });
    this.kernel = kernel;
    this.world = new RunWorld(kernel, { ...topology, sizes }, plan, privateWords(plan));
    this.objects = this.world.objects;
    this.regions = topology.names.regions;
    runSetup(this.world);
  }

  actor(name: string): number {
    return this.world.topology.actors.findIndex((one) => one.name === name) + 1;
  }
  /** Number of the host page at a place, as the model numbers them. */
  hva(place: Place): number {
    const [region, page = '0'] = place.split('+');
    return this.world.facts.regionAt[this.regions.indexOf(region!)]!.first + Number(page);
  }
  /** Its address. */
  address(place: Place): bigint {
    return this.world.facts.hvas.real(this.hva(place)) * 4096n;
  }

  /** A call: its arguments by name; a region by its name, `hva` as a place or an address. errno and results by name. */
  call(name: string, given: { readonly [argument: string]: number | bigint | string } = {}): Answer {
    const number = this.kernel.calls.findIndex((one) => one.name === name);
    const row = this.kernel.calls[number]!;
    const words: number[] = [VMM.CALL, number, 0, this.actor(`main.${row.on}`)];
    for (const argument of row.arguments) {
      const value = given[argument.name] ?? argument.default;
      if (value === undefined) throw new Error(`call '${name}' needs '${argument.name}'`);
      const is = this.valueOf(argument.name, argument.type, value);
      if (argumentWords(argument.type) === 2) words.push(fromBig(is).lo, fromBig(is).hi);
      else words.push(Number(BigInt.asIntN(32, is)));
    }
    return this.watched(row, () => this.command('main', words));
  }

  /** A load of the `segment`-th quarter of a page: its byte, or the signal. */
  read(place: Place, segment = 0, child = false): string | number {
    return this.access(place, [0, 0, 0, segment, segment + 1, 0, 0, child ? 1 : 0], (pfn) => (pfn === 0 ? 0 : this.objects.page_bytes(pfn).byte.at(segment)));
  }
  /** A store of a byte to it: 'ok', or the signal. */
  write(place: Place, value: number, segment = 0, child = false): string | number {
    return this.access(place, [1, value, 0, segment, segment + 1, 0, 0, child ? 1 : 0], () => 'ok');
  }

  /** A memory error of a page of a file, or of a region: errno of memory_failure(). */
  memoryError(where: { readonly fd: number; readonly page: number } | { readonly at: Place }, early = false): string {
    const page = 'at' in where ? [PAGE_OF.MEMORY, 0, this.hva(where.at), 1] : [PAGE_OF.FILE, where.fd, this.world.facts.indexes.find(BigInt(where.page)), 1];
    let errno = 0;
    this.command('hw', [HARDWARE.MEMORY_ERROR, this.actor('hw.mf'), 1, ...page, 0, early ? 1 : 0], (step, actor) => {
      if (step === 'mf.reply') errno = this.world.frames[actor]!['errno']!;
    });
    return ERRNO_NAMES[errno]!;
  }

  /** The signal that the last command met, with its page; undefined for none. */
  signal(): string | undefined {
    const { number, code, hva } = this.met();
    if (number === 0) return undefined;
    const region = this.world.facts.regionOfHva[hva - 1];
    const at = region === undefined || region < 0 ? '' : ` ${this.regions[region]}+${hva - 1 - this.world.facts.regionAt[region]!.first}`;
    return `${SIGNALS[number]} ${CODES[`${number}.${code}`]}${at}`;
  }

  /** The signal that waits for the thread, which handles it now. */
  takeSignal(): string | undefined {
    this.command('main', [VMM.END]);
    return this.signal();
  }

  private met(): ReturnType<World['siginfo']> {
    return this.objects.siginfo(this.world.topology.actors[this.actor('main') - 1]!.thread);
  }

  /** Lets everybody go on until all rest. */
  settle(before: (step: string, actor: number) => void = () => {}): void {
    const { world } = this;
    for (let k = 0, idle = 0; idle < world.facts.actors; k++) {
      if (k > LIMIT) throw new Error('no standstill');
      const actor = (k % world.facts.actors) + 1;
      idle += 1;
      while (!world.ended(actor)) {
        before(world.leafOf(actor).step, actor);
        if (isBlocked(world.step(actor, () => 0))) break;
        idle = 0;
      }
    }
    const stuck = world.topology.actors.filter(({ name }, i) => name !== 'names' && !world.ended(i + 1) && !world.leafOf(i + 1).idle);
    if (stuck.length > 0) throw new Error(`stuck: ${stuck.map(({ name }) => `${name} ${world.leafOf(this.actor(name)).path}`).join(', ')}`);
  }

  /** One instruction of an actor that takes commands. */
  command(name: string, words: readonly number[], before?: (step: string, actor: number) => void): void {
    const actor = this.actor(name);
    const room = commandRoom(this.world.topology, actor)!;
    const code = [...words, ...Array.from<number>({ length: 2 * INSTRUCTION - words.length }).fill(0)];
    if (!applyInjection(this.world, { actor, type: MESSAGE_COMMAND, payload: [0], code: { at: room.at, words: code } })) throw new Error(`'${name}' takes no command now`);
    this.settle(before);
  }

  private valueOf(name: string, type: string, value: number | bigint | string): bigint {
    if (type === 'region') return BigInt(this.regions.indexOf(String(value)));
    if (name === 'hva' && typeof value === 'string') return this.address(value);
    return BigInt(value);
  }

  private watched(row: Call, run: () => void): Answer {
    const actor = this.actor('main');
    const answer: Record<string, string | bigint> = { errno: '' };
    const { world } = this;
    const plain = this.settle.bind(this);
    this.settle = (before) => plain((step, who) => {
      before?.(step, who);
      const box = world.objects.mailbox(actor);
      if (who !== actor || step !== 'vmm.receiveReply' || box.type === 0) return;
      answer['errno'] = ERRNO_NAMES[box.payload.at(0)]!;
      let at = 1;
      for (const { name, type } of row.results ?? []) {
        const low = BigInt(box.payload.at(at) >>> 0);
        answer[name] = type === 'u64' ? low | (BigInt(box.payload.at(at + 1) >>> 0) << 32n) : low;
        at += argumentWords(type);
      }
    });
    try {
      run();
    } finally {
      this.settle = plain;
    }
    return answer as Answer;
  }

  private access(place: Place, [write, value, expected, from, to, little, high, child]: readonly number[], seen: (pfn: number) => string | number): string | number {
    this.command('main', [VMM.HOST_ACCESS, this.hva(place), 1, write!, value!, expected!, from!, to!, little!, high!, child!]);
    return this.signal() ?? seen(this.met().pfn);
  }
}
