// Linux 7.3: what changed after 6.18.

import { deriveKernel } from '../../src/kernel/define.ts';
import { gmemNuma } from './changes/gmem-numa.ts';
import { unbindLocked } from './changes/unbind-locked.ts';
import { together } from './fix.ts';
import { g4b14 } from './fixes/g4-b14.ts';
import { g4b9 } from './fixes/g4-b9.ts';
import { v6_18 } from './v6.18.ts';

export const mainline = deriveKernel(v6_18, together('mainline', 'Linux 7.3', [
  // 6.19
  gmemNuma,
  // 7.2
  g4b14, g4b9,
  // 7.3
  unbindLocked,
]));
