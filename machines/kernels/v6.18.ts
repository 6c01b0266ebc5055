// Linux 6.18: what changed after 6.12.

import { deriveKernel } from '../../src/kernel/define.ts';
import { gmemOnlySlots } from './changes/gmem-only-slots.ts';
import { hostMmap } from './changes/host-mmap.ts';
import { prefaultAgain } from './changes/prefault-again.ts';
import { reloadObsolete } from './changes/reload-obsolete.ts';
import { spuriousLeaf } from './changes/spurious-leaf.ts';
import { unbindDying } from './changes/unbind-dying.ts';
import { together } from './fix.ts';
import { g4b12 } from './fixes/g4-b12.ts';
import { g4b3 } from './fixes/g4-b3.ts';
import { g4b4 } from './fixes/g4-b4.ts';
import { v6_12 } from './v6.12.ts';

export const v6_18 = deriveKernel(v6_12, together('v6.18', 'Linux 6.18', [
  // 6.14
  g4b12, spuriousLeaf,
  // 6.15
  g4b4, reloadObsolete,
  // 6.18
  unbindDying, prefaultAgain, gmemOnlySlots, hostMmap,
  // 6.19, and 6.18 as it was maintained: 6.18.44 has it.
  g4b3,
]));
