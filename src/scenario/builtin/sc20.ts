// Who is told of a page that was lost: first one that nobody has consumed, then one that a vCPU's thread has.

import { allocate, createGmem, memoryError, scenario, setAttributes, slot } from '../builder.ts';

export const SC20 = scenario({
  name: 'SC20',
  title: 'whom a memory error kills',
  shows: 'SIGBUS for a page of private memory goes to nobody but a thread that has consumed the error, wherever the handler runs.',
  about: ['S-32'],
  vms: [{ vcpus: [{}] }],
  memory: [{ name: 'ram', pages: 2 }],
  setup: [
    createGmem('A', 2), slot(0, 0, 1, { fd: 'A', memory: 'ram' }), slot(1, 4, 1, { fd: 'A', filePage: 1, memory: 'ram', memoryPage: 1 }),
    setAttributes(0, 1, 'private'), setAttributes(4, 1, 'private'), allocate('A', 0, 2),
  ],
  threads: [{ name: 'bystander', program: [] }],
  hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0, any: 2 }), memoryError({ fd: 'A', page: 0, thread: 'cpu0' }), memoryError({ fd: 'A', page: 0, thread: 'cpu0' })] }],
});
