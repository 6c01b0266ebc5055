// Linux 6.12: what changed after 6.8.

import { deriveKernel } from '../../src/kernel/define.ts';
import { faultRechecks } from './changes/fault-rechecks.ts';
import { getPfnChecks } from './changes/get-pfn-checks.ts';
import { mmioEntries } from './changes/mmio-entries.ts';
import { prefault } from './changes/prefault.ts';
import { prepareOnFault } from './changes/prepare-on-fault.ts';
import { slotZap } from './changes/slot-zap.ts';
import { together } from './fix.ts';
import { g4b1 } from './fixes/g4-b1.ts';
import { v6_8 } from './v6.8.ts';

export const v6_12 = deriveKernel(v6_8, together('v6.12', 'Linux 6.12', [
  // 6.9
  faultRechecks,
  // 6.10
  g4b1, getPfnChecks,
  // 6.12
  prepareOnFault, slotZap,
  // Older than 6.8; the model's 6.8 does without them.
  mmioEntries,
  // 6.11, on the fault path as it is by now.
  prefault, { config: { prefault: true } },
]));
