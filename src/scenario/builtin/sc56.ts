// Both see that nobody is registered.

import { createGmem, scenario, slot } from '../builder.ts';

export const SC56 = scenario({
  name: 'SC56',
  title: 'two owners',
  shows: 'Of two VMs that want one memfd at a time one gets it.',
  about: ['S-05'],
  privacy: ['memslot', 'allocation'],
  vms: [{}, {}],
  setup: [createGmem('A', 1, { vm: 0 })],
  threads: [{ name: 'first', program: [slot(0, 0, 1, { vm: 0, fd: 'A' })] }, { name: 'second', program: [slot(0, 0, 1, { vm: 1, fd: 'A' })] }],
});
