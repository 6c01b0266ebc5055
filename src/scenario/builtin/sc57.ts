// Whoever is handed a file may seal it.

import { allocate, call, scenario } from '../builder.ts';

export const SC57 = scenario({
  name: 'SC57',
  title: 'hostile sealer',
  shows: 'The receiver of an ordinary memfd cannot take it away from who has sent it.',
  about: ['S-22'],
  vms: [{}],
  setup: [call('memfd_create', { fd: 'A', size: 4096 }), allocate('A', 0, 1), call('file_pwrite', { fd: 'A' })],
  threads: [
    { name: 'sender', program: [call('file_pwrite', { fd: 'A', expect: 'ok' }), call('file_pread', { fd: 'A', expect: 'ok' })] },
    { name: 'receiver', program: [call('file_truncate', { fd: 'A', length: 0 }), call('add_seals', { fd: 'A', seals: 0x20 })] },
  ],
});
