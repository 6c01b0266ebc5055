// A mapping passes the test of the seal, the seal is set, the mapping comes into being.

import { await_, call, hostRead, notify, run, scenario, slot, write } from '../builder.ts';

export const SC53 = scenario({
  name: 'SC53',
  title: 'seal against mmap',
  shows: 'A mapping of a memfd and the seal for guests exclude each other, whoever comes first.',
  about: ['S-23', 'S-29'],
  vms: [{ vcpus: [{ program: [write(0, 7)], thread: [await_('ready'), run()] }] }],
  memory: [{ name: 'view', pages: 1, mapped: false }],
  setup: [call('memfd_create', { fd: 'A' })],
  threads: [
    { name: 'mapper', program: [call('mmap', { region: 'view', fd: 'A', length: 4096 }), hostRead('view', 0)] },
    { name: 'sealer', program: [call('add_seals', { fd: 'A', seals: 0x20 }), call('file_truncate', { fd: 'A', length: 4096 }), slot(0, 0, 1, { fd: 'A' }), notify('ready')] },
  ],
});
