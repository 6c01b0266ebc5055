// 7.3: kvm_gmem_unbind takes no reference on the file: while slots_lock is held and slot->gmem.file is set its release has not begun, dying
// or not. It takes invalidate_lock in any case, so that nobody walks the bindings meanwhile (P4, gone).

import { ok } from '../../../src/memory/outcome.ts';
import { gone } from '../../../src/steps/gmem-fault.ts';
import { step } from '../../fragment.ts';
import type { OnSlot } from '../../../src/steps/gmem-bind.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const loadBound: Step<OnSlot> = ({ slot_gmem, file }, f) => {
  f.handle = slot_gmem(f.slot).file;
  if (f.handle === 0) return gone;
  f.inode = file(f.handle).inode;
  return ok;
};

export const unbindLocked: Fix = {
  mended: ['P4'],
  steps: { 'unbind.loadBound': loadBound },
  fragments: {
    'gmem.unbind': (edit) => {
      edit.replace('load', step('unbind.loadBound', 'slot->gmem.file', { ok: 'lock', gone: '^done' }));
      for (const state of ['putChanged', 'recheck', 'get', 'eraseDying', 'clearDying']) edit.remove(state, 'lock');
      edit.remove('put', '^done');
    },
  },
};
