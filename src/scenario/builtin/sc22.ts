// Two locks in two orders.

import { allocate, createGmem, memoryError, punch, scenario, slot } from '../builder.ts';

export const SC22 = scenario({
  name: 'SC22',
  title: 'memory error against punch',
  shows: 'The handler of a memory error holds the folio and wants invalidate_lock; the punch holds invalidate_lock and wants the folio.',
  about: ['L-04', 'S-17'],
  vms: [{}],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [punch('A', 0, 1)] }],
  hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 })] }],
});
