// A file, and no memory for what comes with it.

import { await_, close, createGmem, failAllocation, notify, scenario } from '../builder.ts';

export const createNoMemory = scenario({
  name: 'create-no-memory',
  title: 'no memory for a file',
  shows: 'A file that cannot be made because memory is short leaves nothing behind; one that is made then can be closed.',
  about: ['S-19', 'S-34'],
  vms: [{}],
  threads: [{ name: 'main', program: [await_('armed'), createGmem('A', 1), createGmem('B', 1, { expect: 'ok' }), close('B', 'ok')] }],
  hardware: [{ name: 'hw', program: [failAllocation(), notify('armed')] }],
});
