// The catalogue: every mutant, by number, and those that are not cut, with the reason; at the end those that forget a barrier. Most are cut
// from v6.8-fixed; what that lacks, from the oldest kernel that has it, with its known bugs mended.

import { attributeMutants } from './attributes.ts';
import { barrierMutants } from './barriers.ts';
import { earlyMutants } from './early.ts';
import { conversionMutants } from './conversions.ts';
import { equivalentMutants } from './equivalent.ts';
import { faultMutants } from './fault.ts';
import { hugeMutants } from './huge.ts';
import { invalidationMutants } from './invalidation.ts';
import { laterMutants } from './later.ts';
import { lifecycleMutants } from './lifecycle.ts';
import { memoryErrorMutants } from './memory-errors.ts';
import { otherMutants } from './others.ts';
import { severalFilesMutants } from './several-files.ts';
import type { Mutant } from '../../../src/explore/mutants/mutant.ts';

export { notCut } from './not-cut.ts';

const order = (id: string): string => `${/^(EQ)?B/.test(id) ? 3 : id.startsWith('EQ') ? 2 : id.startsWith('A') ? 1 : 0}${id.replace(/\d+/, (digits) => digits.padStart(3, '0'))}`;

export const mutants: readonly Mutant[] = [
  ...faultMutants, ...invalidationMutants, ...attributeMutants, ...lifecycleMutants, ...memoryErrorMutants, ...otherMutants, ...laterMutants, ...severalFilesMutants, ...earlyMutants, ...equivalentMutants, ...barrierMutants, ...conversionMutants, ...hugeMutants,
].toSorted((a, b) => (order(a.id) < order(b.id) ? -1 : 1));
