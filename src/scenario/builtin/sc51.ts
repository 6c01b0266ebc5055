// Who fills a page maps it by the same path as a fault of the guest, which takes the lock that is held already.

import { call, createGmem, scenario, slot } from '../builder.ts';

export const SC51 = scenario({
  name: 'SC51',
  title: 'populate against itself',
  shows: 'Filling private memory and mapping it waits for no lock that it holds itself.',
  about: ['L-04', 'S-27'],
  vms: [{ type: 'confidential', vcpus: [{ program: [] }] }],
  memory: [{ name: 'source', pages: 1 }],
  setup: [createGmem('A', 1, { init: 'private' }), slot(0, 0, 1, { fd: 'A' })],
  threads: [{ name: 'main', program: [call('init_mem_region', { vcpu: 0, page: 0, pages: 1, memory: 'source', expect: 'ok' })] }],
});
