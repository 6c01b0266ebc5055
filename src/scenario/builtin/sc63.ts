// Does the file hold the VM, or the slot the file? Not both.

import { call, close, createGmem, scenario, slot } from '../builder.ts';

export const SC63 = scenario({
  name: 'SC63',
  title: 'a VM and its file hold each other',
  shows: 'When the descriptors of a VM and of a file that a slot of it is bound to are closed, in whichever order, both go.',
  about: ['S-19', 'L-07'],
  vms: [{}],
  setup: [createGmem('A', 1), slot(0, 0, 1, { fd: 'A' })],
  threads: [{ name: 'file-closer', program: [close('A', 'ok')] }, { name: 'vm-closer', program: [call('close_vm')] }],
});
