// One invalidation for several slots: the range covers both, or a fault in the second slips through.

import { createGmem, punch, read, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC05 = scenario({
  name: 'SC05',
  title: 'one punch, two slots',
  shows: 'A punch that spans two slots of one VM keeps faults in both of them out until it has ended, not only those in the slot that it came to last.',
  about: ['S-01', 'S-15'],
  vms: [{ vcpus: [{ program: [write(1, 7), read(1)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 1, { fd: 'A' }), slot(1, 1, 1, { fd: 'A', filePage: 1 }), setAttributes(0, 2, 'private')],
  threads: [{ name: 'main', program: [punch('A', 0, 2)] }],
});
