// The fixed parts of the program.

import { PARTS } from './parts.gen.ts';
import type { Parts } from './program.ts';

/** The parts in their order; the last one stands behind the scenario's own. */
export const fixedParts = (): Parts => ({ before: PARTS.slice(0, -1), behind: PARTS.at(-1)! });
