// Two invalidations of one VM at a time: the range is that of both until the last has ended.

import { createGmem, punch, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC65 = scenario({
  name: 'SC65',
  title: 'invalidations that overlap in time',
  shows: 'A fault in the range of an invalidation that has ended retries while another one is open, at most, and goes on when that has ended too.',
  about: ['L-01', 'S-15'],
  vms: [{ vcpus: [{ program: [write(0, 1)] }] }],
  setup: [createGmem('A', 1), createGmem('B', 1), slot(0, 0, 1, { fd: 'A' }), slot(1, 1, 1, { fd: 'B' }), setAttributes(0, 1, 'private')],
  threads: [{ name: 'first', program: [punch('A', 0, 1)] }, { name: 'second', program: [punch('B', 0, 1)] }],
});
