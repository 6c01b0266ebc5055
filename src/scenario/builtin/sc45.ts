// A page comes into the file while a conversion looks for the pages that are there.

import { allocate, call, convertGmem, createGmem, hostWrite, scenario, slot } from '../builder.ts';

export const SC45 = scenario({
  name: 'SC45',
  title: 'allocation against conversion',
  shows: 'No page that comes into the file during a conversion is missed by it: who brings one in holds invalidate_lock.',
  about: ['S-07'],
  vms: [{}],
  memory: [{ name: 'view', pages: 1, mapped: false }],
  setup: [createGmem('A', 1, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 4096 }), slot(0, 0, 1, { fd: 'A' })],
  threads: [
    { name: 'main', program: [convertGmem('A', 0, 1, 'private')] }, { name: 'host', program: [hostWrite('view', 0, 5)] }, { name: 'other', program: [allocate('A', 0, 1)] },
  ],
});
