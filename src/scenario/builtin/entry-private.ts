// What an access without a memslot leaves behind outlives the conversion of its page and the creation of its memslot.

import { createGmem, read, run, scenario, setAttributes, slot } from '../builder.ts';

export const entryPrivate = scenario({
  name: 'entry-private',
  title: 'an entry without a slot, then private memory',
  shows: 'An access without a memslot does not keep the guest from the private memory that its page gets later.',
  about: ['S-30', 'S-33'],
  vms: [{ vcpus: [{ program: [read(0), read(0)], thread: [run('stop'), run('stop')] }] }],
  threads: [{ name: 'main', program: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', expect: 'ok' }), setAttributes(0, 1, 'private', { expect: 'ok' })] }],
});
