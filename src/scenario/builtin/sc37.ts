// The binding is made before the slot is, and taken back when the slot fails.

import { await_, createGmem, failArchPrepare, notify, punch, scenario, slot } from '../builder.ts';

export const SC37 = scenario({
  name: 'SC37',
  title: 'slot that fails after its binding',
  shows: 'When a slot cannot be made after the file was bound to it, the binding and the reference are taken back.',
  about: ['S-11', 'S-19'],
  vms: [{}],
  setup: [createGmem('A', 1)],
  threads: [
    { name: 'main', program: [await_('armed'), slot(0, 0, 1, { fd: 'A' }), slot(0, 0, 1, { fd: 'A', expect: 'ok' })] },
    { name: 'puncher', program: [await_('armed'), punch('A', 0, 1, 'ok')] },
  ],
  hardware: [{ name: 'hw', program: [failArchPrepare(), notify('armed')] }],
});
