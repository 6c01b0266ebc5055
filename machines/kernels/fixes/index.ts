// The fixes of 6.8's known bugs, one each: applied together they are `v6.8-fixed`, from which mutants are cut.

import { g4b1 } from './g4-b1.ts';
import { g4b10 } from './g4-b10.ts';
import { g4b12 } from './g4-b12.ts';
import { g4b2 } from './g4-b2.ts';
import { g4b5 } from './g4-b5.ts';
import { g4b8 } from './g4-b8.ts';
import { g4b9 } from './g4-b9.ts';
import { g4b3 } from './g4-b3.ts';
import { g4b4 } from './g4-b4.ts';
import { g4b11 } from './g4-b11.ts';
import { g4b14 } from './g4-b14.ts';
import type { Fix } from '../fix.ts';

export const fixes: readonly Fix[] = [
  // Memslots, attributes, faults.
  g4b3, g4b4, g4b11, g4b14,
  // Files, poison. B12 before B10: it removes a state behind which B10 unlocks.
  g4b1, g4b2, g4b5, g4b8, g4b9, g4b12, g4b10,
];
