// A prefault on a vCPU that has a root of before the deletion of a memslot.

import { deleteSlot, prefault, scenario, slot } from '../builder.ts';

export const prefaultRoot = scenario({
  name: 'prefault-root',
  title: 'prefault with an obsolete root',
  shows: 'A prefault on a vCPU whose root has become obsolete loads the new one and ends.',
  about: ['L-01'],
  vms: [{ type: 'default', vcpus: [{}] }],
  memory: [{ name: 'ram', pages: 2 }],
  setup: [slot(0, 0, 1, { memory: 'ram' }), slot(1, 1, 1, { memory: 'ram', memoryPage: 1 })],
  threads: [{ name: 'main', program: [prefault(0, 0, 1, { expect: 'ok' }), deleteSlot(1, { expect: 'ok' }), prefault(0, 0, 1, { expect: 'ok' })] }],
});
