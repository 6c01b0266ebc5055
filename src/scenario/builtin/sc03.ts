// After the truncation and before the end, a fault puts a new folio into the hole.

import { allocate, createGmem, punch, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC03 = scenario({
  name: 'SC03',
  title: 'refill after the truncation',
  shows: 'A fault may fill the hole again before the punch has ended: the new page is zero, and it is mapped only after the end.',
  about: ['S-01', 'S-03', 'S-06'],
  vms: [{ vcpus: [{ program: [write(0, 1), write(0, 2)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' }), setAttributes(0, 2, 'private'), allocate('A', 0, 2)],
  threads: [{ name: 'main', program: [punch('A', 0, 2)] }],
});
