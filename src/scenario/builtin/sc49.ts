// The last page of one huge page, and the first of the next.

import { allocate, createGmem, scenario } from '../builder.ts';

export const SC49 = scenario({
  name: 'SC49',
  title: 'allocation across a border of huge pages',
  shows: 'An allocation that reports success has brought in both huge pages that it reaches into.',
  about: ['S-22', 'S-25'],
  vms: [{}],
  setup: [createGmem('A', 8, { flags: ['support_shared', 'init_private', 'huge_2m'] })],
  threads: [{ name: 'main', program: [allocate('A', 3, 2)] }],
});
