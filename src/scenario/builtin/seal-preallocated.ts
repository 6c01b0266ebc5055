// A file of size 0 with pages.

import { allocate, call, scenario } from '../builder.ts';

export const sealPreallocated = scenario({
  name: 'seal-preallocated',
  title: 'seal on pages behind the end',
  shows: 'A file that is sealed as an empty one has no pages of before.',
  about: ['S-23'],
  vms: [{}],
  setup: [call('memfd_create', { fd: 'A' }), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [call('add_seals', { fd: 'A', seals: 0x20 })] }],
});
