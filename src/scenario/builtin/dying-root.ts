// A fault on one memslot, the deletion of another, and then of the first.

import { allocate, createGmem, deleteSlot, scenario, slot, write } from '../builder.ts';

export const dyingRoot = scenario({
  name: 'dying-root',
  title: 'private fault on a root that is dying',
  shows: 'A fault whose root has become obsolete installs nothing in it: when it is the valid one again it is empty.',
  about: ['S-10'],
  privacy: ['allocation'],
  vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 7, { private: true })] }] }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), slot(1, 1, 1, { memory: 'ram' }), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [deleteSlot(1, { expect: 'ok' }), deleteSlot(0, { expect: 'ok' })] }],
});
