// Linux 6.18: what changed after 6.12.

import { deriveKernel } from '../../src/kernel/define.ts';
import { together } from './fix.ts';
import { g4b12 } from './fixes/g4-b12.ts';
import { g4b2 } from './fixes/g4-b2.ts';
import { g4b4 } from './fixes/g4-b4.ts';
import { v6_12 } from './v6.12.ts';

export const v6_18 = deriveKernel(v6_12, together('v6.18', 'Linux 6.18', [
  // 6.14
  g4b12,
  // 6.15
  g4b4,
  // 6.18
  g4b2,
]));
