// All state invariants, in the order in which they are evaluated.

import type { Invariant } from '../invariant.ts';
import { s01 } from './s01.ts';

export const invariants: readonly Invariant[] = [s01];
