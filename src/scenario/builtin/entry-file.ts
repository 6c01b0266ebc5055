// What an access without a memslot leaves behind outlives the creation of a memslot whose file says that its pages are private.

import { createGmem, read, run, scenario, slot } from '../builder.ts';

export const entryFile = scenario({
  name: 'entry-file',
  title: 'an entry without a slot, then a file of private pages',
  shows: 'An access without a memslot does not keep the guest from the private pages of the file that is bound there later.',
  about: ['S-30', 'S-33'],
  vms: [{ vcpus: [{ program: [read(0), read(0)], thread: [run('stop'), run('stop')] }] }],
  setup: [createGmem('A', 1, { init: 'private' })],
  threads: [{ name: 'main', program: [slot(0, 0, 1, { fd: 'A', expect: 'ok' })] }],
});
