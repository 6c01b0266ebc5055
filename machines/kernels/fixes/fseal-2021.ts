// The fixes of F_SEAL_GUEST, one each: applied together they are `fseal-2021-fixed`.

import { g1b1 } from './g1-b1.ts';
import { g1b12 } from './g1-b12.ts';
import { g1b13 } from './g1-b13.ts';
import { g1b14 } from './g1-b14.ts';
import { g1b15 } from './g1-b15.ts';
import { g1b2 } from './g1-b2.ts';
import { g1b3 } from './g1-b3.ts';
import { g1b4 } from './g1-b4.ts';
import { g1b5 } from './g1-b5.ts';
import { g1b6 } from './g1-b6.ts';
import { g1b7 } from './g1-b7.ts';
import { g1b8 } from './g1-b8.ts';
import { g1b9 } from './g1-b9.ts';
import type { Fix } from '../fix.ts';

export const fsealFixes: readonly Fix[] = [
  // The owner.
  g1b1, g1b2, g1b3, g1b12, g1b15,
  // Seals.
  g1b6, g1b7, g1b8, g1b9, g1b13, g1b14,
  // What get_lock_pfn answers.
  g1b4, g1b5,
];
