// The kernel of a thread: a built-in one, or the one that a person's text makes.

import { kernels } from '../machines/kernels/index.ts';
import type { Kernel } from '../src/kernel/define.ts';
import type { KernelRef } from '../src/runtime/threads/thread-data.ts';

/** Makes the kernel that the thread was given. */
export async function kernelOf({ name, text }: KernelRef): Promise<Kernel> {
  if (text !== undefined) {
    // Only then: what strips types takes longer to load than all the rest.
    const [{ loadKernel }, api] = await Promise.all([import('../src/kernel/load.ts'), import('../src/index.ts')]);
    return loadKernel(text.text, text.file, api, kernels.map((one) => one.name));
  }
  const found = kernels.find((one) => one.name === name);
  if (found === undefined) throw new Error(`this thread does not know the kernel '${name}': give its text`);
  return found;
}
