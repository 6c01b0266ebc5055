// One page of the first huge page is shared, and nothing of it is there yet: the guest and the host come to it at the same time. The second one is
// all private.

import { call, convertGmem, createGmem, hostWrite, scenario, slot, write } from '../builder.ts';

export const SC46 = scenario({
  name: 'SC46',
  title: 'split against another fault',
  shows: 'A huge page of which a part is shared is never found whole: nobody maps it as huge, and who splits it waits for nobody who keeps it.',
  about: ['S-09', 'L-08'],
  vms: [{ type: 'confidential', vcpus: [{ program: [write(0, 1, { private: true }), write(4, 2, { private: true })] }] }],
  memory: [{ name: 'view', pages: 8, mapped: false }],
  setup: [
    createGmem('A', 8, { flags: ['support_shared', 'init_private', 'huge_2m'] }), convertGmem('A', 3, 1, 'shared'),
    call('mmap', { region: 'view', fd: 'A', length: 8 * 4096 }), slot(0, 0, 8, { fd: 'A', memory: 'view' }),
  ],
  threads: [{ name: 'host', program: [hostWrite('view', 3, 5)] }],
});
