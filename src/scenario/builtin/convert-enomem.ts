// Memory runs out: for the list of what has to be done, or in the middle of doing it.

import { await_, convertGmem, createGmem, failAllocation, mix, notify, scenario } from '../builder.ts';

export const convertEnomem = scenario({
  name: 'convert-enomem',
  title: 'conversion without memory',
  shows: 'A conversion that runs out of memory says so, names a page of its range and leaves all pages as they were.',
  about: ['S-21', 'S-26', 'S-20'],
  vms: [{}],
  setup: [createGmem('A', 3, { init: 'shared' }), convertGmem('A', 1, 1, 'private')],
  threads: [{ name: 'main', program: [await_('armed'), convertGmem('A', 0, 3, 'private')] }],
  hardware: [{ name: 'hw', program: [mix([failAllocation(0)], [failAllocation(1)], [failAllocation(2)], [failAllocation(3)]), notify('armed')] }],
});
