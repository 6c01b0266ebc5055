// G1-B3, mended: the owner is tested and set under one hold of the lock of the inode's info.

import { drop, infoLockSteps, take } from './info-lock.ts';
import type { Fix } from '../fix.ts';

export const g1b3: Fix = {
  mended: ['G1-B3'],
  steps: infoLockSteps,
  fragments: {
    'guestMem.register': (edit) => {
      edit.insertBefore('test', 'lock', take('test'));
      edit.insertAfter('set', 'ok', 'unlock', drop('^done'));
      edit.insertAfter('test', 'refused', 'unlockRefused', drop('^error'));
    },
  },
};
