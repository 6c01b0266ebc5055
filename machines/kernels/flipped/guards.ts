// What a file that outlives its VM's memslots must not do is give their content to another VM. Three ways were thought of, and each costs
// something that somebody wanted.

import { gmem_past } from '../../../src/memory/layouts/gmem-views.ts';
import { forget, forgetOther, holdVm, refuse, remember } from '../../../src/steps/gmem-guards.ts';
import { fragment, step, use } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

/** Without any: who has the descriptor binds the memory of another VM, or maps it with the wrong key. */
export const unguarded: Fix = {
  bugs: [{
    id: 'G3-LC1', breaks: 'A file whose memslots were deleted is bound to another VM, which reads what the first one wrote to its private memory.',
    scenario: 'SC62', shownBy: ['S-29'], fixedIn: 'rfc-v11-flipped-a',
  }],
};

/** a: a file is its first VM's for ever. Nothing is lost, and nothing is won: no other VM can take over, which is what it was flipped for. */
export const neverAnotherVm: Fix = {
  mended: ['G3-LC1'],
  bugs: [{
    id: 'G3-LC2', breaks: 'Memory cannot be handed over to another VM: its file is of the first one for ever.',
    scenario: 'take-over', shownBy: ['S-22'], fixedIn: 'rfc-v11-flipped',
  }],
  objects: [gmem_past],
  steps: { ...remember, ...refuse },
  fragments: {
    'gmem.bind': (edit) => { edit.insertBefore('lockBindings', 'past', step('bind.testPast', 'was it of another VM before?', { ok: 'lockBindings', refused: 'unlockError' })); },
  },
};

/** b: a memslot that goes takes its pages along. That a memslot is a view, whose deletion leaves the memory alone, is over. */
export const zeroOnUnbind: Fix = {
  mended: ['G3-LC1'],
  bugs: [{
    id: 'G3-LC3', breaks: 'A guest whose memslot is deleted and made again has lost what it wrote.',
    scenario: 'SC39', shownBy: ['S-27'], alsoIn: ['take-over'], fixedIn: 'rfc-v11-flipped',
  }],
  steps: forget,
  fragments: {
    'gmem.unbind': (edit) => {
      edit.insertBefore('lock', 'back', step('unbind.back', 'back to the VM of the slot', { ok: 'lock' }));
      edit.insertBefore('back', 'punch', use('gmem.punchHole', 'back'));
      edit.insertBefore('punch', 'range', step('unbind.range', 'the pages of the slot, which is bound to them still', { ok: 'punch' }));
    },
  },
};

/** c: pages go when another VM comes. Until then a dead VM's memory stays, where some hardware must have it back first. */
export const zeroForAnotherVm: Fix = {
  mended: ['G3-LC1'],
  bugs: [{
    id: 'G3-LC4', breaks: 'Memory cannot be handed over to another VM with its content: it is thrown away when the other one binds it.',
    scenario: 'take-over', shownBy: ['S-27'], fixedIn: 'rfc-v11-flipped',
  }],
  objects: [gmem_past],
  steps: { ...remember, ...forgetOther },
  fragments: {
    'gmem.forget': fragment('gmem.forget', 'as a hole, with invalidate_lock held', {
      lockBegin: step('bindings.downRead', 'down_read of the bindings lock', { ok: 'begin' }),
      begin: use('gmem.invalidateBegin', 'unlockBegin'),
      unlockBegin: step('bindings.upRead', 'up_read of the bindings lock', { ok: 'truncate' }),
      truncate: use('gmem.truncate', 'lockEnd'),
      lockEnd: step('bindings.downRead', 'down_read of the bindings lock', { ok: 'end' }),
      end: use('gmem.invalidateEnd', 'unlockEnd'),
      unlockEnd: step('bindings.upRead', 'up_read of the bindings lock', { ok: '^done' }),
    }),
    'gmem.bind': (edit) => {
      edit.insertBefore('lockBindings', 'past', step('bind.testPast', 'was it of another VM before?', { same: 'lockBindings', another: 'forget' }));
      edit.add('forget', use('gmem.forget', 'range'));
      edit.add('range', step('bind.range', 'back to the VM and the range of the slot', { ok: 'lockBindings' }));
    },
  },
};

/** The bad alternative: memslots hold their files, and a file that is bound holds the VM. */
export const filesHoldVm: Fix = {
  bugs: [{
    id: 'G3-LC5', breaks: 'A VM and a file that is bound to it hold each other, and neither ever goes.',
    scenario: 'SC63', shownBy: ['L-07'], alsoIn: ['SC38'], fixedIn: 'rfc-v11-flipped',
  }],
  config: { fileWithoutVm: false },
  steps: holdVm,
};
