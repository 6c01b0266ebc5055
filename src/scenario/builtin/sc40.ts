// The fault has let go of invalidate_lock and not installed its entry yet.

import { allocate, call, convertGmem, createGmem, hostWrite, scenario, slot } from '../builder.ts';

export const SC40 = scenario({
  name: 'SC40',
  title: 'fault of the host against conversion to private',
  shows: 'A page that becomes private is mapped by the host no more: a fault that has its folio already makes the conversion give up, or comes too late.',
  about: ['S-07', 'L-05'],
  vms: [{}],
  memory: [{ name: 'view', pages: 1, mapped: false }],
  setup: [createGmem('A', 1, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 4096 }), slot(0, 0, 1, { fd: 'A', memory: 'view' }), allocate('A', 0, 1)],
  threads: [{ name: 'main', program: [convertGmem('A', 0, 1, 'private')] }, { name: 'host', program: [hostWrite('view', 0, 5)] }],
});
