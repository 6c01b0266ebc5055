// Memory that begins as shared, and VMs whose memory can be private: kept apart by who may make such files, bind them, set attributes.

import { createGmem, scenario, setAttributes, slot, write } from '../builder.ts';

export const initShared = scenario({
  name: 'init-shared',
  title: 'shared from the start, and private memory',
  shows: 'No file whose memory is shared from the start comes to a VM with private memory, and no page of a VM that has such files becomes private.',
  about: ['S-04', 'S-22'],
  vms: [{ type: 'default', vcpus: [{ program: [write(0, 1)] }] }, { type: 'sw-protected' }],
  setup: [createGmem('A', 1, { vm: 0, flags: ['mmap', 'init_shared'] }), slot(0, 0, 1, { vm: 0, fd: 'A' })],
  threads: [
    { name: 'main', program: [setAttributes(0, 1, 'private', { vm: 0, expect: 'EINVAL' })] },
    { name: 'other', program: [createGmem('B', 1, { vm: 1, flags: ['mmap', 'init_shared'], expect: 'EINVAL' }), slot(0, 0, 1, { vm: 1, fd: 'A', expect: 'EINVAL' }), createGmem('C', 1, { vm: 1, flags: ['mmap'], expect: 'ok' })] },
  ],
});
