// The kernel of a thread: a built-in one, or the one that a person's text makes.

import { builtinKernel, kernels } from '../machines/kernels/index.ts';
import { withTable, type Kernel } from '../src/kernel/define.ts';
import type { KernelRef } from '../src/runtime/threads/thread-data.ts';

/** Makes the kernel that the thread was given. */
export async function kernelOf({ name, text, table }: KernelRef): Promise<Kernel> {
  if (text !== undefined) {
    // Only then: what strips types takes longer to load than all the rest.
    const [{ kernelOfText }, api] = await Promise.all([import('../src/kernel/load.ts'), import('../src/index.ts')]);
    return withTable(kernelOfText(text.text, text.file, api, kernels.map((one) => one.name)), table);
  }
  const found = builtinKernel(name);
  if (found === undefined) throw new Error(`this thread does not know the kernel '${name}': give its text`);
  return withTable(found, table);
}
