// G1-B2, mended: registrations are counted, one for each memslot, and the last memslot that goes takes the owner away.

import { ok } from '../../../src/memory/outcome.ts';
import { steps as owner, type Callback } from '../../../src/steps/memfd-owner.ts';
import { fragment, step, use } from '../../fragment.ts';
import { drop, infoLockSteps, take } from './info-lock.ts';
import type { MemfdWorld } from '../../../src/steps/memfd-world.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { Fix } from '../fix.ts';

const set: Step<Callback, MemfdWorld> = (world, f) => {
  world.guest_owner(f.inode).add_users(1);
  return owner['register.set'](world, f);
};
const unset: Step<Callback, MemfdWorld> = ({ guest_owner, registration }, f) => {
  const info = guest_owner(f.inode);
  if (info.add_users(-1) !== 0) return ok;
  info.kvm = 0;
  info.ops = 0;
  registration(f.inode).by.clear(f.vm);
  return ok;
};

export const g1b2: Fix = {
  mended: ['G1-B2'],
  steps: { ...infoLockSteps, 'register.set': set, 'register.unset': unset },
  fragments: {
    'guestMem.unregister': fragment('guestMem.unregister', 'guest_mem_unregister(inode, owner)', {
      lock: take('unset'),
      unset: step('register.unset', 'the last registration: no owner any more', { ok: 'unlock' }),
      unlock: drop('^done'),
    }),
    'gmem.bind': (edit) => { edit.insertBefore('putError', 'unregister', use('guestMem.unregister', 'putError')); edit.redirect('validate', 'refused', 'putError'); edit.redirect('register', 'error', 'putError'); },
    'gmem.unbind': (edit) => { edit.insertBefore('put', 'unregister', use('guestMem.unregister', 'put')); },
  },
};
