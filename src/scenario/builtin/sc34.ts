// Bindings are disjoint; a file belongs to one VM.

import { createGmem, scenario, slot } from '../builder.ts';

export const SC34 = scenario({
  name: 'SC34',
  title: 'bound twice',
  shows: 'Of two slots over the same page of a file one is refused, with EEXIST as documented, and a slot of another VM always is.',
  about: ['S-05', 'S-12', 'S-22'],
  privacy: ['attribute'],
  vms: [{}, {}],
  setup: [createGmem('A', 3, { vm: 0 })],
  threads: [
    { name: 'first', program: [slot(0, 0, 2, { vm: 0, fd: 'A' })] },
    { name: 'second', program: [slot(1, 4, 2, { vm: 0, fd: 'A', filePage: 1 }), slot(2, 8, 1, { vm: 0, fd: 'A', filePage: 1, expect: 'EEXIST' }), slot(0, 0, 1, { vm: 1, fd: 'A', expect: 'EINVAL' })] },
  ],
});
