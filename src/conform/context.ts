// What a step is lowered with: the bench, the names of the case, and what its makings came to.

import { fdAsVm, KVM_AS_VM, NO_FILE, vcpuAsFile, vmAsFile } from '../memory/handles.ts';
import { DESCRIPTOR_KVM, DESCRIPTOR_MEMFD, DESCRIPTOR_NONE } from '../memory/layouts/gmem.ts';
import type { Bench, Reply, SavedBench } from './bench.ts';
import type { Machine } from './config.ts';
import type { Guest } from './lower/guest.ts';
import { errnoName } from './errnos.ts';
import { Names, type Handle } from './names.ts';
import { firstPageOf, HIDDEN_PAGES, RECORDERS_SLOT, type Needs } from './needs.ts';
import { inapplicable, result, type Outcome } from './outcome.ts';
import type { Args, Result, Step } from './recording.ts';
import { Segments } from './segments.ts';
import { MAIN, vcpuNumber, vmNumber } from './topology.ts';
import { approximately, numeric, PAGE, toBigInt, unsigned64, type Numeric } from './values.ts';

/** Descriptors 0, 1 and 2 are open in every process. No other number is one that a case has not made. */
const STANDARD_FILES = 3;

/** What stands where a descriptor, or an address, is any valid one. */
const MADE = { fd: 'fd', map: 'addr' } as const;

/** A case between two of its steps. */
export interface SavedContext {
  readonly bench: SavedBench;
  readonly names: Names;
  readonly mappings: ReadonlyMap<number, number>;
  readonly guests: ReadonlyMap<number, Guest>;
  readonly spinning: ReadonlySet<number>;
}

export class Context {
  readonly bench: Bench;
  readonly needs: Needs;
  readonly machine: Machine;
  readonly segments: Segments;
  /** Names and what they stand for, at the step that has been reached. */
  names = new Names();
  /** Mappings that there are, by region, and their lengths in bytes. */
  readonly mappings = new Map<number, number>();
  /** Of each vCPU, the guest's program that was put in last, with what its result is made of. */
  readonly guests = new Map<number, Guest>();
  /** Id of the slot that VMs have from the beginning, with the guest's tables and code; -1: they have none. */
  hiddenSlot: number;
  /** Accesses of guests walk over the guest's own page tables first, since the case changes what these pages are. */
  walks = false;
  /** Pages that a pin of this name holds: words of the instruction that drops each. */
  readonly pins = new Map<string, readonly (readonly number[])[]>();
  /** vCPUs that repeat an access beside the steps. */
  readonly spinning = new Set<number>();
  /** Takes calls instead of doing them. */
  capture: ((name: string, values: Readonly<Record<string, Numeric | bigint>>, fields: readonly string[]) => void) | undefined = undefined;
  /** The thread that steps are given to. */
  thread = MAIN;

  constructor(bench: Bench, needs: Needs, machine: Machine) {
    this.bench = bench;
    this.needs = needs;
    this.machine = machine;
    this.hiddenSlot = machine.hiddenSlot ? RECORDERS_SLOT : -1;
    this.segments = new Segments(needs);
  }

  /** A new case begins, under schedule number `seed`. */
  reset(seed = 1): void {
    this.bench.reset(seed);
    this.names = new Names();
    this.mappings.clear();
    this.guests.clear();
    this.pins.clear();
    this.spinning.clear();
    this.thread = MAIN;
    this.bench.call('make_file', MAIN, { fd: this.kvmDescriptor, kind: DESCRIPTOR_KVM });
  }

  /** Where the case stands now, between two steps, to go on from there once more. */
  save(): SavedContext {
    return { bench: this.bench.save(), names: this.names.copy(), mappings: new Map(this.mappings), guests: new Map(this.guests), spinning: new Set(this.spinning) };
  }

  /** There again. */
  restore({ bench, names, mappings, guests, spinning }: SavedContext): void {
    this.bench.restore(bench);
    this.names = names.copy();
    replace(this.mappings, mappings);
    replace(this.guests, guests);
    this.spinning.clear();
    for (const vcpu of spinning) this.spinning.add(vcpu);
    this.thread = MAIN;
  }

  /** The calls that make the recorder's own slot of a VM, with the guest's tables and code; none where it has none. */
  hiddenSlotWords(vm: number): number[][] {
    const { hidden } = this.needs;
    if (hidden < 0 || this.hiddenSlot < 0) return [];
    const size = HIDDEN_PAGES * PAGE;
    return [
      this.bench.callWords('anon', this.thread, { region: hidden + vm, length: size }),
      this.bench.callWords('set_region', this.thread, { vm, slot: this.hiddenSlot, size, hva: firstPageOf(hidden + vm) * PAGE }),
    ];
  }

  /** Makes it. */
  makeHiddenSlot(vm: number): void {
    const words = this.hiddenSlotWords(vm);
    if (words.length > 0 && this.capture === undefined) this.bench.run(this.bench.actor(this.thread), words);
  }

  /** Notes that what a step maps is there. */
  noteMapping(args: Args): void {
    const handle = this.names.of(args['as']);
    if (handle.kind === 'map') this.mappings.set(handle.region, approximately((args['len'] ?? 0) as Numeric));
  }

  /** Number of the main thread, whose signals are the process's. */
  get mainThread(): number {
    return this.bench.topology.names.threads.indexOf(this.thread);
  }

  /** A handle's name, or a number, as the word of an argument that names a file. */
  fdWord(value: unknown): number {
    // The standard streams are files that KVM knows nothing of, as /dev/kvm is one that no slot can have.
    if (typeof value === 'number' && value >= 0 && value < STANDARD_FILES) return this.kvmDescriptor;
    const handle = this.names.of(value);
    switch (handle.kind) {
      case 'fd': return handle.number;
      case 'vm': return vmAsFile(vmNumber(this.needs, handle));
      case 'vcpu': return vcpuAsFile(this.vcpu(handle));
      case 'kvm': return this.kvmDescriptor;
      default: return NO_FILE;
    }
  }

  /** What kind of file a handle stands for, of those that are no guest_memfd and not KVM's; DESCRIPTOR_NONE for all others. */
  foreignKind(value: unknown): number {
    const handle = this.names.of(value);
    const kind = handle.kind === 'fd' ? this.bench.world.objects.descriptor(handle.number).kind : DESCRIPTOR_NONE;
    return kind >= DESCRIPTOR_MEMFD ? kind : DESCRIPTOR_NONE;
  }

  /** The same where a VM is wanted. */
  vmWord(value: unknown): number {
    const handle = this.names.of(value);
    switch (handle.kind) {
      case 'vm': return vmNumber(this.needs, handle);
      case 'kvm': return KVM_AS_VM;
      case 'fd': return fdAsVm(handle.number);
      // A vCPU is none, and the calls of VMs say to it what they say to /dev/kvm.
      case 'vcpu': return KVM_AS_VM;
      default: return fdAsVm(this.needs.fds + 1);
    }
  }

  /** Descriptor number of /dev/kvm, which is the last one. */
  get kvmDescriptor(): number {
    return this.needs.fds;
  }

  /** Number of a vCPU. */
  vcpu(handle: Handle): number {
    return handle.kind === 'vcpu' ? vcpuNumber(this.needs, handle.vm, handle.number) : -1;
  }

  /** An address of the process: a number, or a mapping with an offset. A mapping that could not be made is at 0. */
  address(value: unknown): bigint {
    if (typeof value !== 'string' || /^-?0x/.test(value)) return BigInt.asUintN(64, toBigInt(value as Numeric));
    const [name, offset = '0'] = value.split('+') as [string, string?];
    return this.mapped(this.names.of(name)) + BigInt(offset);
  }

  private mapped(handle: Handle): bigint {
    return handle.kind === 'map' && this.mappings.has(handle.region) ? BigInt(firstPageOf(handle.region) * PAGE) : 0n;
  }

  /** Where `map` + `off` of a step is; nothing when there is no such mapping. */
  place(args: Args): bigint | undefined {
    const handle = this.names.of(args['map']);
    if (handle.kind !== 'map' || !this.mappings.has(handle.region)) return undefined;
    return BigInt(firstPageOf(handle.region) * PAGE) + toBigInt((args['off'] ?? 0) as Numeric);
  }

  /** Does a call and says what it came to as recordings do: `ret` and `errno`, and what it returns beside. Without such a call it does not apply. */
  call(name: string, values: Readonly<Record<string, Numeric | bigint>>, fields: readonly string[] = []): Outcome {
    if (this.bench.callNamed(name) === undefined) return inapplicable(`the model has no call '${name}'`);
    if (this.capture !== undefined) {
      this.capture(name, values, fields);
      return result({});
    }
    const reply = this.bench.call(name, this.thread, values);
    return result(this.told(name, reply, fields));
  }

  /** A making: the same with `fd` or `addr` for what was made. */
  make(name: string, values: Readonly<Record<string, Numeric | bigint>>, made: keyof typeof MADE): Outcome {
    const outcome = this.call(name, values);
    if (outcome.kind !== 'result' || outcome.result['errno'] !== undefined) return outcome;
    return result({ ret: MADE[made] });
  }

  /** The fields of a reply. */
  told(name: string, reply: Reply, fields: readonly string[]): Result {
    const told: Record<string, unknown> = {};
    if (reply.errno !== 0) {
      told['ret'] = -1;
      told['errno'] = errnoName(reply.errno);
    } else {
      const ret = this.bench.result(name, reply, 'ret');
      told['ret'] = ret === undefined ? 0 : ret.wide ? numeric(unsigned64(ret.low, ret.high)) : ret.low;
    }
    for (const field of fields) {
      const one = this.bench.result(name, reply, field);
      if (one !== undefined) told[field] = one.wide ? numeric(unsigned64(one.low, one.high)) : one.low;
    }
    return told;
  }
}

function replace<K, V>(map: Map<K, V>, by: ReadonlyMap<K, V>): void {
  map.clear();
  for (const [key, value] of by) map.set(key, value);
}

/** How a step is carried out. */
export type Row = (args: Args, context: Context, step: Step) => Outcome;
