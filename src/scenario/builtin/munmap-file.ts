// The VMM takes its mapping of a guest_memfd away, which the guest's memory does not need.

import { call, check, createGmem, scenario, slot, write } from '../builder.ts';

export const munmapFile = scenario({
  name: 'munmap-file',
  title: 'munmap of a file against fault',
  shows: 'A guest keeps the memory that comes from a file when the VMM unmaps its own view of it; it may have to fault once more.',
  about: ['S-27', 'L-01'],
  vms: [{ type: 'default', vcpus: [{ program: [write(0, 1), check(0, 1)] }] }],
  memory: [{ name: 'view', pages: 1, mapped: false }],
  setup: [createGmem('A', 1, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 4096 }), slot(0, 0, 1, { fd: 'A', memory: 'view' })],
  threads: [{ name: 'main', program: [call('munmap', { memory: 'view', pages: 1, expect: 'ok' })] }],
});
