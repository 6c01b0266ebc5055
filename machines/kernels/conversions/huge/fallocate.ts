// fallocate(2) on files of huge pages.

import { allocateSteps, beginMergeOfHole, PunchFrame, punchSteps } from '../../../../src/steps/huge-punch.ts';
import { runFrame } from '../../../../src/steps/huge-restructure.ts';
import { mergeFolios, punchHuge, truncateRange } from '../../../gmem/huge.ts';
import { use } from '../../../fragment.ts';
import type { Fix } from '../../fix.ts';

export const hugeFallocate: Fix = {
  registers: [PunchFrame, runFrame('gmem.mergePunched')],
  steps: { ...punchSteps, ...allocateSteps, 'punch.beginMerge': beginMergeOfHole },
  fragments: {
    'gmem.punchHuge': punchHuge,
    'gmem.mergePunched': mergeFolios('gmem.mergePunched', 'punch.beginMerge'),
    'gmem.truncateRange': truncateRange,
    'gmem.punchHole': (edit) => edit.replace('truncate', use('gmem.truncateRange', 'end')),
  },
};
