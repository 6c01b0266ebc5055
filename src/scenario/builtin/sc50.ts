// invalidate_lock, then the lock of the process's mappings; and the other way round. Somebody who waits to change mappings makes readers of that lock
// wait for each other.

import { call, convertGmem, createGmem, hostWrite, scenario, slot } from '../builder.ts';

export const SC50 = scenario({
  name: 'SC50',
  title: 'populate against fault of the host',
  shows: 'Filling private memory holds invalidate_lock and brings in a page of the process; a fault of the host holds mmap_lock and wants invalidate_lock.',
  about: ['L-04', 'S-17'],
  vms: [{ type: 'confidential' }],
  memory: [{ name: 'view', pages: 2, mapped: false }, { name: 'source', pages: 1 }, { name: 'spare', pages: 1 }],
  setup: [
    createGmem('A', 2, { init: 'shared' }), call('mmap', { region: 'view', fd: 'A', length: 8192 }), slot(0, 0, 2, { fd: 'A', memory: 'view' }), convertGmem('A', 0, 1, 'private'),
  ],
  threads: [
    { name: 'main', program: [call('launch_update', { page: 0, pages: 1, memory: 'source' })] },
    { name: 'host', program: [hostWrite('view', 1, 5)] },
    { name: 'mapper', program: [call('munmap', { memory: 'spare', pages: 1 })] },
  ],
});
