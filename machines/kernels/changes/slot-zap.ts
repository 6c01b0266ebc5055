// 6.12: the deletion or move of a memslot zaps that memslot's leaves; only for VMs of the default type it makes all roots obsolete as
// before (KVM_X86_QUIRK_SLOT_ZAP_ALL). No sequence moves: who faults on the old memslot was waited for, the others see INVALID.

import { frame } from '../../../src/memory/layout.ts';
import { contended } from '../../../src/memory/rwlock.ts';
import { more, ok, outcome } from '../../../src/memory/outcome.ts';
import { clean } from '../../../src/steps/mmu-roots.ts';
import { yields, zapFrom } from '../../../src/steps/mmu.ts';
import { fragment, step, use } from '../../fragment.ts';
import type { Registers } from '../../../src/memory/layout.ts';
import type { SetRegion } from '../../../src/memory/frames.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const all = outcome('all');
const range = outcome('range');

const zapSlotFrame = frame('mmu.zapSlot', { gfn: { ref: 'gfn' }, gfn_end: { ref: 'gfn' } });
type ZapSlot = Registers<typeof zapSlotFrame> & SetRegion;

/** kvm_memslot_flush_zap_all */
const chooseZap: Step = ({ facts }, f) => (facts.vmTypes[f.vm] === 'default' ? all : range);

const enter: Step<ZapSlot> = ({ memslot }, f) => {
  const { base_gfn, npages } = memslot(f.old);
  f.gfn = base_gfn;
  f.gfn_end = base_gfn + npages;
  return ok;
};

/** tdp_mmu_zap_leafs: the next present leaf; yields when mmu_lock is contended. */
const zapNext: Step<ZapSlot> = (world, f) => {
  const at = zapFrom(world, f.vm, f.gfn, f.gfn_end);
  if (at < 0) return f.flush !== 0 ? ok : clean;
  f.flush = 1;
  f.gfn = at;
  return contended(world.mmu_lock(f.vm)) ? yields : more;
};

export const slotZap: Fix = {
  registers: [zapSlotFrame],
  steps: { 'slot.chooseZap': chooseZap, 'slot.beginZap': enter, 'slot.zapNext': zapNext },
  fragments: {
    'slots.invalidate': (edit) => {
      edit.insertBefore('flush', 'choose', step('slot.chooseZap', 'kvm_arch_flush_shadow_memslot: kvm_memslot_flush_zap_all', { all: 'flush', range: 'zap' }));
      edit.add('zap', use('mmu.zapSlot', 'archLock'));
    },
    'mmu.zapSlot': fragment('mmu.zapSlot', 'kvm_mmu_zap_memslot: the leaves of one memslot, no more', {
      range: step('slot.beginZap', 'the gfns of the memslot', { ok: 'lock' }),
      lock: use('mmu.writeLock', 'zap'),
      zap: step('slot.zapNext', 'kvm_tdp_mmu_unmap_gfn_range', { more: 'zap', yield: 'yieldFlush', ok: 'flush', clean: 'unlock' }),
      yieldFlush: use('kvm.flushRemoteTlbs', 'yieldUnlock'),
      yieldUnlock: step('mmu.writeUnlock', 'cond_resched_rwlock_write drops the lock', { ok: 'lock' }),
      flush: use('kvm.flushRemoteTlbs', 'unlock'),
      unlock: step('mmu.writeUnlock', 'write_unlock(&kvm->mmu_lock)', { ok: '^done' }),
    }),
  },
};
