// The kernel of a hunt with some of its known bugs mended: what is gone with a bug is that bug's doing.

import { together } from '../../../machines/kernels/fix.ts';
import { mendsOf } from '../../../machines/kernels/mends.ts';
import { deriveKernel, type Kernel } from '../../kernel/define.ts';

export class MendedKernels {
  /** Ids of the kernel's known bugs that can be mended in it. */
  readonly bugs: readonly string[];
  private readonly kernel: Kernel;
  private readonly derived = new Map<string, Kernel | undefined>();
  private readonly made = new Map<string, Kernel | undefined>();

  constructor(kernel: Kernel) {
    this.kernel = kernel;
    this.bugs = kernel.bugs.map(({ id }) => id).filter((id) => this.derive([id]) !== undefined);
  }

  /** The kernel without these bugs; nothing when the mends do not apply to it, as where a patch changes the same states. */
  without(bugs: readonly string[]): Kernel | undefined {
    const key = bugs.toSorted().join(' ');
    if (!this.made.has(key)) this.made.set(key, tabulated(this.derive(bugs)));
    return this.made.get(key);
  }

  private derive(bugs: readonly string[]): Kernel | undefined {
    const key = bugs.toSorted().join(' ');
    if (!this.derived.has(key)) this.derived.set(key, this.deriveNow(bugs));
    return this.derived.get(key);
  }

  private deriveNow(bugs: readonly string[]): Kernel | undefined {
    const chosen = mendsOf(this.kernel, bugs);
    if (new Set(chosen.flatMap(({ mended = [] }) => mended)).size < bugs.length) return undefined;
    try {
      return deriveKernel(this.kernel, together(`${this.kernel.name}-mended`, this.kernel.title, chosen));
    } catch {
      return undefined;
    }
  }
}

/** The kernel, once it is known that its statecharts hang together. */
function tabulated(kernel: Kernel | undefined): Kernel | undefined {
  try {
    return kernel === undefined || kernel.table.leaves.length === 0 ? undefined : kernel;
  } catch {
    return undefined;
  }
}
