// Scenarios in TypeScript: functions that give the operations of the scenario language, typed. `export default scenario({ … })`.

import type {
  Await, Branch, CallOp, FailAfter, GuestCheck, GuestConvert, GuestFill, GuestRead, GuestTlb, GuestWrite, HostRead, HostWrite, Interrupt, Loop, LruDrain,
  MemoryError, Mix, Notify, PagePlace, Pin, PolicyName, PunchOrAllocate, Run, Scenario, Signal, U64, VcpuSpec,
} from './types.ts';

export type { Decision, GuestOp, HardwareOp, Scenario, VcpuSpec, VmmOp, VmSpec } from './types.ts';

/** The scenario itself; says its type. */
export const scenario = (it: Scenario): Scenario => it;

/** A thread, or hardware, that takes its instructions from outside while the run goes on. */
export const commanded = (name: string): { readonly name: string; readonly commands: true } => ({ name, commands: true });
/** A vCPU that runs what comes from outside. */
export const spareVcpu = (policy: PolicyName = 'stop'): VcpuSpec => ({ commands: true, policy });

// Every language.

/** Does `body` so many times. */
export const loop = <Op>(times: number, body: readonly Op[]): Loop<Op> => ({ op: 'loop', times, do: body });
/** Does `body` without end. */
export const forever = <Op>(body: readonly Op[]): Loop<Op> => ({ op: 'loop', forever: true, do: body });
/** The operations of a branch. */
type OpOf<B> = B extends readonly (infer Op)[] ? Op : B extends Branch<infer Op> ? Op : never;
/** Does one of the branches, by free choice; a branch is its operations, or `weighted(…)`. */
export const mix = <B extends readonly (readonly object[] | Branch<object>)[]>(...of: B): Mix<OpOf<B[number]>> =>
  ({ op: 'mix', of: of.map((one) => (Array.isArray(one) ? { do: one } : one)) as Branch<OpOf<B[number]>>[] });
/** A branch that is taken `weight` times as often as one of weight 1. */
export const weighted = <Op>(weight: number, body: readonly Op[]): Branch<Op> => ({ weight, do: body });
/** Sets an event. */
export const notify = (event: string): Notify => ({ op: 'notify', event });
/** Waits until an event is set. */
export const await_ = (event: string): Await => ({ op: 'await', event });

// Guests.

interface AccessOptions { readonly any?: number; readonly private?: boolean }
/** Accesses of the guest to a page, or, with `any`, to one of so many from there by free choice. */
export const read = (page: U64, options: AccessOptions = {}): GuestRead => ({ op: 'read', page, ...options });
export const write = (page: U64, value = 1, options: AccessOptions = {}): GuestWrite => ({ op: 'write', page, value, ...options });
export const fill = (page: U64, pages: number, value: number, options: Omit<AccessOptions, 'any'> = {}): GuestFill => ({ op: 'fill', page, pages, value, ...options });
export const check = (page: U64, value: number, options: Omit<AccessOptions, 'any'> = {}): GuestCheck => ({ op: 'check', page, value, ...options });
/** The guest asks for a conversion. */
export const convert = (page: U64, pages: number, to: 'private' | 'shared'): GuestConvert => ({ op: 'convert', page, pages, to });
/** The CPU loads a TLB entry unasked, or drops one. */
export const speculate = (page: U64, any = 1): GuestTlb => ({ op: 'speculate', page, any });
export const evict = (page: U64, any = 1): GuestTlb => ({ op: 'evict', page, any });

// VMM threads.

/** Any system call, by its name. */
export const call = (name: string, members: Readonly<Record<string, unknown>> = {}): CallOp => ({ op: name, ...members });
export const punch = (fd: string, page: U64, pages: U64, expect?: string): PunchOrAllocate => ({ op: 'punch', fd, page, pages, ...expected(expect) });
export const allocate = (fd: string, page: U64, pages: U64, expect?: string): PunchOrAllocate => ({ op: 'allocate', fd, page, pages, ...expected(expect) });
export const createGmem = (fd: string, pages: U64, members: Readonly<Record<string, unknown>> = {}): CallOp => ({ op: 'create_gmem', fd, pages, ...members });
export const close = (fd: string, expect?: string): CallOp => ({ op: 'close', fd, ...expected(expect) });

interface SlotOptions {
  readonly vm?: number | string;
  readonly fd?: string;
  readonly filePage?: U64;
  readonly memory?: string;
  readonly memoryPage?: U64;
  readonly flags?: readonly ('log_dirty' | 'readonly' | 'guest_memfd')[];
  readonly expect?: string;
}
/** A memslot over guest pages [page, page + pages); with a file it has the flag guest_memfd. */
export const slot = (id: number, page: U64, pages: U64, options: SlotOptions = {}): CallOp =>
  ({ op: 'set_region', slot: id, page, pages, flags: options.fd === undefined ? [] : ['guest_memfd'], ...options });
export const deleteSlot = (id: number, options: { readonly vm?: number | string; readonly expect?: string } = {}): CallOp =>
  ({ op: 'set_region', slot: id, page: 0, pages: 0, ...options });
/** KVM_SET_MEMORY_ATTRIBUTES. */
export const setAttributes = (page: U64, pages: U64, to: 'private' | 'shared', options: { readonly vm?: number | string; readonly expect?: string } = {}): CallOp =>
  ({ op: 'set_attributes', page, pages, to, ...options });
/** Conversion in place, by an ioctl of the file, where a kernel has that. */
export const convertGmem = (fd: string, page: U64, pages: U64, to: 'private' | 'shared', options: { readonly expect?: string; readonly again?: string } = {}): CallOp =>
  ({ op: 'convert_gmem', fd, page, pages, to, ...options });
/** KVM_PRE_FAULT_MEMORY, from 6.12 on: any thread may call it. */
export const prefault = (vcpu: number | string, page: U64, pages: U64, options: { readonly expect?: string } = {}): CallOp => ({ op: 'prefault', vcpu, page, pages, ...options });
/** KVM_RUN, in the thread of a vCPU. */
export const run = (policy?: PolicyName): Run => (policy === undefined ? { op: 'run' } : { op: 'run', policy });
export const hostRead = (memory: string, page: number, options: { readonly any?: number; readonly value?: number } = {}): HostRead => ({ op: 'host_read', memory, page, ...options });
export const hostWrite = (memory: string, page: number, value: number, options: { readonly any?: number } = {}): HostWrite => ({ op: 'host_write', memory, page, value, ...options });

const expected = (expect: string | undefined): { expect?: string } => (expect === undefined ? {} : { expect });

// Hardware.

/** What happens to the world unasked: a page is lost, a device holds one, a CPU or a thread is interrupted, an allocation fails. */
export const memoryError = (place: Omit<MemoryError, 'op'>): MemoryError => ({ op: 'memory_error', ...place });
export const pin = (place: PagePlace): Pin => ({ op: 'pin', ...place });
export const unpin = (place: PagePlace): Pin => ({ op: 'unpin', ...place });
export const interrupt = (vcpu: number | string): Interrupt => ({ op: 'interrupt', vcpu });
export const signal = (thread: string): Signal => ({ op: 'signal', thread });
export const failAllocation = (after = 0): FailAfter => ({ op: 'fail_allocation', after });
export const failArchPrepare = (after = 0): FailAfter => ({ op: 'fail_arch_prepare', after });
export const lruDrain = (): LruDrain => ({ op: 'lru_drain' });
