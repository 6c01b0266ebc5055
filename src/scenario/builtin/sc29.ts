// INVALID is published, SRCU waits for the vCPU, then the shadow of the slot is zapped.

import { createGmem, deleteSlot, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC29 = scenario({
  name: 'SC29',
  title: 'deletion of a slot against fault',
  shows: 'When the deletion of a slot has returned, no vCPU can reach its pages, though a fault on the old slot may finish meanwhile.',
  about: ['S-10', 'S-28'],
  vms: [{ vcpus: [{ program: [write(0, 1), write(0, 2)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
  threads: [{ name: 'main', program: [deleteSlot(0, { expect: 'ok' })] }],
});
