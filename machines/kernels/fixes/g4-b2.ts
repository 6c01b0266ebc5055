// G4-B2, mended as 6.18 does: a memslot that goes takes its bindings along though the file is dying. The file cannot go
// meanwhile: its release wants slots_lock first, which who unbinds holds.

import { ok } from '../../../src/memory/outcome.ts';
import { putFile } from '../../../src/steps/file.ts';
import { step } from '../../fragment.ts';
import type { OnSlot } from '../../../src/steps/gmem-bind.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** A reference if there still is one to share; without, the file is kept by slots_lock. */
const tryGetFile: Step<OnSlot> = ({ file }, f) => {
  const target = file(f.handle);
  if (target.f_count !== 0) target.add_f_count(1);
  f.inode = target.inode;
  return ok;
};

/** Drops the reference that was taken: a count of 0 says that none was, since it never leaves 0. */
const putFileIfTaken: Step<OnSlot> = (world, f) => {
  if (world.file(f.handle).f_count !== 0) putFile(world, f.handle);
  return ok;
};

export const g4b2: Fix = {
  mended: ['G4-B2'],
  steps: { 'unbind.tryGetFile': tryGetFile, 'unbind.putFile': putFileIfTaken },
  fragments: {
    'gmem.unbind': (edit) => {
      edit.replace('put', step('unbind.putFile', 'fput, unless the file was dying', { ok: '^done' }));
    },
  },
};
