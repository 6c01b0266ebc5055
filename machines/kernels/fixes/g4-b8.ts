// G4-B8, mended as of 2026: a bind that runs out of memory half way takes back what it stored and fails.

import { ok } from '../../../src/memory/outcome.ts';
import { ENOMEM } from '../../../src/steps/errno.ts';
import { steps, type OnSlot } from '../../../src/steps/gmem-bind.ts';
import { step } from '../../fragment.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const undo: Step<OnSlot> = (world, f) => {
  steps['unbind.erase'](world, f);
  steps['unbind.clearFile'](world, f);
  f.errno = ENOMEM;
  return ok;
};

export const g4b8: Fix = {
  mended: ['G4-B8'],
  steps: { 'bind.undo': undo },
  fragments: {
    'gmem.bind': (edit) => {
      edit.redirect('store', 'enomem', 'undo');
      edit.add('undo', step('bind.undo', 'what was stored goes again', { ok: 'unlockError' }));
    },
  },
};
