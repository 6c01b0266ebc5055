// The fixes of 6.8's known bugs, one each: applied together they are `v6.8-fixed`, from which mutants are cut.

import { g4b3 } from './g4-b3.ts';
import { g4b4 } from './g4-b4.ts';
import { g4b11 } from './g4-b11.ts';
import { g4b14 } from './g4-b14.ts';
import type { Fix } from '../fix.ts';

export const fixes: readonly Fix[] = [
  // Memslots, attributes, faults.
  g4b3, g4b4, g4b11, g4b14,
];
