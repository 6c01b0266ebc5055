// The kernel's own trace events, in its own line forms, where a step stands for the place in the kernel that has the event: entry
// and exit, page fault, KVM_RUN's answer, MMIO, hypercall, the changes of SPTEs, memory_failure(). Line forms are those of Linux 6.8 on VMX.
// docs/exports.md says which step stands for which event, and what of a line the model does not know (it is 0 there).

import { GUEST, INSTRUCTION } from '../memory/code.ts';
import { PageSpace } from '../memory/pages.ts';
import { pair, toBig } from '../memory/u64.ts';
import type { StepEvent } from '../runtime/events.ts';
import type { Topology } from '../scenario/topology.ts';
import { EINTR } from '../steps/errno.ts';
import { HUGE_PAGES } from '../steps/huge.ts';
import { KVM_FORMS, printed, type FieldValue, type KvmName } from './kvm-forms.ts';
import { isLeaf, leafChanges, rights } from './spte.ts';

/** One event of the kernel: its name, and its fields as KVM_FORMS lists them. */
export interface KvmEvent { readonly name: KvmName; readonly values: readonly FieldValue[] }

/** Its text as ftrace prints it. */
export const kvmText = ({ name, values }: KvmEvent): string => printed(KVM_FORMS[name].form, values);

const told = (name: KvmName, ...values: FieldValue[]): KvmEvent => ({ name, values });

const PAGE_SHIFT = 12n;

/** enum kvm_exit_reason of those that the model has. */
const EXIT_NUMBERS: Readonly<Record<string, number>> = { none: 0, HYPERCALL: 3, HLT: 5, MMIO: 6, SHUTDOWN: 8, INTR: 10, INTERNAL_ERROR: 17, MEMORY_FAULT: 39 };
const exitName = (reason: string): string => (reason === 'none' ? 'KVM_EXIT_UNKNOWN' : `KVM_EXIT_${reason}`);

/** VM exit of an outcome of guest mode. */
const REASONS: Readonly<Record<string, string>> = {
  interrupted: 'EXTERNAL_INTERRUPT', hypercall: 'VMCALL', refusedHypercall: 'VMCALL', halt: 'HLT', violation: 'EPT_VIOLATION', reserved: 'EPT_MISCONFIG',
};
/** What memory_failure() calls a page by what it found, and what came of it. */
const PAGES: Readonly<Record<string, string>> = { file: 'clean unevictable LRU page', anon: 'dirty LRU page', truncated: 'already truncated LRU page' };
const RESULTS: Readonly<Record<string, string>> = { IGNORED: 'Ignored', FAILED: 'Failed', DELAYED: 'Delayed', RECOVERED: 'Recovered' };

/** What is known of an actor from its steps so far: its registers, its last access, its exit. */
interface Known {
  readonly registers: Map<string, number>;
  /** Those that the step at hand leaves at 0. */
  readonly ended: string[];
  gfn: bigint;
  present: boolean;
  exit: string;
  /** The kvm_page_fault that its next step behind the exit path brings. */
  fault: KvmEvent | undefined;
  page: string;
}

/** Registers that tell something. */
const REGISTERS: ReadonlySet<string> = new Set(['pc', 'write', 'pfn', 'result']);

/** Follows a stream of steps and tells which events each of them stands for. */
export class KvmEvents {
  private readonly known = new Map<string, Known>();
  private readonly actors: Topology['actors'];
  private readonly code = new Map<string, readonly number[]>();
  private readonly gfns: PageSpace;

  constructor({ actors, gfns }: Pick<Topology, 'actors' | 'gfns'>) {
    this.actors = actors;
    for (const { name, code } of actors) this.code.set(name, code);
    this.gfns = new PageSpace(gfns.map(({ start, end }) => ({ start: BigInt(start), end: BigInt(end) })));
  }

  /** Events of one step, in their order. Steps must come one after the other. */
  of(event: StepEvent): readonly KvmEvent[] {
    const known = this.learn(event);
    // Instructions from outside take the place of those that the scenario has.
    if (event.injection?.code !== undefined) this.code.delete(this.actors[event.injection.actor - 1]?.name ?? '');
    const events: KvmEvent[] = [];
    if (known.fault !== undefined || event.machine === 'vcpu') this.ofGuest(event, known, events);
    if (event.name === 'mmu.flipRoot' || event.name === 'fault.map' || event.writes.some(isLeaf)) this.ofMmu(event, events);
    if (event.name.startsWith('mf.')) ofMemoryFailure(event, known, events);
    if (known.ended.length > 0) {
      for (const field of known.ended) known.registers.set(field, 0);
      known.ended.length = 0;
    }
    return events;
  }

  private learn({ actor, reads, writes, name, outcome }: StepEvent): Known {
    let known = this.known.get(actor);
    if (known === undefined) this.known.set(actor, known = { registers: new Map(), ended: [], gfn: 0n, present: false, exit: 'none', fault: undefined, page: '' });
    for (const { object, field, at, value } of reads) {
      if (object === 'frame') {
        if (REGISTERS.has(field) && at['actor'] === actor) known.registers.set(field, value);
      } else if (object === 'tlb' && at['gfn'] !== undefined) known.gfn = BigInt(at['gfn']);
      else if (name === 'guest.walk' && object.startsWith('spte') && field === 'pfn') known.present = value !== 0;
    }
    for (const { object, field, at, old, value, text } of writes) {
      if (object === 'frame' && REGISTERS.has(field) && at['actor'] === actor) {
        // A step that ends a fragment zeroes its registers when it is done with them.
        if (value === 0 && old !== 0) known.ended.push(field);
        else known.registers.set(field, value);
      }
      if (object === 'kvm_run' && field === 'exit_reason') known.exit = text ?? 'none';
    }
    if (name === 'mf.identify') known.page = outcome;
    return known;
  }

  /** What vcpu_enter_guest, the exit handlers and kvm_vcpu_ioctl tell. */
  private ofGuest(event: StepEvent, known: Known, events: KvmEvent[]): void {
    const { machine, name, outcome, to, messages, writes } = event;
    if (known.fault !== undefined && name !== 'vcpu.setOutsideGuestMode' && name !== 'srcu.readLock') {
      events.push(known.fault);
      known.fault = undefined;
    }
    if (machine !== 'vcpu') return;
    const vcpu = this.actors.find((one) => one.name === event.actor)!.vcpu;
    const rip = known.registers.get('pc') ?? 0;
    if (name === 'srcu.readUnlock' && to.endsWith('.guest')) events.push(told('kvm_entry', vcpu, rip));
    if (name === 'guest.execute' || name === 'guest.walk') {
      const reason = outcome === 'halt' && known.exit === 'SHUTDOWN' ? 'TRIPLE_FAULT' : REASONS[outcome];
      if (reason !== undefined) {
        const code = reason === 'EPT_VIOLATION' ? qualification(known) : 0n;
        events.push(told('kvm_exit', vcpu, reason, rip, code, 0, 0, 0));
        if (reason === 'EPT_VIOLATION') known.fault = told('kvm_page_fault', vcpu, rip, known.gfn << PAGE_SHIFT, code);
        if (reason === 'VMCALL') this.hypercall(event, known, events);
      }
    }
    if (writes.some(({ object, field, text }) => object === 'kvm_run' && field === 'exit_reason' && text === 'MMIO')) {
      const data = (field: string): number => writes.find((one) => one.object === 'kvm_run_data' && one.field === field)?.value ?? 0;
      const kind = known.registers.get('write') === 1 ? 'write' : 'unsatisfied-read';
      events.push(told('kvm_mmio', kind, data('len'), (known.gfn << PAGE_SHIFT) + BigInt(data('offset')), 0));
    }
    const answer = name === 'vcpu.reply' ? messages.find(({ message }) => message === 'reply') : undefined;
    if (answer !== undefined) {
      const errno = Number(answer.content['errno'] ?? 0);
      // A signal has an exit reason of its own, and no error; kvm_trace tells the error when there is one.
      events.push(errno === 0 ? told('kvm_userspace_exit', exitName(known.exit), EXIT_NUMBERS[known.exit] ?? 0) : told('kvm_userspace_exit', errno === EINTR ? 'restart' : 'error', errno));
      known.exit = 'none';
    }
  }

  /** Arguments as the guest's instruction has them; after instructions from outside, as far as kvm_run tells. */
  private hypercall({ actor, reads, writes }: StepEvent, known: Known, events: KvmEvent[]): void {
    const code = this.code.get(actor);
    let words: readonly (bigint | number)[] | undefined;
    if (code !== undefined) {
      // The step has moved the program counter on: the instruction is where it read it.
      const pc = reads.find(({ object, field }) => object === 'frame' && field === 'pc')?.value ?? 0;
      const word = (i: number): number => code[pc * INSTRUCTION + i] ?? 0;
      const long = (i: number): bigint => toBig(pair(word(i), word(i + 1)));
      if (word(0) === GUEST.HYPERCALL) words = [word(1), long(2), long(4), long(6)];
      else if (word(4) !== 0) words = [MAP_GPA_RANGE, long(5), long(7), long(9)];
      else words = [MAP_GPA_RANGE, this.gfns.real(word(1)) << PAGE_SHIFT, word(2), word(3) !== 0 ? ENCRYPTED : 0];
    } else if (known.exit === 'HYPERCALL') {
      const run = (field: string): number => writes.find((one) => one.object === 'kvm_run' && one.field === field)?.value ?? 0;
      words = [MAP_GPA_RANGE, this.gfns.real(run('gfn') - 1) << PAGE_SHIFT, run('npages'), run('attributes') !== 0 ? ENCRYPTED : 0];
    }
    if (words === undefined) return;
    const [nr, a0, a1, a2] = words;
    events.push(told('kvm_hypercall', nr!, a0!, a1!, a2!, 0));
  }

  /** What the TDP MMU tells: a leaf that was asked for, each SPTE that changed, a root that became obsolete. */
  private ofMmu({ name, actor, reads, writes }: StepEvent, events: KvmEvent[]): void {
    if (name === 'mmu.flipRoot') {
      const valid = reads.find(({ object }) => object === 'mmu_root')?.value ?? 0;
      events.push(told('kvm_mmu_zap_all_fast', valid, 0));
    }
    const maps = name === 'fault.map';
    const changes = leafChanges(reads, writes, (hp) => this.gfns.real(hp * HUGE_PAGES));
    const made = changes.findLast(({ pfn }) => pfn !== 0);
    const asked = made ?? changes.at(-1);
    if (maps && asked !== undefined) {
      events.push(told('kvm_mmu_spte_requested', asked.gfn, this.known.get(actor)!.registers.get('pfn') ?? 0, asked.level));
    }
    for (const { gfn, level, before, after, written } of changes) {
      if (!written || before === after) continue;
      events.push(told('kvm_tdp_mmu_spte_changed', 0, gfn, level, before, after));
    }
    if (maps && made?.written === true) events.push(told('kvm_mmu_set_spte', made.gfn, made.after, rights(made.after), made.level, 0));
  }
}

/** KVM_HC_MAP_GPA_RANGE, and its attribute for private pages. */
const MAP_GPA_RANGE = 12, ENCRYPTED = 16;

/** Exit qualification of an EPT violation: a read or a write, what the entry allowed, and that the address was translated (bits 7 and 8). */
const qualification = ({ registers, present }: Known): bigint => (registers.get('write') === 1 ? 2n : 1n) | (present ? 0x28n : 0n) | 0x180n;

/** action_result() of memory_failure(). */
function ofMemoryFailure({ name, outcome }: StepEvent, { registers, page }: Known, events: KvmEvent[]): void {
  const pfn = registers.get('pfn') ?? 0;
  if (name === 'mf.getPage' && outcome === 'free') events.push(told('memory_failure_event', pfn, 'free buddy page', 'Recovered'));
  if (name === 'mf.verdict') events.push(told('memory_failure_event', pfn, PAGES[page] ?? 'unknown page', RESULTS[MF_RESULTS[registers.get('result') ?? 0] ?? ''] ?? 'Ignored'));
}

/** Values of the register `result`. */
const MF_RESULTS = ['none', 'IGNORED', 'FAILED', 'DELAYED', 'RECOVERED'];
