// The second VM of a memfd.

import { createGmem, deleteSlot, scenario, slot } from '../builder.ts';

export const nextOwner = scenario({
  name: 'next-owner',
  title: 'one owner after the other',
  shows: 'A memfd that its VM does not use any more can be given to the next one.',
  about: ['S-22'],
  privacy: ['memslot', 'allocation'],
  vms: [{}, {}],
  setup: [createGmem('A', 1, { vm: 0 }), slot(0, 0, 1, { vm: 0, fd: 'A' }), deleteSlot(0, { vm: 0 })],
  threads: [{ name: 'main', program: [slot(0, 0, 1, { vm: 1, fd: 'A', expect: 'ok' })] }],
});
