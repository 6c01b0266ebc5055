// A memory failure holds a reference on the page that it deals with, and waits for a lock of the file; who holds that lock, to split the folio of the
// page, waits for the reference.

import { allocate, convertGmem, createGmem, memoryError, scenario } from '../builder.ts';

export const splitPoison = scenario({
  name: 'split-poison',
  title: 'split against a memory failure',
  shows: 'Who splits a huge page waits for references that others drop; a memory failure that has one does not wait for who splits.',
  about: ['L-08', 'L-04'],
  vms: [{}],
  setup: [createGmem('A', 4, { flags: ['support_shared', 'init_private', 'huge_2m'] }), allocate('A', 0, 4)],
  threads: [{ name: 'main', program: [convertGmem('A', 0, 1, 'shared')] }],
  hardware: [{ name: 'device', program: [memoryError({ fd: 'A', page: 3 })] }],
});
