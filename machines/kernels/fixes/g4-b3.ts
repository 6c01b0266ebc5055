// G4-B3, mended as 6.19 does: a request that drops, or adds, KVM_MEM_GUEST_MEMFD on an existing memslot is refused, so that
// no memslot is freed while bindings of a file still point to it.

import { ok, outcome } from '../../../src/memory/outcome.ts';
import { KVM_MEM_GUEST_MEMFD } from '../../../src/memory/layouts/kvm.ts';
import { EINVAL } from '../../../src/steps/errno.ts';
import { request } from '../../../src/steps/set-region.ts';
import { step } from '../../fragment.ts';
import type { SetRegion } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const refused = outcome('refused');

/** __kvm_set_memory_region: (mem->flags ^ old->flags) & KVM_MEM_GUEST_MEMFD, before the overlap is looked at. */
const testFileFlag: Step<SetRegion> = (world, f) => {
  if (((request(world, f).flags ^ world.memslot(f.old).flags) & KVM_MEM_GUEST_MEMFD) === 0) return ok;
  f.errno = EINVAL;
  return refused;
};

export const g4b3: Fix = {
  mended: ['G4-B3'],
  steps: { 'region.testFileFlag': testFileFlag },
  fragments: {
    'vm.setRegion': (edit) => {
      edit.insertBefore('moveOverlap', 'moveFileFlag', step('region.testFileFlag', 'KVM_MEM_GUEST_MEMFD cannot change', { ok: 'moveOverlap', refused: 'unlock' }));
      edit.insertBefore('updateFlags', 'fileFlag', step('region.testFileFlag', 'KVM_MEM_GUEST_MEMFD cannot change', { ok: 'updateFlags', refused: 'unlock' }));
    },
  },
};
