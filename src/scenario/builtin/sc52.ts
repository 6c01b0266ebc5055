// A page of a guest_memfd that the VMM has mapped: the folio lock decides whether its fault or the hole comes first.

import { call, createGmem, hostWrite, punch, scenario, slot } from '../builder.ts';

export const SC52 = scenario({
  name: 'SC52',
  title: 'fault of the host on a file against punch',
  shows: 'A page that a hole takes out of a file is not mapped by the VMM when the hole is done, and whoever comes later finds a new one.',
  about: ['S-03', 'S-27'],
  vms: [{ type: 'default' }],
  memory: [{ name: 'view', pages: 1, mapped: false }],
  setup: [createGmem('A', 1, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 4096 }), slot(0, 0, 1, { fd: 'A', memory: 'view' })],
  threads: [{ name: 'main', program: [punch('A', 0, 1)] }, { name: 'other', program: [hostWrite('view', 0, 5)] }],
});
