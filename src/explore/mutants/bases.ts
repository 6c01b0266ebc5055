// The kernel that a mutant is cut from.

import { builtinKernel } from '../../../machines/kernels/index.ts';
import type { Kernel } from '../../kernel/define.ts';
import type { Mutant } from './mutant.ts';

/** Most mutants are cut from this one: 6.8 with every known bug mended. */
export const USUAL_BASE = 'v6.8-fixed';

/** The name of a mutant's own base; on weakly ordered memory, and where a barrier is forgotten, the one of that name with -weak behind it. */
export const baseName = ({ base = USUAL_BASE, memory }: Pick<Mutant, 'base' | 'memory'>, weak = false): string => (weak || memory === 'weak' ? `${base}-weak` : base);

/** Can it be cut on weakly ordered memory? */
export const hasWeakBase = (mutant: Pick<Mutant, 'base' | 'memory'>): boolean => builtinKernel(baseName(mutant, true)) !== undefined;

/** The kernel that a mutant is cut from when nobody names another one. Throws when there is none of that name. */
export function baseOf(mutant: Pick<Mutant, 'id' | 'base' | 'memory'>, weak = false): Kernel {
  const name = baseName(mutant, weak);
  const kernel = builtinKernel(name);
  if (kernel === undefined) throw new Error(`mutant ${mutant.id} is cut from '${name}', and there is no such kernel`);
  return kernel;
}
