// The hole lies in a part of the file that no slot is bound to.

import { allocate, createGmem, punch, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC04 = scenario({
  name: 'SC04',
  title: 'hole without a binding',
  shows: 'Begin and end of a punch agree when no slot is bound in its range: nothing is counted, and faults elsewhere go on.',
  about: ['S-14'],
  vms: [{ vcpus: [{ program: [write(0, 1)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private'), allocate('A', 1, 1)],
  threads: [{ name: 'main', program: [punch('A', 1, 1)] }],
});
