// What a step is given: the objects of physical memory, the constants of the scenario, its own registers, free choices.

import type { Layout, Tables } from './layout.ts';
import type { Objects } from './layouts/index.ts';
import type { PageSpace } from './pages.ts';
import type { Sizes } from './plan.ts';

/** What a kernel's build has, and its limits. */
export interface Config {
  /** KVM_SET_MEMORY_ATTRIBUTES is built in. */
  readonly attributes: boolean;
  readonly memoryFailure: boolean;
  /** VM types that KVM_CREATE_VM accepts. */
  readonly vmTypes: readonly string[];
  /** KVM_USER_MEM_SLOTS. */
  readonly userMemSlots: number;
  /** Flags of KVM_CREATE_GUEST_MEMFD that are known: 1 MMAP, 2 INIT_SHARED; none when left out. */
  readonly gmemFlags?: number;
  /** A VM without private memory may have slots with a guest_memfd; not when left out. */
  readonly gmemOfDefaultVm?: boolean;
  /** System management mode is built in: a VM without private memory has a second address space for it, whose slots lie in the upper half of the
   *  table of slots. Not when left out. */
  readonly smm?: boolean;
  /** KVM_PRE_FAULT_MEMORY is there; not when left out. */
  readonly prefault?: boolean;
  /** What makes a guest page private: its memslot has a file, or its page is allocated in the file. Its attribute when left out. */
  readonly privacy?: 'memslot' | 'allocation';
  /** Files of guest memory are memfds of shmem: of no VM, and with pages behind their end where userspace wants that. Not when left out. */
  readonly shmem?: boolean;
  /** A memslot holds a reference on the file that it is bound to; not when left out. */
  readonly slotHoldsFile?: boolean;
  /** A guest_memfd file holds no reference on a VM; each does when left out. */
  readonly fileWithoutVm?: boolean;
  /** Files keep the state of their pages, private or shared, themselves: those that the host can map, or all. Left out none does, and the
   *  attributes of VMs say it. */
  readonly shareability?: 'mapped' | 'every';
  /** Files may have folios of 2M or 1G: of 4 or 16 pages. None has when left out. */
  readonly hugeFiles?: boolean;
}

/** Gives a dimension's members names, for printing. */
export interface Names {
  readonly vms: readonly string[];
  readonly vcpus: readonly string[];
  readonly threads: readonly string[];
  readonly fds: readonly string[];
  readonly events: readonly string[];
  readonly regions: readonly string[];
}

/** Facts of a scenario that never change while it runs. */
export interface Facts {
  readonly sizes: Sizes;
  /** Guest page numbers that exist, and file page numbers. */
  readonly gfns: PageSpace;
  readonly indexes: PageSpace;
  /** Host pages: numbers of the process's page frames behind each region. */
  readonly hvas: PageSpace;
  /** VM of each vCPU. */
  readonly vmOfVcpu: readonly number[];
  /** vCPUs of each VM. */
  readonly vcpusOfVm: readonly (readonly number[])[];
  /** VMs, and vCPUs, that are not there at the beginning: calls make them. */
  readonly bornLater: { readonly vms: readonly number[]; readonly vcpus: readonly number[] };
  /** VMM thread that runs each vCPU; -1 for none. */
  readonly threadOfVcpu: readonly number[];
  /** Region number of each host page; -1 for none. */
  readonly regionOfHva: readonly number[];
  /** Regions of huge pages. */
  readonly hugeRegions: readonly boolean[];
  /** Regions that are mapped, for reading and writing, when the world begins. */
  readonly mappedRegions: readonly boolean[];
  /** First host page of each region, and how many it has. */
  readonly regionAt: readonly { readonly first: number; readonly pages: number }[];
  /** What the kernel's build has. */
  readonly config: Config;
  /** Type of each VM. */
  readonly vmTypes: readonly string[];
  /** Outcome that dispatches each call of the kernel's list; message type n is call n - 1. */
  readonly callOutcomes: readonly number[];
  /** Where the results of each call lie in its message, and how many words they are. */
  readonly callResults: readonly { readonly at: number; readonly words: number }[];
  /** Number of actors; actors count from 1. */
  readonly actors: number;
  /** Programs of all actors, one behind the other. */
  readonly code: Int32Array;
  /** First word of each actor's program, by actor number. */
  readonly programOf: readonly number[];
}

/** The world of a step: tables of objects, and facts. */
export type World = Objects & { readonly facts: Facts };
/** The world of a kernel that has objects of its own instead: `WorldOf<typeof objects>`, where `objects` lists layouts by name. */
export type WorldOf<T extends { readonly [name: string]: Layout }> = Tables<T> & { readonly facts: Facts };

/** Who an actor is. Fixed when the world is made; not registers. */
export interface Identity {
  /** The actor's own number. */
  readonly self: number;
  /** vCPU that it is, or whose hardware it is; -1: none. */
  readonly vcpu: number;
  /** VMM thread that it is or in whose context it runs; -1: none. */
  readonly thread: number;
  /** Actor number of that thread's VMM actor; 0: none. */
  readonly caller: number;
  /** File that a gmem actor releases; 0: none. */
  readonly ownFile: number;
}

/** Registers that every actor has: the VM that it works on. */
export interface CommonRegisters { vm: number }

/** An actor's frame as a step sees it. */
export type Frame<R = object> = R & CommonRegisters & Identity;

/** A free choice: 0 to n - 1, recorded in the schedule. At most one a step, before its first write. */
export type Choose = (n: number) => number;

/** An atomic step: reads and writes memory through the world's objects and its frame only; answers an outcome or blocked(object). */
export type Step<R = object, W = World> = (world: W, frame: Frame<R>, choose: Choose) => number;
