// A scenario as people write it, in JSON or through the builder. docs/scenarios.md explains it; schema.ts checks it.

/** A 64-bit value: a whole number, or a bigint, or decimal or hexadecimal text, for what a number cannot hold; negative ones wrap. */
export type U64 = number | bigint | string;

export type VmType = 'default' | 'sw-protected' | 'confidential';
/** What to do with an exit. */
export type Decision = 'stop' | 'retry' | 'convert';
export type PolicyName = Decision | 'ask';

export interface Loop<Op> {
  readonly op: 'loop';
  /** Rounds; exactly one of `times` and `forever` is given. */
  readonly times?: number | undefined;
  readonly forever?: true | undefined;
  readonly do: readonly Op[];
}
export interface Branch<Op> { readonly weight?: number | undefined; readonly do: readonly Op[] }
export interface Mix<Op> { readonly op: 'mix'; readonly of: readonly Branch<Op>[] }
export interface Notify { readonly op: 'notify'; readonly event: string }
export interface Await { readonly op: 'await'; readonly event: string }

export interface GuestRead { readonly op: 'read'; readonly page: U64; readonly any?: number | undefined; readonly private?: boolean | undefined }
export interface GuestWrite { readonly op: 'write'; readonly page: U64; readonly any?: number | undefined; readonly value?: number | undefined; readonly private?: boolean | undefined }
export interface GuestFill { readonly op: 'fill'; readonly page: U64; readonly pages: number; readonly value: number; readonly private?: boolean | undefined }
export interface GuestCheck { readonly op: 'check'; readonly page: U64; readonly value: number; readonly private?: boolean | undefined }
export interface GuestConvert { readonly op: 'convert'; readonly page: U64; readonly pages: number; readonly to: 'private' | 'shared' }
/** The same hypercall with its registers as they are, for what KVM refuses. */
export interface GuestHypercall { readonly op: 'map_gpa_range'; readonly gpa: U64; readonly npages: U64; readonly attributes: U64 }
/** What the CPU does with its TLB unasked. */
export interface GuestTlb { readonly op: 'speculate' | 'evict'; readonly page: U64; readonly any?: number | undefined }
export type GuestOp = GuestTlb | GuestRead | GuestWrite | GuestFill | GuestCheck | GuestConvert | GuestHypercall | Loop<GuestOp> | Mix<GuestOp> | Notify | Await;

/** A system call by its name, its arguments by theirs; the kernel's list of calls says which there are. */
export interface CallOp {
  readonly op: string;
  readonly expect?: string | undefined;
  /** Errno upon which the call is made once more, with the same arguments, until it answers something else. */
  readonly again?: string | undefined;
  readonly [argument: string]: unknown;
}
export interface PunchOrAllocate { readonly op: 'punch' | 'allocate'; readonly fd: string; readonly page: U64; readonly pages: U64; readonly expect?: string | undefined; readonly again?: string | undefined }
export interface Run { readonly op: 'run'; readonly vcpu?: number | string | undefined; readonly policy?: PolicyName | undefined }
export interface HostRead { readonly op: 'host_read'; readonly memory: string; readonly page: number; readonly any?: number | undefined; readonly value?: number | undefined }
export interface HostWrite { readonly op: 'host_write'; readonly memory: string; readonly page: number; readonly any?: number | undefined; readonly value: number }
export type VmmOp = PunchOrAllocate | Run | HostRead | HostWrite | Loop<VmmOp> | Mix<VmmOp> | Notify | Await | CallOp;

/** A page that hardware strikes or holds: of a file, or of a memory region. */
export interface PagePlace { readonly fd?: string | undefined; readonly memory?: string | undefined; readonly page: U64; readonly any?: number | undefined }
export interface Pin extends PagePlace { readonly op: 'pin' | 'unpin' }
export interface MemoryError extends PagePlace {
  readonly op: 'memory_error';
  /** Thread whose access has consumed the error; nobody's when left out. */
  readonly thread?: string | undefined;
  /** Processes that map the page are killed at once. */
  readonly early_kill?: boolean | undefined;
  readonly expect?: string | undefined;
}
export interface Interrupt { readonly op: 'interrupt'; readonly vcpu: number | string }
export interface Signal { readonly op: 'signal'; readonly thread: string; readonly number?: number | undefined }
export interface FailAfter { readonly op: 'fail_allocation' | 'fail_arch_prepare'; readonly after?: number | undefined }
export interface LruDrain { readonly op: 'lru_drain' }
export type HardwareOp = MemoryError | Pin | Interrupt | Signal | FailAfter | LruDrain | Loop<HardwareOp> | Mix<HardwareOp> | Notify | Await;

export interface VcpuSpec {
  readonly program?: readonly GuestOp[] | undefined;
  /** What its thread does with its exits; `stop` when left out. */
  readonly policy?: PolicyName | undefined;
  /** Program of its thread; one `run` when left out. */
  readonly thread?: readonly VmmOp[] | undefined;
  /** A spare one: it runs what comes from outside. Excludes `program` and `thread`. */
  readonly commands?: true | undefined;
}
export interface VmSpec { readonly type?: VmType | undefined; readonly vcpus?: readonly VcpuSpec[] | undefined }
export interface MemorySpec { readonly name: string; readonly pages: number; readonly huge?: boolean | undefined; readonly mapped?: boolean | undefined }
/** Has a program, or takes commands from outside. */
export interface ThreadSpec { readonly name: string; readonly program?: readonly VmmOp[] | undefined; readonly commands?: true | undefined }
export interface HardwareSpec { readonly name: string; readonly program?: readonly HardwareOp[] | undefined; readonly commands?: true | undefined }

export interface Scenario {
  readonly $schema?: string | undefined;
  readonly name: string;
  readonly title?: string | undefined;
  /** One sentence of what it shows. */
  readonly shows?: string | undefined;
  /** Properties that it is about: S-01. */
  readonly about?: readonly string[] | undefined;
  /** What makes a page private in the kernels that it is for; any when left out. */
  readonly privacy?: readonly ('attribute' | 'memslot' | 'allocation')[] | undefined;
  readonly frames?: number | undefined;
  readonly slotIds?: number | undefined;
  readonly slots?: number | undefined;
  readonly files?: number | undefined;
  readonly vms: readonly VmSpec[];
  readonly memory?: readonly MemorySpec[] | undefined;
  readonly setup?: readonly VmmOp[] | undefined;
  readonly threads?: readonly ThreadSpec[] | undefined;
  readonly hardware?: readonly HardwareSpec[] | undefined;
  /** Worker thread of an actor, by its name, where the run has several; modulo their number. */
  readonly placement?: Readonly<Record<string, number>> | undefined;
}
