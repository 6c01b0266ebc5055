// Two seals at once, of which the second is refused.

import { call, scenario } from '../builder.ts';

export const sealHalf = scenario({
  name: 'seal-half',
  title: 'half of two seals',
  shows: 'Seals that are refused together leave the file as it was: it can be mapped for writing.',
  about: ['S-22'],
  vms: [{}],
  memory: [{ name: 'view', pages: 1, mapped: false }, { name: 'other', pages: 1, mapped: false }],
  setup: [call('memfd_create', { fd: 'A' }), call('mmap', { region: 'view', fd: 'A', length: 4096, prot: 1 })],
  threads: [{ name: 'main', program: [call('add_seals', { fd: 'A', seals: 0x28, expect: 'EBUSY' }), call('mmap', { region: 'other', fd: 'A', length: 4096, expect: 'ok' })] }],
});
