// fallocate(2) on files of huge pages.

import { allocateSteps, beginMergeOfHole, PunchFrame, punchSteps } from '../../../../src/steps/huge-punch.ts';
import { runFrame } from '../../../../src/steps/huge-restructure.ts';
import { mergeFolios, punchHuge } from '../../../gmem/huge.ts';
import { step, use } from '../../../fragment.ts';
import type { Fix } from '../../fix.ts';

export const hugeFallocate: Fix = {
  registers: [PunchFrame, runFrame('gmem.mergePunched')],
  steps: { ...punchSteps, ...allocateSteps, 'punch.beginMerge': beginMergeOfHole },
  fragments: {
    'gmem.punchHuge': punchHuge,
    'gmem.mergePunched': mergeFolios('gmem.mergePunched', 'punch.beginMerge'),
    'gmem.punchHole': (edit) => {
      edit.insertBefore('truncate', 'size', step('folio.testSize', 'kvm_gmem_has_custom_allocator', { small: 'truncate', huge: 'punch' }));
      edit.add('punch', use('gmem.punchHuge', { done: 'end', failed: 'end' }));
    },
  },
};
