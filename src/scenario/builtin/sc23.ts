// Two handlers hold invalidate_lock shared, and each has its invalidation.

import { allocate, createGmem, memoryError, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC23 = scenario({
  name: 'SC23',
  title: 'two memory errors',
  shows: 'Two handlers of memory errors in one file, whose invalidations overlap, end both.',
  about: ['S-14', 'S-15'],
  vms: [{ vcpus: [{ program: [write(0, 1)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private'), allocate('A', 0, 2)],
  hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 })] }, { name: 'other', program: [memoryError({ fd: 'A', page: 1 })] }],
});
