// A memory error in a file that is dying, while one of its memslots goes.

import { allocate, close, createGmem, deleteSlot, memoryError, scenario, slot } from '../builder.ts';

export const unbindDying = scenario({
  name: 'unbind-dying',
  title: 'deletion of a slot of a dying file against memory error',
  shows: 'The bindings of a dying file stand still while the handler of a memory error begins and ends its invalidation.',
  about: ['S-11', 'S-14'],
  vms: [{}],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [close('A')] }, { name: 'other', program: [deleteSlot(0, { expect: 'ok' })] }],
  hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0 })] }],
});
