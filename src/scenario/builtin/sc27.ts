// Release and bind both want slots_lock and an invalidate_lock.

import { close, createGmem, scenario, slot } from '../builder.ts';

export const SC27 = scenario({
  name: 'SC27',
  title: 'lock order of release and bind',
  shows: 'A release and a slot creation in the same VM take slots_lock and invalidate_lock in the same order.',
  about: ['L-04', 'S-17'],
  vms: [{}],
  setup: [createGmem('A', 1), createGmem('B', 1), slot(0, 0, 1, { fd: 'A' })],
  threads: [
    { name: 'closer', program: [close('A', 'ok')] },
    { name: 'binder', program: [slot(1, 4, 1, { fd: 'B', expect: 'ok' })] },
  ],
});
