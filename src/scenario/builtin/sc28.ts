// There is room for one file: the second one gets the object of the first.

import { close, createGmem, deleteSlot, scenario, setAttributes, slot, write } from '../builder.ts';

export const SC28 = scenario({
  name: 'SC28',
  title: 'recycled file object',
  shows: 'A fault that has read the file pointer of its memslot does not take another file for it that has got the same object meanwhile.',
  about: ['S-13'],
  files: 1,
  vms: [{ vcpus: [{ program: [write(0, 1)] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), setAttributes(0, 1, 'private')],
  threads: [{ name: 'main', program: [close('A', 'ok'), deleteSlot(0, { expect: 'ok' }), createGmem('B', 1), slot(0, 0, 1, { fd: 'B' })] }],
});
