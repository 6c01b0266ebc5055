// The lock of the page stands between look-up and SPTE.

import { createGmem, punch, read, scenario, slot, write } from '../builder.ts';

export const SC58 = scenario({
  name: 'SC58',
  title: 'page lock against punch',
  shows: 'A fault that has its page locked holds a hole off until the SPTE is there for it to take away.',
  about: ['S-01', 'S-03'],
  privacy: ['memslot'],
  vms: [{ vcpus: [{ program: [write(0, 7), read(0)] }] }],
  setup: [createGmem('A', 2), slot(0, 0, 2, { fd: 'A' })],
  threads: [{ name: 'main', program: [punch('A', 0, 2)] }],
});
