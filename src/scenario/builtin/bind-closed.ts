// A slot, and a descriptor that names nothing.

import { close, createGmem, scenario, slot } from '../builder.ts';

export const bindClosed = scenario({
  name: 'bind-closed',
  title: 'bound to a closed descriptor',
  shows: 'A slot whose file was closed is refused with EBADF.',
  about: ['S-22'],
  vms: [{}],
  setup: [createGmem('A', 1), close('A')],
  threads: [{ name: 'main', program: [slot(0, 0, 1, { fd: 'A', expect: 'EBADF' })] }],
});
