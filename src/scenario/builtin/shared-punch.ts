// A guest_memfd that is the guest's shared memory too.

import { createGmem, punch, scenario, slot, write } from '../builder.ts';

export const sharedPunch = scenario({
  name: 'shared-punch',
  title: 'shared fault on a file against punch',
  shows: 'A fault of shared memory that comes from a guest_memfd never maps a page that a hole has taken out of the file.',
  about: ['S-01', 'S-03'],
  vms: [{ type: 'default', vcpus: [{ program: [write(0, 1), write(0, 2)] }] }],
  setup: [createGmem('A', 1, { init: 'shared' }), slot(0, 0, 1, { fd: 'A' })],
  threads: [{ name: 'main', program: [punch('A', 0, 1)] }],
});
