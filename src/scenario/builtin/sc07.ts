// The exclusive and the shared side of invalidate_lock.

import { allocate, createGmem, punch, scenario, slot } from '../builder.ts';

export const SC07 = scenario({
  name: 'SC07',
  title: 'punch against allocation',
  shows: 'A punch and an overlapping allocation come out as one behind the other, in either order.',
  about: ['S-03', 'S-14'],
  vms: [{}],
  setup: [createGmem('A', 4), slot(0, 0, 4, { fd: 'A' }), allocate('A', 1, 2)],
  threads: [
    { name: 'puncher', program: [punch('A', 0, 2, 'ok')] },
    { name: 'allocator', program: [allocate('A', 1, 2, 'ok')] },
  ],
});
