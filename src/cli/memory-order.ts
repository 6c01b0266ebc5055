// --memory: how memory is ordered. Weakly ordered memory is a difference of a kernel, so it chooses among kernels.

import { InvalidArgumentError, type Command } from 'commander';
import { builtinKernel, DEFAULT_KERNEL, weakKernels } from '../../machines/kernels/index.ts';
import type { Kernel } from '../kernel/define.ts';
import { UsageError } from './errors.ts';
import { findKernel } from './kernels.ts';
import * as values from './values.ts';

/** Sequentially consistent, or with the store buffers of the `-weak` kernels. */
export type MemoryOrder = 'sc' | 'weak';

const order = (text: string): MemoryOrder => {
  if (/^\d+$/.test(text)) throw new InvalidArgumentError('it is the order of memory, sc or weak; how many megabytes a search may take is --megabytes');
  return values.oneOf(['sc', 'weak'] as const)(text);
};

/** Declares `--memory`. */
export const memoryOption = (command: Command): Command =>
  command.option('--memory <order>', 'sc, sequentially consistent, or weak, where barriers matter: the kernel of that name with -weak behind it (default: as the kernel says)', order);

/** Is this a kernel on weakly ordered memory? */
export const isWeak = ({ steps }: Kernel): boolean => steps.has('weak.readBarrier');

/** The name of the kernel that `name` is on memory of this order. Throws a UsageError where there is none. */
export function kernelOnMemory(name: string, memory: MemoryOrder | undefined): string {
  if (memory === undefined) return name;
  const { kernel, text } = findKernel(name);
  if (memory === 'sc' && isWeak(kernel)) throw new UsageError(`--memory sc, and ${name} is a kernel on weakly ordered memory; leave one of them out`);
  if (memory === 'sc' || isWeak(kernel)) return name;
  if (text !== undefined) throw new UsageError(`--memory weak is for built-in kernels; let ${text.file} derive from weakened(…) of one instead`);
  if (builtinKernel(`${name}-weak`) === undefined) throw new UsageError(`--memory weak: ${name} is not there on weakly ordered memory; there is ${weakKernels.map((one) => one.name).join(', ')}`);
  return `${name}-weak`;
}

/** Options whose kernel is what --memory makes of it: commands that are written out again name that one. */
export const onMemory = <T extends { readonly kernel?: string; readonly memory?: MemoryOrder }>(given: T): T =>
  (given.memory === undefined ? given : { ...given, kernel: kernelOnMemory(given.kernel ?? DEFAULT_KERNEL, given.memory) });
