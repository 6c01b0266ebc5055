// The system calls of the model: what a VMM thread can ask of a VM or of a file. A call is one row: its name is the outcome of
// the operation's receive step, and with it the state in which the operation's statechart carries it out.

import { pair, type Pair } from './u64.ts';
import type { Frame, World } from './world.ts';

/** How an argument is written in a scenario and how many words it takes in a message: u64 two, all others one. */
export type ArgumentType = 'u32' | 'u64' | 'vm' | 'vcpu' | 'fd' | 'newFd' | 'region';

export interface Argument {
  readonly name: string;
  readonly type: ArgumentType;
  /** Left out, it is this; an argument without a default must be given. */
  readonly default?: number;
  readonly description: string;
}

export interface Call {
  readonly name: string;
  /** Which of a thread's operation actors carries it out. */
  readonly on: 'vm' | 'gmem' | 'host';
  /** The fragment that is the call. */
  readonly fragment: string;
  readonly description: string;
  readonly arguments: readonly Argument[];
  /** An ioctl on the VM descriptor that its first argument names: it keeps the VM's file open until it returns. */
  readonly vmIoctl?: true;
}

/** Words of an argument. */
export const argumentWords = (type: ArgumentType): number => (type === 'u64' ? 2 : 1);

/** Word offset of argument `name` in a call's message. */
export function argumentOffset(call: Call, name: string): number {
  let offset = 0;
  for (const argument of call.arguments) {
    if (argument.name === name) return offset;
    offset += argumentWords(argument.type);
  }
  throw new Error(`call '${call.name}' has no argument '${name}'`);
}

/** One-word argument at word `offset` of the request that this operation carries out. */
export const arg = ({ mailbox }: World, f: Frame, offset: number): number => mailbox(f.self).payload.at(offset);
/** Two-word argument. */
export const arg64 = (world: World, f: Frame, offset: number): Pair => pair(arg(world, f, offset), arg(world, f, offset + 1));
