// The ioctls of the RFC on a guest_memfd: KVM_GMEM_CONVERT_SHARED and KVM_GMEM_CONVERT_PRIVATE.

import { ConvertFrame, convertCall, steps } from '../../../src/steps/gmem-convert.ts';
import { steps as references, TestReferencesFrame } from '../../../src/steps/gmem-references.ts';
import { steps as unmap, UnmapRangeFrame } from '../../../src/steps/gmem-unmap-range.ts';
import { convert, convertBegin, convertEnd, testReferences, unmapRange } from '../../gmem/convert.ts';
import type { Fix } from '../fix.ts';

export const convertOnFile: Fix = {
  calls: [convertCall],
  registers: [ConvertFrame, UnmapRangeFrame, TestReferencesFrame],
  steps: { ...unmap, ...references, ...steps },
  fragments: Object.fromEntries([convert, convertBegin, convertEnd, unmapRange, testReferences].map((one) => [one.name, one])),
};
