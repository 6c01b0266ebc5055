// What a scenario comes to: who acts, with which program, in a world of which sizes. Made by the scenario compiler,
// the same for every runtime; plain data, so that it can be sent to a worker or kept in a trace.

import type { Sizes } from '../memory/plan.ts';
import type { Config, Names } from '../memory/world.ts';

/** One actor of the world. Actors count from 1, in this order. */
export interface ActorSpec {
  /** Unique: `vcpu0`, `main`, `main.gmem`. */
  readonly name: string;
  readonly machine: string;
  readonly vm: number;
  readonly vcpu: number;
  readonly thread: number;
  /** Number of the VMM actor in whose context it runs; 0: none. */
  readonly caller: number;
  readonly ownFile: number;
  /** Its program; empty when it has none. */
  readonly code: readonly number[];
}

/** [start, end) in real pages, as decimal text: the values are 64-bit. */
export interface PageRange { readonly start: string; readonly end: string }

export interface Topology {
  readonly sizes: Sizes;
  readonly actors: readonly ActorSpec[];
  /** Actors (numbers) whose programs run to their end, one after the other, before the run begins. */
  readonly setup: readonly number[];
  /** By instruction of the set-up's program: where it stands in the scenario and what it is: `setup[1]: punch`; empty for loops and mixes. */
  readonly setupPlaces: readonly string[];
  readonly gfns: readonly PageRange[];
  readonly indexes: readonly PageRange[];
  readonly hvas: readonly PageRange[];
  readonly vmOfVcpu: readonly number[];
  readonly vmTypes: readonly string[];
  /** VMs and vCPUs, by number, that are not there at the beginning: `create_vm` and `create_vcpu` make them. All are there when left out. */
  readonly bornLater?: { readonly vms: readonly number[]; readonly vcpus: readonly number[] };
  readonly regionOfHva: readonly number[];
  /** Regions of huge pages, by region number. */
  readonly hugeRegions: readonly boolean[];
  /** Regions that are mapped from the beginning, by region number. */
  readonly mappedRegions: readonly boolean[];
  readonly names: Names;
  /** Worker thread of an actor, by its name, where the scenario says so. */
  readonly placement: Readonly<Record<string, number>>;
  /** What the kernel's build has otherwise than it is known for: that of a recording. */
  readonly config?: Partial<Config>;
  /** Megabytes that its world may take; the laboratory's limit when left out. */
  readonly megabytes?: number;
}
