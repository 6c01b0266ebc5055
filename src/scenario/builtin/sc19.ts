// The flag is set before the look-up, behind it, or when the page is mapped already.

import { allocate, createGmem, memoryError, read, scenario, setAttributes, slot } from '../builder.ts';

export const SC19 = scenario({
  name: 'SC19',
  title: 'memory error against fault',
  shows: 'Once the handling of a memory error has ended nobody maps the page, whenever the error struck; later accesses report it.',
  about: ['S-08'],
  vms: [{ vcpus: [{ program: [read(0), read(0)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
  hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 })] }],
});
