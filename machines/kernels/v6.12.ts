// Linux 6.12: what changed after 6.8.

import { deriveKernel } from '../../src/kernel/define.ts';
import { together } from './fix.ts';
import { g4b1 } from './fixes/g4-b1.ts';
import { v6_8 } from './v6.8.ts';

export const v6_12 = deriveKernel(v6_8, together('v6.12', 'Linux 6.12', [
  // 6.10
  g4b1,
]));
