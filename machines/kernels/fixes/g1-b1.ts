// G1-B1, mended: who calls back takes a reference on the owner, under the lock of the inode's info, and calls nobody whose last reference
// is gone (get_guest_owner, put_guest_owner).

import { layout, type Table } from '../../../src/memory/layout.ts';
import { ok } from '../../../src/memory/outcome.ts';
import { none } from '../../../src/steps/gmem-invalidate.ts';
import { step } from '../../fragment.ts';
import { drop, infoLockSteps, take } from './info-lock.ts';
import type { Callback } from '../../../src/steps/memfd-owner.ts';
import type { MemfdWorld } from '../../../src/steps/memfd-world.ts';
import type { Step } from '../../../src/memory/world.ts';
import type { FragmentEdit } from '../../../src/kernel/edit.ts';
import type { Fix } from '../fix.ts';

/** References on a VM that callbacks hold: what S-19 counts. */
const ownerPins = layout('owner_pins', { count: { counter: true } }, { per: ['vm'] });
type PinWorld = MemfdWorld & { owner_pins: Table<typeof ownerPins> };

/** get_guest_owner: kvm_get_kvm_safe. */
const load: Step<Callback, PinWorld> = ({ guest_owner, kvm: vms, owner_pins }, f) => {
  const { kvm, ops } = guest_owner(f.inode);
  if (kvm === 0 || ops === 0 || vms(kvm - 1).users_count === 0) return none;
  vms(kvm - 1).add_users_count(1);
  owner_pins(kvm - 1).add_count(1);
  f.vm = kvm - 1;
  return ok;
};
/** put_guest_owner */
const put: Step<Callback, PinWorld> = ({ kvm, owner_pins }, f) => {
  owner_pins(f.vm).add_count(-1);
  kvm(f.vm).add_users_count(-1);
  return ok;
};

const locked = (behind: string): FragmentEdit => (edit) => {
  edit.insertBefore('load', 'lock', take('load'));
  edit.replace('load', step('guestOps.load', 'get_guest_owner', { ok: 'unlock', none: 'unlockNone' }));
  edit.add('unlock', drop('call'));
  edit.add('unlockNone', drop('^done'));
  edit.redirect(behind, behind === 'call' ? 'ok' : 'done', 'put');
  edit.redirect('call', 'freed', 'put');
  edit.add('put', step('guestOps.putOwner', 'put_guest_owner', { ok: '^done' }));
};

export const g1b1: Fix = {
  mended: ['G1-B1'],
  objects: [ownerPins],
  steps: { ...infoLockSteps, 'guestOps.load': load, 'guestOps.putOwner': put },
  fragments: { 'guestOps.invalidatePage': locked('invalidate'), 'guestOps.fallocate': locked('call') },
};
