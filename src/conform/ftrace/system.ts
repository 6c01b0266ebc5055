// The system that a trace is held against: a world, and what its threads are told, step by step. Who lowers recorded steps makes it.

import type { Injection } from '../../memory/injection.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Topology } from '../../scenario/topology.ts';

/** What one recorded step makes the threads of the system do. */
export interface Told {
  /** Its number in the case, and what it is, for messages. */
  readonly step: number;
  readonly text: string;
  /** Messages for actors, each when the receiver waits for one; the next step begins when they have all rest again, unless it goes on beside them. */
  readonly messages: readonly Injection[];
  /** vCPU that runs in this step; -1: none. */
  readonly vcpu: number;
  /** The vCPU goes on running beside the steps that follow; or this step waits until it has come back. */
  readonly spin?: 'start' | 'end';
  /** What brings a vCPU back that does not come by itself: messages too. */
  readonly interrupt?: readonly Injection[];
  /** Range of guest pages, and the attributes that they get. */
  readonly attributes?: { readonly start: bigint; readonly end: bigint; readonly value: bigint };
}

export interface TracedSystem {
  readonly kernel: Kernel;
  readonly topology: Topology;
  readonly told: readonly Told[];
  /** Number that the kernel shows of each vCPU (its id), by vCPU of the world. */
  readonly vcpuIds: readonly number[];
}
