// A prefault does not leave its SRCU section between two tries.

import { createGmem, deleteSlot, prefault, scenario, setAttributes, slot } from '../builder.ts';

export const SC30 = scenario({
  name: 'SC30',
  title: 'prefault against deletion of a slot',
  shows: 'A prefault of a memslot that is being deleted holds up neither the deletion nor itself.',
  about: ['L-01', 'L-03'],
  vms: [{ vcpus: [{}] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
  threads: [{ name: 'main', program: [deleteSlot(0, { expect: 'ok' })] }, { name: 'other', program: [prefault(0, 0, 1)] }],
});
