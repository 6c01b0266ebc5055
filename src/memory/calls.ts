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
  /** Only recordings of real kernels give it: the scenario language has it not. Such arguments are the last ones of a call. */
  readonly recorded?: true;
  /** Names of its bits, where it is given as a list of these. */
  readonly flags?: Readonly<Record<string, number>>;
  /** What a scenario says for it by `member: private` and `member: shared`. */
  readonly states?: { readonly member: string; readonly private: number; readonly shared: number };
}

/** What a call returns beside errno: a word, or two of a 64-bit value. */
export interface Result { readonly name: string; readonly type: 'u32' | 'u64' }

export interface Call {
  readonly name: string;
  /** Which of a thread's operation actors carries it out. For `vcpu` its first argument is the vCPU, and a thread has one actor for each. */
  readonly on: 'vm' | 'gmem' | 'host' | 'vcpu';
  /** The fragment that is the call. */
  readonly fragment: string;
  readonly description: string;
  readonly arguments: readonly Argument[];
  /** Words of its answer behind errno, in this order. A call without them answers errno and the number of a new descriptor. */
  readonly results?: readonly Result[];
  /** An ioctl on the VM descriptor that its first argument names: it keeps the VM's file open until it returns. */
  readonly vmIoctl?: true;
  /** It makes a guest_memfd file: a scenario has room for one more by each place that makes one. */
  readonly makesFile?: true;
  /** Only recordings of real kernels make it: it is no operation of the scenario language. */
  readonly recorded?: true;
  /** A scenario that makes it says nothing on this kernel; why, and what there is instead, as half a sentence. */
  readonly instead?: string;
  /** It stands for something that the kernel cannot do, and only a set-up may make it; the sentence says why. */
  readonly setupOnly?: string;
}

/** The calls of the scenario language, with the arguments that it has. */
export const scenarioCalls = (calls: readonly Call[]): readonly Call[] => calls.filter(({ recorded }) => recorded !== true)
  .map((call) => (call.arguments.some(({ recorded }) => recorded) ? { ...call, arguments: call.arguments.filter(({ recorded }) => recorded !== true) } : call));

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

const wordsOf = (list: readonly { readonly type: ArgumentType }[]): number => list.reduce((words, { type }) => words + argumentWords(type), 0);

/** Where the results of a call lie in its message while it runs, behind the arguments; and their words. */
export const resultsOf = (call: Call): { readonly at: number; readonly words: number } => ({ at: wordsOf(call.arguments), words: wordsOf(call.results ?? []) });

/** Words that a mailbox must have for a call: its arguments and, behind them, its results; and for the answer, errno and the results. */
export const messageWords = (call: Call): number => resultsOf(call).at + resultsOf(call).words;

/** Word offset of result `name` in a call's message; in the answer it is 1 + the offset, less that of the first result. */
export function resultOffset(call: Call, name: string): number {
  let { at: offset } = resultsOf(call);
  for (const result of call.results ?? []) {
    if (result.name === name) return offset;
    offset += argumentWords(result.type);
  }
  throw new Error(`call '${call.name}' has no result '${name}'`);
}

/** One-word argument at word `offset` of the request that this operation carries out. */
export const arg = ({ mailbox }: World, f: Frame, offset: number): number => mailbox(f.self).payload.at(offset);
/** The same of an argument that recordings only give; a world of scenarios has no room for it in its messages. */
export function recordedArg({ mailbox }: World, f: Frame, offset: number): number {
  const { payload } = mailbox(f.self);
  return offset < payload.length ? payload.at(offset) : 0;
}
/** Two-word argument. */
export const arg64 = (world: World, f: Frame, offset: number): Pair => pair(arg(world, f, offset), arg(world, f, offset + 1));
/** Puts a one-word result at word `offset` of the message, as the kernel writes into the struct of its caller. */
export const putResult = ({ mailbox }: World, f: Frame, offset: number, value: number): void => mailbox(f.self).payload.put(offset, value);
/** Two-word result. */
export function putResult64(world: World, f: Frame, offset: number, { lo, hi }: Pair): void {
  putResult(world, f, offset, lo);
  putResult(world, f, offset + 1, hi);
}
