// A reader passes the tests of size and seal, and copies what is there much later.

import { await_, call, loop, notify, run, scenario, slot, write } from '../builder.ts';

export const SC54 = scenario({
  name: 'SC54',
  title: 'seal against read',
  shows: 'A read of a memfd that is sealed meanwhile never returns what the guest has written.',
  about: ['S-23'],
  vms: [{ vcpus: [{ program: [write(0, 7)], thread: [await_('ready'), run()] }] }],
  setup: [call('memfd_create', { fd: 'A', size: 4096 })],
  threads: [
    { name: 'reader', program: [loop(3, [call('file_pread', { fd: 'A' })])] },
    {
      name: 'sealer',
      program: [
        call('file_truncate', { fd: 'A', length: 0 }), call('add_seals', { fd: 'A', seals: 0x20 }), call('file_truncate', { fd: 'A', length: 4096 }),
        slot(0, 0, 1, { fd: 'A' }), notify('ready'),
      ],
    },
  ],
});
