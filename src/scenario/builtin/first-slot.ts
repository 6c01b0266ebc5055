// SC05 with the guest in the slot that the punch comes to first.

import { createGmem, punch, read, scenario, setAttributes, slot, write } from '../builder.ts';

export const firstSlot = scenario({
  name: 'first-slot',
  title: 'one punch, two slots, a fault in the first',
  shows: 'A punch that spans two slots of one VM keeps faults in the first one out while it works on the second.',
  about: ['S-01', 'S-15'],
  vms: [{ vcpus: [{ program: [write(0, 7), read(0)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 1, { fd: 'A' }), slot(1, 1, 1, { fd: 'A', filePage: 1 }), setAttributes(0, 2, 'private')],
  threads: [{ name: 'main', program: [punch('A', 0, 2)] }],
});
