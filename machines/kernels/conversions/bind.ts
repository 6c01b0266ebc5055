// A bind in two parts. The first one names the file in the memslot, and keeps the reference that it has taken on it; the second one stores the bindings,
// under invalidate_lock, and is the one that can fail for what others have done: then the memslot names no file again.

import { steps } from '../../../src/steps/gmem-bind.ts';
import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const bindInTwo: Fix = {
  steps: { 'bind.unprepare': steps['unbind.clearFile'] },
  fragments: {
    'gmem.bind': (edit) => {
      edit.remove('file', 'store');
      edit.insertBefore('lock', 'prepare', step('bind.setFile', 'the first part: slot->gmem.file, slot->gmem.pgoff', { ok: 'lock' }));
      edit.insertAfter('unlockError', 'ok', 'unprepare', step('bind.unprepare', 'slot->gmem.file goes again', { ok: 'putError' }));
    },
  },
};
