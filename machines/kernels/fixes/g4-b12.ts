// G4-B12, mended as 6.14 does: no synchronize_rcu where nobody reads under RCU. It broke nothing, so that it is no bug of the
// model's 6.8 either; what goes is a step without an effect.

import type { Fix } from '../fix.ts';

export const g4b12: Fix = {
  fragments: {
    'gmem.release': (edit) => { edit.remove('rcu', 'begin'); },
    'gmem.unbind': (edit) => { edit.remove('rcu', 'unlock'); },
  },
};
