// deriveKernel as people's own files see it: who looks for a kernel that is not there is told which there are.

import { kernels } from '../../machines/kernels/index.ts';
import { deriveKernel as derive, type Kernel, type KernelDifference } from './define.ts';

/** Makes a kernel as the difference from `base`. Throws, with near names, when the difference would change nothing by mistake. */
export function deriveKernel(base: Kernel, difference: KernelDifference): Kernel {
  if (base === undefined) {
    throw new Error(`the kernel to derive from is undefined; \`kernels.find(…)\` finds nothing when the name is wrong; there are: ${kernels.map(({ name }) => name).join(', ')}`);
  }
  return derive(base, difference);
}
