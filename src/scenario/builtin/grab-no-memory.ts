// A page of a file, and no memory for it.

import { allocate, await_, createGmem, failAllocation, notify, scenario } from '../builder.ts';

export const grabNoMemory = scenario({
  name: 'grab-no-memory',
  title: 'no memory for a page',
  shows: 'Where there is no memory for a page of a file, fallocate says so.',
  about: ['S-22', 'S-34'],
  vms: [{}],
  setup: [createGmem('A', 1)],
  threads: [{ name: 'main', program: [await_('armed'), allocate('A', 0, 1, 'ENOMEM'), allocate('A', 0, 1, 'ok')] }],
  hardware: [{ name: 'hw', program: [failAllocation(), notify('armed')] }],
});
