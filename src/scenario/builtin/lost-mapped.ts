// A page that its guest has mapped, and no access behind the error.

import { await_, createGmem, memoryError, notify, scenario, setAttributes, slot, write } from '../builder.ts';

export const lostMapped = scenario({
  name: 'lost-mapped',
  title: 'memory error in a mapped page',
  shows: 'When a memory error that a guest has consumed was handled, the guest does not have the page any more.',
  about: ['S-08', 'S-32'],
  vms: [{ vcpus: [{ program: [write(0, 7), notify('mapped')] }] }],
  memory: [{ name: 'ram', pages: 1 }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A', memory: 'ram' }), setAttributes(0, 1, 'private')],
  hardware: [{ name: 'hw', program: [await_('mapped'), memoryError({ fd: 'A', page: 0, thread: 'cpu0' })] }],
});
