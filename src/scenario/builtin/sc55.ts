// The owner of a memfd goes, the memfd stays.

import { allocate, call, createGmem, punch, scenario, slot } from '../builder.ts';

export const SC55 = scenario({
  name: 'SC55',
  title: 'death of the owner against punch',
  shows: 'A hole in a memfd whose owner is being destroyed calls nobody who is gone.',
  about: ['S-28', 'L-07'],
  vms: [{}],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' }), allocate('A', 0, 1)],
  threads: [{ name: 'closer', program: [call('close_vm')] }, { name: 'puncher', program: [punch('A', 0, 1, 'ok')] }],
});
