// There is no page for a fault.

import { await_, createGmem, failAllocation, notify, run, scenario, slot, write } from '../builder.ts';

export const faultEnomem = scenario({
  name: 'fault-enomem',
  title: 'fault without memory',
  shows: 'A fault that gets an error instead of a page maps nothing.',
  about: ['S-34'],
  privacy: ['memslot'],
  vms: [{ vcpus: [{ program: [write(0, 7)], thread: [await_('armed'), run()] }] }],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })],
  hardware: [{ name: 'hw', program: [failAllocation(), notify('armed')] }],
});
