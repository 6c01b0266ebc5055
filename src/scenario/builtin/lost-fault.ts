// A page that is lost before its guest comes to it.

import { allocate, await_, createGmem, memoryError, notify, read, run, scenario, setAttributes, slot } from '../builder.ts';

export const lostFault = scenario({
  name: 'lost-fault',
  title: 'fault on a lost page',
  shows: 'A fault on a page that was lost to a memory error does not map it.',
  about: ['S-08'],
  vms: [{ vcpus: [{ program: [read(0)], thread: [await_('lost'), run()] }] }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' }), setAttributes(0, 1, 'private'), allocate('A', 0, 1)],
  hardware: [{ name: 'hw', program: [memoryError({ fd: 'A', page: 0, thread: 'cpu0' }), notify('lost')] }],
});
