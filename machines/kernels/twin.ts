// The fixed twin of a kernel: the same with every known bug mended for which a mend is known, each by its own small patch. Mutants are cut from
// twins, and what a bug breaks on its kernel holds there.

import { deriveKernel, type Kernel } from '../../src/kernel/define.ts';
import { together } from './fix.ts';
import { mendsOf } from './mends.ts';

/** Derives `NAME-fixed` of a kernel. */
export function fixedTwin(kernel: Kernel): Kernel {
  return deriveKernel(kernel, together(`${kernel.name}-fixed`, `${kernel.title} with its known bugs mended`, mendsOf(kernel, kernel.bugs.map(({ id }) => id))));
}
