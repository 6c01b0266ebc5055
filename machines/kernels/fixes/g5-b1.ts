// G5-B1, mended: one variable for the error. A work list that cannot be made ends the conversion before anything has begun.

import { outcome } from '../../../src/memory/outcome.ts';
import { ENOMEM } from '../../../src/steps/errno.ts';
import { addWork, type Convert } from '../../../src/steps/gmem-convert.ts';
import { withShareability } from '../../../src/steps/shareability.ts';
import { step } from '../../fragment.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const enomem = outcome('enomem');

const addWorkOrFail: Step<Convert> = (world, f) => addWork(withShareability(world), f, (frame, start) => {
  frame.errno = ENOMEM;
  frame.error_index = start + 1;
  return enomem;
});

export const g5b1: Fix = {
  mended: ['G5-B1'],
  steps: { 'convert.addWork': addWorkOrFail },
  fragments: {
    'gmem.convert': (edit) => {
      edit.replace('work', step('convert.addWork', 'C3: kvm_gmem_convert_compute_work, the next run of pages whose state differs', {
        more: 'work', ok: 'beginNext', nothing: 'unlock', enomem: 'unlock',
      }));
    },
  },
};
