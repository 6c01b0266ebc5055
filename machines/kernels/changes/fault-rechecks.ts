// 6.9: the fault path asks whether an invalidation has come in between before it looks a page up, and again before it waits for mmu_lock,
// both without the lock: who would be stale in the end does not allocate, sleep and wait first. The order of its tests is as follows
// from then on: privacy, no memslot, INVALID, the sequence.

import { ok } from '../../../src/memory/outcome.ts';
import { isPrivate, noSlot, shared, stale } from '../../../src/steps/fault.ts';
import { step } from '../../fragment.ts';
import type { Fault } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

/** F3: a gfn without a memslot is no memory. A private access to it is userspace's to explain, a shared one is emulated. */
const testNoSlot: Step<Fault> = (_world, f) => (f.slot !== 0 ? ok : f.intent !== 0 ? isPrivate : noSlot);

/** F5 and F7, mmu_invalidate_retry_gfn_unsafe: no lock, so it may be wrong by the time that it answers; the test under mmu_lock decides. */
const testStaleEarly: Step<Fault> = ({ kvm_mmu }, f) => {
  const mmu = kvm_mmu(f.vm);
  const inProgress = mmu.mmu_invalidate_in_progress !== 0 && f.gfn + 1 >= mmu.range_start && f.gfn + 1 < mmu.range_end;
  return inProgress || mmu.mmu_invalidate_seq !== f.mmu_seq ? stale : ok;
};

/** Which memory backs the access. */
export const backing: Step<Fault> = (_world, f) => (f.intent !== 0 ? isPrivate : shared);

export const faultRechecks: Fix = {
  steps: { 'fault.testNoSlot': testNoSlot, 'fault.testStaleEarly': testStaleEarly, 'fault.backing': backing },
  fragments: {
    'mmu.fault': (edit) => {
      edit.redirect('snapshot', 'ok', 'privacy');
      edit.redirect('privacy', 'private', 'noSlot');
      edit.redirect('privacy', 'shared', 'noSlot');
      edit.add('noSlot', step('fault.testNoSlot', 'F3: kvm_handle_noslot_fault', { ok: 'invalid', private: 'memoryFault', noSlot: 'mmio' }));
      edit.replace('invalid', step('fault.testSlotInvalid', 'F4: KVM_MEMSLOT_INVALID', { ok: 'early', invalid: '^retry' }));
      edit.add('early', step('fault.testStaleEarly', 'F5: mmu_invalidate_retry_gfn_unsafe', { ok: 'backing', stale: '^retry' }));
      edit.add('backing', step('fault.backing', '__kvm_mmu_faultin_pfn: from the file, or from the host address', { private: 'private', shared: 'shared' }));
      edit.insertBefore('lock', 'late', step('fault.testStaleEarly', 'F7: mmu_invalidate_retry_gfn_unsafe once more', { ok: 'lock', stale: 'putStale' }));
    },
  },
};
