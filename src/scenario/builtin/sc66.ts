// A fault that found no memslot is not made stale by the creation of one.

import { read, scenario, slot } from '../builder.ts';

export const SC66 = scenario({
  name: 'SC66',
  title: 'fault without a slot against creation of a slot',
  shows: 'A vCPU that found no memslot, and maps what it found when another has mapped the page of the new one, leaves that as it is and tries again.',
  about: ['S-34', 'S-35'],
  vms: [{ vcpus: [{ program: [read(0)] }, { program: [read(0)] }] }],
  memory: [{ name: 'ram', pages: 1 }],
  threads: [{ name: 'main', program: [slot(0, 0, 1, { memory: 'ram', expect: 'ok' })] }],
});
