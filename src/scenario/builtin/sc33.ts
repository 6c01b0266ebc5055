// A change of flags that leaves the file out.

import { call, createGmem, punch, scenario, slot } from '../builder.ts';

export const SC33 = scenario({
  name: 'SC33',
  title: 'flag taken away',
  shows: 'A change of a slot without the guest_memfd flag must not free the slot while the file is still bound to it.',
  about: ['S-11', 'S-28'],
  vms: [{}],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' })],
  threads: [
    { name: 'toggler', program: [call('set_region', { slot: 0, page: 0, pages: 1, memory: 'ram', flags: [] })] },
    { name: 'puncher', program: [punch('A', 0, 1, 'ok')] },
  ],
});
