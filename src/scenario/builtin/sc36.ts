// A binding is stored as a whole, or not at all.

import { await_, createGmem, failAllocation, notify, scenario, slot } from '../builder.ts';

export const SC36 = scenario({
  name: 'SC36',
  title: 'binding stored in part',
  shows: 'A slot whose binding runs out of memory half way is refused, and can be made afterwards.',
  about: ['S-11', 'S-21', 'S-22'],
  vms: [{}],
  setup: [createGmem('A', 3)],
  threads: [{ name: 'main', program: [await_('armed'), slot(0, 0, 3, { fd: 'A', expect: 'ENOMEM' }), slot(0, 0, 3, { fd: 'A', expect: 'ok' })] }],
  hardware: [{ name: 'hw', program: [failAllocation(2), notify('armed')] }],
});
