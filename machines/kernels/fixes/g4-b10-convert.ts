// G4-B10 where memory is converted in place: the walks of a conversion over the bindings are among those that the bindings lock is for.

import { step } from '../../fragment.ts';
import type { Fix } from '../fix.ts';

const take = (to: string) => step('bindings.downRead', 'down_read of the bindings lock', { ok: to });
const drop = (to: string) => step('bindings.upRead', 'up_read of the bindings lock', { ok: to });

/** A walk that zaps apart from the begin. */
export const g4b10Zap: Fix = {
  fragments: {
    'gmem.convertZap': (edit) => {
      edit.insertBefore('zap', 'lock', take('zap'));
      edit.insertAfter('zap', 'done', 'unlock', drop('^done'));
    },
  },
};

export const g4b10Convert: Fix = {
  fragments: {
    'gmem.convertBegin': (edit) => {
      edit.insertBefore('begin', 'lock', take('begin'));
      edit.insertAfter('begin', 'done', 'unlock', drop('^done'));
    },
    'gmem.convertEnd': (edit) => {
      edit.insertBefore('end', 'lock', take('end'));
      edit.insertAfter('end', 'done', 'unlock', drop('^done'));
    },
  },
};
