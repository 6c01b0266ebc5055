// The file is dying, its release has not run, and the slot goes first.

import { close, createGmem, deleteSlot, scenario, slot } from '../builder.ts';

export const SC26 = scenario({
  name: 'SC26',
  title: 'close against deletion of the slot',
  shows: 'A slot that is deleted between the last close of its file and the release leaves no binding behind for the release to follow.',
  about: ['S-11', 'S-28'],
  vms: [{}],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })],
  threads: [
    { name: 'closer', program: [close('A', 'ok')] },
    { name: 'deleter', program: [deleteSlot(0, { expect: 'ok' })] },
  ],
});
