// The guest has its page, and not mapped it yet.

import { convertGmem, createGmem, scenario, slot, write } from '../builder.ts';

export const SC43 = scenario({
  name: 'SC43',
  title: 'fault of the guest against conversion',
  shows: 'A shared fault that has its folio before a conversion to private never maps it behind it: either the conversion gives up, or the fault is stale.',
  about: ['S-04', 'S-07'],
  vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 1)] }] }],
  setup: [createGmem('A', 1, { init: 'shared' }), slot(0, 0, 1, { fd: 'A' })],
  threads: [{ name: 'main', program: [convertGmem('A', 0, 1, 'private')] }],
});
