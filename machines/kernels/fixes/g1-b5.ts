// G1-B5, mended: get_lock_pfn returns its error apart from the page frame number, and KVM looks.

import { error } from '../../../src/steps/host.ts';
import { step } from '../../fragment.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const testPfn: Step = () => error;

export const g1b5: Fix = {
  mended: ['G1-B5'],
  steps: { 'fault.testPfn': testPfn },
  fragments: {
    'mmu.fault': (edit) => {
      edit.replace('pfn', step('fault.testPfn', 'the answer is an error', { error: 'failed' }));
      edit.remove('mapError', 'failed');
    },
  },
};
