// G3-B2. kvm_gmem_release takes invalidate_lock and inside it slots_lock; KVM_SET_USER_MEMORY_REGION2 holds slots_lock when a memslot is bound
// or unbound, which takes invalidate_lock. lockdep reports it at once. Two threads really wait for each other only where the inode has
// another file: on the one that is being released nobody else has a reference, so nobody is binding. Mended as 6.8 does: slots_lock is the
// outer one.

import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

export const releaseOrder: Fix = {
  bugs: [{
    id: 'G3-B2', breaks: 'A release takes slots_lock inside invalidate_lock, binding and unbinding take them the other way round.',
    scenario: 'SC27', shownBy: ['S-17'], alsoIn: ['SC26', 'unbind-dying', 'stress', 'stress-all'], lockOrder: ['slots_lock', 'invalidate_lock'], fixedIn: 'v6.8',
  }],
  fragments: {
    'gmem.release': (edit) => {
      edit.remove('lockSlots', 'lock');
      edit.insertBefore('slots', 'lockSlots', step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'slots' }));
      edit.remove('unlockSlots', 'destroy');
      edit.insertBefore('unlink', 'unlockSlots', step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: 'unlink' }));
    },
  },
};

export const g3b2: Fix = {
  mended: ['G3-B2'],
  fragments: {
    'gmem.release': (edit) => {
      edit.remove('lockSlots', 'slots');
      edit.insertBefore('lock', 'lockSlots', step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'lock' }));
      edit.remove('unlockSlots', 'unlink');
      edit.insertBefore('destroy', 'unlockSlots', step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: 'destroy' }));
    },
  },
};
