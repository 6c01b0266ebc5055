// The proposal that flips who holds whom: a file is made without a VM, the first memslot that is bound to it says whose it is, the last that goes
// leaves it to whoever comes next, and each holds it meanwhile. invalidate_lock orders all that, so that nothing is looked up under RCU.

import { calls } from '../../../src/steps/calls.ts';
import { linkCall } from '../../../src/steps/gmem-link.ts';
import { steps } from '../../../src/steps/gmem-flipped.ts';
import { step } from '../../fragment.ts';
import { getPfn, release, unbind } from '../../gmem/flipped.ts';
import type { Call } from '../../../src/memory/calls.ts';
import type { Fix } from '../fix.ts';

/** As an ioctl of the system: the VM that it names is not asked. */
function ofTheSystem({ vmIoctl: _of, ...call }: Call): Call {
  return { ...call, description: `${call.description}; of the system, the VM is not asked` };
}
const createCall = calls.find(({ name }) => name === 'create_gmem')!;

export const slotsHoldFiles: Fix = {
  config: { slotHoldsFile: true, fileWithoutVm: true },
  calls: [createCall, linkCall].map(ofTheSystem),
  steps,
  fragments: {
    'gmem.create': (edit) => { edit.remove('pin', 'install'); },
    'gmem.link': (edit) => { edit.remove('pin', 'list'); },
    'gmem.bind': (edit) => {
      edit.insertAfter('lock', 'done', 'owner', step('bind.testOwner', 'gmem->kvm', { ok: 'lockBindings', refused: 'unlockError' }));
      edit.insertBefore('file', 'setOwner', step('bind.setOwner', 'gmem->kvm', { ok: 'file' }));
      edit.insertAfter('undo', 'ok', 'undoOwner', step('unbind.clearOwner', 'gmem->kvm = NULL, unless something else is bound', { ok: 'unlockBindingsError' }));
      edit.remove('put', '^done');
    },
    'gmem.unbind': unbind,
    'gmem.getPfn': getPfn,
    'gmem.release': release,
  },
};
