// G3-B2, mended: version 11 released a file with slots_lock inside invalidate_lock, the other way round than a memslot is bound. Here the release
// takes slots_lock first and drops it last, as the merged series does.

import { deriveKernel, kernels, step } from 'faultline';

const v11 = kernels.find((kernel) => kernel.name === 'rfc-v11')!;

export default deriveKernel(v11, {
  name: 'g3-b2-lock-order',
  title: 'guest_memfd as posted, version 11, with slots_lock as the outer lock of a release',
  mended: ['G3-B2'],
  fragments: {
    'gmem.release': (edit) => {
      edit.remove('lockSlots', 'slots');
      edit.insertBefore('lock', 'lockSlots', step('slots.lock', 'mutex_lock(&kvm->slots_lock)', { ok: 'lock' }));
      edit.remove('unlockSlots', 'unlink');
      edit.insertBefore('destroy', 'unlockSlots', step('slots.unlock', 'mutex_unlock(&kvm->slots_lock)', { ok: 'destroy' }));
    },
  },
});
